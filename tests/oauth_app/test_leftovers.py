"""Tokens that nobody needs any more are ended at the provider, nothing that is needed is, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.test import Client

from oauth_app.client import leftovers, stored
from oauth_app.client.stored import Secrets

from .conftest import ONE_TOKEN, PROVIDERS, REVOKE, TOKEN, WHO, Company, Visitor, answer, hang_up, silence

User = get_user_model()
WITH_REFRESH = ("google", "outside")
every_provider = pytest.mark.parametrize("provider", PROVIDERS)


@pytest.fixture
def visitor(company: Company, transactional_db: None) -> Visitor:
    """Somebody whose requests are really committed, so that what waits for that is done."""
    return Visitor(Client(), company)


@pytest.fixture
def somebody(company: Company, transactional_db: None) -> Callable[[], Visitor]:
    return lambda: Visitor(Client(), company)


def gives(company: Company, provider: str, name: str, refresh: str | None = "", scope: str | None = None) -> None:
    """Let the token endpoint answer with tokens of this name. GitHub has no refresh tokens."""

    def send(request: Any) -> None:
        said: dict[str, Any] = {"access_token": f"{name}-access", "token_type": "bearer"}
        if scope is not None:
            said["scope"] = scope
        if provider == "github":
            answer(urlencode(said), 200, "application/x-www-form-urlencoded")(request)
            return
        if refresh is not None:
            said["refresh_token"] = refresh or f"{name}-refresh"
        answer(said | {"expires_in": 300, "id_token": company.normal(TOKEN[provider])["id_token"]})(request)

    company.spoiled[TOKEN[provider]] = send


def ended(company: Company) -> list[str]:
    """Wait until the thread has done its work; return each token that a provider was told to end."""
    leftovers.worker.submit(int).result(timeout=30)
    paths = {*ONE_TOKEN.values(), *REVOKE.values()}
    return [form.get("token") or form["access_token"] for path, form, _ in company.calls if path in paths]


def here() -> Secrets:
    [account] = SocialAccount.objects.all()
    return stored.secrets_of(stored.token_of(account))


def pair(name: str, provider: str) -> list[str]:
    """Both tokens, the refresh token first: without it no new one comes."""
    return [f"{name}-refresh", f"{name}-access"] if provider != "github" else [f"{name}-access"]


def twice(visitor: Visitor, somebody: Any, provider: str) -> None:
    gives(visitor.company, provider, "first")
    assert visitor.sign_in(provider).status_code == 302
    gives(visitor.company, provider, "second")
    assert somebody().sign_in(provider).status_code == 302
    assert here().access == "second-access"


# ---- A new sign-in


@every_provider
def test_a_new_sign_in_ends_the_tokens_before(visitor, somebody, provider):
    """But at Google, where that would end the new ones, too."""
    twice(visitor, somebody, provider)
    assert ended(visitor.company) == ([] if provider == "google" else pair("first", provider))


def test_at_github_that_token_and_not_the_grant(visitor, somebody):
    twice(visitor, somebody, "github")
    ended(visitor.company)
    assert visitor.company.calls[-1][0] == ONE_TOKEN["github"]
    assert visitor.company.calls[-1][2]["Authorization"].startswith("Basic ")


@every_provider
def test_a_first_sign_in_ends_nothing(visitor, provider):
    gives(visitor.company, provider, "first")
    visitor.sign_in(provider)
    assert ended(visitor.company) == []


@every_provider
def test_a_provider_that_gives_the_same_token_again_keeps_it(visitor, somebody, provider):
    for _ in range(2):
        gives(visitor.company, provider, "same")
        somebody().sign_in(provider)
    assert ended(visitor.company) == []


def test_a_refresh_token_that_is_still_needed_is_not_ended(visitor, somebody):
    gives(visitor.company, "outside", "first")
    visitor.sign_in("outside")
    gives(visitor.company, "outside", "second", refresh=None)
    somebody().sign_in("outside")
    assert here() == Secrets("second-access", "first-refresh")
    assert ended(visitor.company) == ["first-access"]


def test_a_narrower_one_that_is_not_kept_is_ended_itself(visitor, somebody):
    gives(visitor.company, "outside", "wide", scope="openid email timetable")
    visitor.sign_in("outside")
    gives(visitor.company, "outside", "narrow", refresh=None, scope="openid email")
    somebody().sign_in("outside")
    assert here() == Secrets("wide-access", "wide-refresh")
    assert ended(visitor.company) == ["narrow-access"]


def test_a_provider_of_which_that_is_not_known_is_left_alone(visitor, somebody, settings, monkeypatch):
    oidc = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]
    monkeypatch.delitem(oidc, "revokes_one_by_one")
    twice(visitor, somebody, "outside")
    assert ended(visitor.company) == []


# ---- A sign-in that was refused


@every_provider
def test_the_token_of_a_refused_sign_in_is_ended(visitor, provider):
    """Also at Google: nobody here is connected to that account, so there is nothing else to end."""
    visitor.company.person["verified"] = False
    gives(visitor.company, provider, "refused")
    assert visitor.sign_in(provider).status_code == 403
    assert ended(visitor.company) == pair("refused", provider)


@every_provider
def test_the_address_is_somebodys_here(visitor, provider):
    User.objects.create_user("alice", "alice@outside.example", "her-password")
    gives(visitor.company, provider, "refused")
    assert visitor.sign_in(provider).status_code == 409
    assert ended(visitor.company) == pair("refused", provider)


@every_provider
@pytest.mark.parametrize("way", ["inactive", "connected elsewhere", "signed in already"])
def test_what_is_kept_of_a_connected_account_outlives_a_refusal(visitor, somebody, provider, way):
    gives(visitor.company, provider, "kept")
    visitor.sign_in(provider)
    gives(visitor.company, provider, "refused")
    if way == "inactive":
        User.objects.update(is_active=False)
        assert somebody().sign_in(provider).status_code == 403
    elif way == "connected elsewhere":
        other = somebody()
        other.client.force_login(User.objects.create_user("bob"))
        assert other.sign_in(provider, process="connect").status_code == 409
    else:
        other = somebody()
        state = other.state(provider)
        other.client.force_login(User.objects.get())
        assert other.come_back(provider, code="a-code", state=state).status_code == 409
    assert here().access == "kept-access"
    assert ended(visitor.company) == ([] if provider == "google" else pair("refused", provider))


@every_provider
def test_a_refusal_does_not_end_the_very_token_that_is_kept(visitor, somebody, provider):
    gives(visitor.company, provider, "kept")
    visitor.sign_in(provider)
    User.objects.update(is_active=False)
    assert somebody().sign_in(provider).status_code == 403
    assert ended(visitor.company) == []


@pytest.mark.parametrize("provider", WITH_REFRESH)
def test_whose_it_is_nobody_knows(visitor, provider):
    """It may be of somebody who is connected here: at Google all that is theirs would end."""
    gives(visitor.company, provider, "unknown")
    visitor.company.changed = {"nonce": "of-another-sign-in"}
    assert visitor.sign_in(provider).status_code == 502
    assert ended(visitor.company) == ([] if provider == "google" else pair("unknown", provider))


def test_it_broke_after_the_token(visitor):
    gives(visitor.company, "github", "unknown")
    visitor.company.spoiled[WHO["github"]] = answer("", 500)
    assert visitor.sign_in("github").status_code == 502
    assert ended(visitor.company) == ["unknown-access"]


@every_provider
def test_without_a_token_there_is_nothing_to_end(visitor, provider):
    state = visitor.state(provider)
    assert visitor.come_back(provider, error="access_denied", state=state).status_code == 403
    assert ended(visitor.company) == []


# ---- Nobody waits, and nobody hears of it


def test_a_provider_that_hangs_holds_up_nobody(visitor, somebody, settings):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 30
    gives(visitor.company, "github", "first")
    visitor.sign_in("github")
    signed_in, before = Event(), []

    def waits(request: Any) -> None:
        before.append(signed_in.wait(10))
        answer("", 204)(request)

    visitor.company.spoiled[ONE_TOKEN["github"]] = waits
    gives(visitor.company, "github", "second")
    later = somebody()
    assert later.sign_in("github").status_code == 302
    assert later.username() == "alice.outside"
    signed_in.set()
    assert ended(visitor.company) == ["first-access"]
    assert before == [True]


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        (answer("", 500), "It answered with 500."),
        (hang_up, "It cannot be reached."),
        (silence(4), "It did not answer in time."),
        (answer(b"x" * 2_000_000), "It answered with nothing that can be read."),
    ],
)
@every_provider
def test_what_goes_wrong_stands_in_the_log_without_a_token(visitor, caplog, provider, spoiled, why):
    visitor.company.person["verified"] = False
    visitor.company.spoiled[ONE_TOKEN[provider]] = spoiled
    gives(visitor.company, provider, "refused")
    assert visitor.sign_in(provider).status_code == 403
    ended(visitor.company)
    assert f"{provider}: a token that nobody needs lives on there: {why}" in caplog.text
    assert "refused-" not in caplog.text


def test_too_late_is_not_at_all(visitor, caplog, monkeypatch):
    """Meanwhile whoever was refused at Google may have come in."""
    monkeypatch.setattr(leftovers, "LONGEST_WAIT", -1)
    visitor.company.person["verified"] = False
    visitor.sign_in("google")
    assert ended(visitor.company) == []
    assert "its turn came too late" in caplog.text


@pytest.mark.parametrize("endpoint", [None, "javascript:alert(1)"])
def test_a_provider_without_revocation(visitor, caplog, endpoint):
    path = "/oidc/.well-known/openid-configuration"
    visitor.company.spoiled[path] = answer(visitor.company.normal(path) | {"revocation_endpoint": endpoint})
    visitor.company.person["verified"] = False
    assert visitor.sign_in("outside").status_code == 403
    assert ended(visitor.company) == []
    assert "It has no address at which a token can be taken back." in caplog.text


def test_nothing_is_sent_before_all_is_written(
    company: Company, db: None, django_capture_on_commit_callbacks: Any
) -> None:
    visitor = Visitor(Client(), company)
    visitor.company.person["verified"] = False
    with django_capture_on_commit_callbacks() as waiting:
        visitor.sign_in("github")
    assert ended(company) == []
    assert len(waiting) == 1
    waiting[0]()
    assert ended(company) == ["provider-token"]
