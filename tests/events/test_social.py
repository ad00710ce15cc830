"""Sign-ins with a provider, as the events tell them."""

from __future__ import annotations

import pytest

from authdemo.events.models import AuthEvent, Mechanism
from tests.oauth_app.conftest import PROVIDERS
from tests.sessions_app.conftest import PASSWORD


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_sign_in_is_one_event_with_its_provider(visitor, story, provider):
    visitor.sign_in(provider)  # the first visit makes the user
    name = visitor.username()
    visitor.client.post("/sessions/logout/")
    visitor.sign_in(provider)  # the second finds it
    assert story() == [
        f"{name} oauth2 signed_in {provider}",
        f"{name} session signed_out",
        f"{name} oauth2 signed_in {provider}",
    ]
    assert AuthEvent.objects.of(Mechanism.OAUTH2).latest().ip == "127.0.0.1"


def test_connect_and_disconnect(alice, visitor, story):
    visitor.client.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    visitor.sign_in("github", process="connect")
    [account] = alice.socialaccount_set.all()
    visitor.client.post("/oauth/connections/", {"account": account.pk})
    assert not alice.socialaccount_set.exists()
    assert story() == [
        "alice session signed_in",
        "alice oauth2 connected github",
        "alice oauth2 disconnected github",
    ]


def test_a_password_after_a_provider_in_one_browser(alice, visitor, story):
    visitor.sign_in("github")
    visitor.client.post("/sessions/logout/")
    visitor.client.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    assert story()[-1] == "alice session signed_in"


def test_switching_accounts_is_told_as_two_acts(alice, visitor, story):
    visitor.client.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    response = visitor.client.post("/oauth/switch/github/")
    assert response.status_code == 302, response.content
    assert story() == ["alice session signed_in", "alice session signed_out"]


@pytest.mark.parametrize("query", [{"error": "access_denied"}, {"code": "a-code", "state": "not-ours"}])
def test_nobody_has_signed_in_where_the_provider_or_we_refuse(visitor, story, query):
    state = visitor.state()
    visitor.come_back(**{"state": state, **query})
    assert visitor.username() is None
    assert story() == []


def test_neither_code_nor_state_nor_the_providers_token_is_in_any_field(visitor):
    state = visitor.state()
    visitor.come_back(code="a-secret-code", state=state)
    written = str(list(AuthEvent.objects.values()))
    for secret in ("a-secret-code", state, "provider-token"):
        assert secret not in written
