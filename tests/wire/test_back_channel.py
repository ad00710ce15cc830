"""What the site itself sends to providers is in the list of the browser for which it does so, and in no count."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from allauth.socialaccount.adapter import get_adapter
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authdemo.wire import outgoing
from authdemo.wire.models import Exchange
from oauth_app.client.endpoints import GitHubAdapter
from oauth_app.client.transport import ProviderSession
from tests.oauth_app.conftest import TOKEN, Visitor, another, answer, company, silence, visitor  # noqa: F401
from tests.wire.instruments import Timing, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched(visitor: Visitor) -> Visitor:  # noqa: F811
    """A visitor with the panel open."""
    visitor.client.post("/wire/open/")
    return visitor


def calls() -> list[Exchange]:
    """The back channel, the oldest first."""
    return list(Exchange.objects.filter(leg=Exchange.Leg.BACK).order_by("at"))


def names(body: dict[str, Any]) -> list[str]:
    return [name for name, _ in body["fields"]]


def test_github_is_asked_three_times(watched, company):  # noqa: F811
    assert watched.sign_in().status_code == 302
    found = [(one.method, one.path, one.status) for one in calls()]
    assert found == [
        ("POST", "/github/login/oauth/access_token", 200),
        ("GET", "/github/api/v3/user", 200),
        ("GET", "/github/api/v3/user/emails", 200),
    ]
    exchange, user, _ = calls()
    assert names(exchange.response["body"]) == ["access_token", "scope", "token_type"]
    sent = dict(exchange.request["body"]["fields"])
    assert {name: kept["kind"] for name, kept in sent.items() if isinstance(kept, dict) and "kind" in kept} == {
        "code": "authorization code",
        "client_secret": "client secret",
        "code_verifier": "PKCE verifier",
    }
    assert "fingerprint" not in sent["client_secret"]
    assert sent["client_id"] == "authdemo-github"
    assert names(user.response["body"]) == ["id", "login", "name"]
    assert dict(user.response["body"]["fields"])["name"] == {"mask": "•••", "kind": "personal data"}
    assert {one.host for one in calls()} == {"•••"}  # the test's own server is no provider that the site knows


def test_the_code_is_recognised_on_both_legs_and_shown_on_none(watched):
    state = watched.state()
    watched.come_back(code="a-code-that-is-long-enough", state=state)
    callback = Exchange.objects.get(path="/oauth/accounts/github/login/callback/")
    in_front = dict(callback.request["query"])["code"]["fingerprint"]
    assert dict(calls()[0].request["body"]["fields"])["code"]["fingerprint"] == in_front


@pytest.mark.parametrize("provider", ["github", "google", "outside"])
def test_nothing_that_could_be_used_is_in_the_database_or_on_the_page(watched, company, provider):  # noqa: F811
    state = watched.state(provider)
    assert watched.come_back(provider, code="a-code", state=state).status_code == 302
    tokens = company.normal(TOKEN[provider])
    sent = [value for _, form, headers in company.calls for value in (*form.values(), headers.get("Authorization"))]
    told = [value for value in sent if value and not value.startswith(("authdemo-", "http", "authorization_code"))]
    secrets = {state, "provider-token", *told, "alice@outside.example", "Alice Outside"}
    if isinstance(tokens, dict):
        secrets.add(tokens["id_token"].rsplit(".", 1)[0])
    text = serializers.serialize("json", Exchange.objects.all()) + watched.client.get("/wire/").content.decode()
    assert len(calls()) >= 1
    assert [value for value in secrets if value in text] == []


def test_an_id_token_is_seen_by_its_name(watched):
    watched.sign_in("google")
    assert "id_token" in names(calls()[0].response["body"])
    assert dict(calls()[0].response["body"]["fields"])["id_token"]["kind"] == "ID token"


def test_a_provider_that_is_off_is_a_failed_leg(watched, monkeypatch):
    monkeypatch.setattr(GitHubAdapter, "access_token_url", "http://127.0.0.1:9/github/login/oauth/access_token")
    assert watched.sign_in().status_code == 503
    (failed,) = calls()
    assert (failed.status, failed.failed) == (0, "connection refused: nobody listens there")
    assert "connection refused" in watched.client.get("/wire/").content.decode()


@pytest.mark.parametrize(
    ("spoiled", "status", "failed"),
    [
        (silence(3), 504, "no answer in time"),
        (answer("x" * (1024 * 1024 + 1)), 502, "no usable answer"),
        (lambda request: None, 503, "no connection"),
    ],
    ids=["silent", "endless", "hangs up"],
)
def test_a_failure_is_kept_and_felt_as_before(watched, company, settings, spoiled, status, failed):  # noqa: F811
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 1
    company.spoiled[TOKEN["github"]] = spoiled
    assert watched.sign_in().status_code == status
    assert [one.failed for one in calls()] == [failed]


def test_of_a_long_answer_only_the_size_is_kept(watched, company):  # noqa: F811
    person = {"id": 7, "login": "alice.outside", "bio": "b" * 20_000}
    company.spoiled["/github/api/v3/user"] = answer(person)
    assert watched.sign_in().status_code == 302
    assert not calls()[1].response["body"]
    assert calls()[1].response_bytes == len(json.dumps(person))


def test_an_exchange_that_cannot_be_noted_ends_no_sign_in(watched, monkeypatch, caplog):
    def broken(*args: Any, **kwargs: Any) -> Exchange:
        raise RuntimeError("a-secret")

    monkeypatch.setattr(outgoing, "exchange", broken)
    with caplog.at_level(logging.ERROR, logger="authdemo.wire"):
        assert watched.sign_in().status_code == 302
    assert watched.username()
    assert "a call to a provider was not kept: RuntimeError" in caplog.text
    assert "a-secret" not in caplog.text


def test_without_an_open_panel_and_outside_of_a_request_nothing_is_noted(visitor, monkeypatch):  # noqa: F811
    noted: list[Any] = []
    monkeypatch.setattr(outgoing, "exchange", lambda *args, **kwargs: noted.append(args))
    assert visitor.sign_in().status_code == 302
    assert (noted, Exchange.objects.exists()) == ([], False)
    assert type(get_adapter().get_requests_session()) is ProviderSession


def test_health_probes_are_no_part_of_the_story(watched, company):  # noqa: F811
    watched.client.get("/oauth/status/")
    watched.client.get("/oauth/")
    assert calls() == []


def test_another_browser_has_none_of_it(watched, another):  # noqa: F811
    other = another()
    other.client.post("/wire/open/")
    other.client.get("/oauth/")
    watched.sign_in()
    page = other.client.get("/wire/").content.decode()
    assert page.count('data-exchange="') == 1
    assert "access_token" not in page


def test_noting_is_in_nobodys_counts(watched, another, company):  # noqa: F811
    """The header of the callback says the same with the panel open and closed, and what Django's query log saw."""
    counts: dict[str, tuple[int, int]] = {}
    for name, one in {"open": watched, "closed": another()}.items():
        company.person |= {"id": len(counts) + 1, "login": name, "email": f"{name}@outside.example"}
        with CaptureQueriesContext(connection):
            state = one.state()
        with CaptureQueriesContext(connection) as queries:
            response = one.come_back(code="a-code", state=state)
        assert response.status_code == 302
        counts[name] = Timing.of(response).counts
        recording = [sql for sql in statements(queries) if '"wire_exchange"' in sql]
        assert bool(recording) == (name == "open")
        assert counts[name][0] == len(statements(queries)) - len(recording)
    assert counts["open"] == counts["closed"]
    assert len(calls()) == 3


def test_to_note_the_flow_is_in_nobodys_counts(watched, another):  # noqa: F811
    opened, closed = watched.start(), another().start()
    assert Timing.of(opened).counts == Timing.of(closed).counts
