"""The description is complete and valid; the shapes in it are those of the answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import EndpointEnumerator
from drf_spectacular.views import SpectacularAPIView

from authdemo.accounts.models import User
from authdemo.api_docs.operations import OPERATIONS

PASSWORD = "correct horse battery"
REFUSAL = {"$ref": "#/components/schemas/Refusal"}


@pytest.fixture
def described(client: Client) -> Any:
    return client.get("/jwt/api/schema/").json()


@pytest.mark.parametrize("labs", [True, False])
def test_it_is_valid_and_nothing_in_it_is_guessed(settings: Any, labs: bool, tmp_path: Any) -> None:
    settings.LABS = labs
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(tmp_path / "schema.yml"))
    assert ("/jwt/api/inspect/" in (tmp_path / "schema.yml").read_text()) == labs


def test_each_endpoint_of_the_api_has_an_entry() -> None:
    """Also one that will be added: the test names it. What only a page of an experiment asks is none of the API."""
    for path, _, _, view in EndpointEnumerator().get_api_endpoints():
        if "/api/" in path and not issubclass(view.cls, SpectacularAPIView):
            assert get_resolver().resolve(path).view_name in OPERATIONS, path


@pytest.mark.django_db
class TestDescription:
    def test_anybody_gets_it_as_json_even_with_a_token_that_has_expired(self, client: Client) -> None:
        answer = client.get("/jwt/api/schema/", headers={"Authorization": "Bearer old"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        assert answer.json()["openapi"].startswith("3.")

    @pytest.mark.parametrize("query", ["?version=%0a", "?format=yaml", "?lang=%00"])
    def test_nothing_that_is_asked_changes_it(self, client: Client, described: Any, query: str) -> None:
        assert client.get(f"/jwt/api/schema/{query}").json() == described

    def test_each_refusal_is_told_with_its_shape(self, described: Any) -> None:
        answers = described["paths"]["/jwt/api/token/"]["post"]["responses"]
        assert set(answers) == {"200", "400", "401", "413", "415", "429"}
        for status in ("401", "413", "415", "429"):
            assert answers[status]["content"]["application/json"]["schema"] == REFUSAL

    def test_what_needs_a_token_says_so_and_nothing_else_does(self, described: Any) -> None:
        secured = {
            path
            for path, methods in described["paths"].items()
            if any(one.get("security") for one in methods.values())
        }
        assert secured == {"/jwt/api/whoami/", "/jwt/api/me/"}

    def test_a_password_goes_in_and_never_comes_out(self, described: Any) -> None:
        shapes = described["components"]["schemas"]
        assert [name for name, shape in shapes.items() if "password" in shape.get("properties", {})] == [
            "LoginRequest"
        ]

    def test_the_answers_have_the_members_that_are_described(self, client: Client, described: Any) -> None:
        User.objects.create_user("alice", "alice@example.com", PASSWORD)
        body = {"username": "alice", "password": PASSWORD}
        pair = client.post("/jwt/api/token/", body, content_type="application/json").json()
        for name, shape in (("whoami", "WhoAmI"), ("me", "Me")):
            answer = client.get(f"/jwt/api/{name}/", headers={"Authorization": f"Bearer {pair['access']}"}).json()
            assert set(answer) == set(described["components"]["schemas"][shape]["properties"])
            user = "UserWithRole" if name == "me" else "User"
            assert set(answer["user"]) == set(described["components"]["schemas"][user]["properties"])
