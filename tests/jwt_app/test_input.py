"""Whatever is sent, the answer is an error that a program can read, and never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jwt_app.exceptions import handler

from .conftest import API, PASSWORD, refused

pytestmark = pytest.mark.django_db
POSTS = ["login", "refresh", "logout", "verify"]


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff\xfe\x00", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"NaN", "application/json", 400),
        (b"1" * 5000, "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"a":' * 100_000, "application/json", 400),
        (b"{}", "application/json; charset=utf-7", 400),
        (b"{}", "application/json; charset=zlib", 400),
        (b"{}", "application/json; charset=nonsense", 400),
        (b"username=alice&password=x", "application/x-www-form-urlencoded", 415),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        (b"<a/>", "application/xml", 415),
        (b"{}", "", 415),
        (b'{"username": "' + b"a" * 3_000_000 + b'"}', "application/json", 413),
    ],
)
def test_bodies(api: API, name: str, body: bytes, content_type: str, status: int) -> None:
    response = api.post(name, body, content_type=content_type)

    assert response.status_code == status, response.content
    assert response.json().keys() >= {"detail", "code"}
    if status == 413:
        assert response.json()["code"] == "too_large"


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("path", ["?a=%ff", "?format=html", "?format=%00", "?" + "a=1&" * 1001])
def test_query_strings_change_nothing(api: API, name: str, path: str) -> None:
    response = api.post(name, {}, path)

    assert response.status_code == 400
    assert response.json().keys() >= {"detail", "code"}


@pytest.mark.parametrize(
    "name", ["a\x00b", "\ud800", "a" * 200_000, "\u202ealice", "' OR 1=1 --", "%", "🙂" * 100, "alice\n", 5, True]
)
def test_odd_user_names(api: API, alice: Any, name: Any) -> None:
    response = api.post("login", {"username": name, "password": "x"})

    assert response.status_code in {400, 401}
    assert response.json().keys() >= {"detail", "code"}


@pytest.mark.parametrize("password", ["a\x00b", "\ud800", "x" * 200_000, [], {}, 7, None])
def test_odd_passwords(api: API, alice: Any, password: Any) -> None:
    response = api.post("login", {"username": "alice", "password": password})

    assert response.status_code in {400, 401}
    assert response.json().keys() >= {"detail", "code"}


@pytest.mark.parametrize("name", [*POSTS, "whoami", "me", "jwks"])
def test_other_methods_get_405_as_json(client: Client, alice: Any, name: str) -> None:
    client.force_login(alice)
    token = API(client).sign_in()["access"]
    wrong = client.get if name in POSTS else client.post

    response = wrong(reverse(f"jwt:{name}"), headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 405
    assert response.json()["code"] == "method_not_allowed"
    assert client.options(reverse(f"jwt:{name}"), headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_reader_of_pages_gets_406(client: Client) -> None:
    response = client.post(
        reverse("jwt:login"), "{}", content_type="application/json", headers={"Accept": "image/png"}
    )

    assert response.status_code == 406
    assert response.json()["code"] == "not_acceptable"


def test_no_csrf_token_is_needed_since_no_cookie_counts(alice: Any) -> None:
    api = API(Client(enforce_csrf_checks=True))

    assert api.sign_in()


def test_a_bug_is_not_dressed_up_as_an_answer() -> None:
    assert handler(ZeroDivisionError(), {}) is None


def test_a_wrong_password_is_not_repeated_anywhere(api: API, alice: Any, caplog: pytest.LogCaptureFixture) -> None:
    response = api.post("login", {"username": "alice", "password": "my-secret-wrong-password"})

    refused(response, "no_active_account")
    assert "my-secret" not in response.content.decode() + caplog.text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["username", "password", "refresh", "token", "x"]), inner, max_size=4)
        ),
        max_leaves=8,
    )
)
def test_any_json(api: API, alice: Any, data: Any) -> None:
    for name in POSTS:
        response = api.post(name, json.dumps(data))
        assert response.status_code in {400, 401}
        assert response.json().keys() >= {"detail", "code"}


def test_the_right_password_still_works_after_all_that(api: API, alice: Any) -> None:
    assert api.post("login", {"username": "alice", "password": PASSWORD}).status_code == 200
