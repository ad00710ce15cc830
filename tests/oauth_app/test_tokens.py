"""The providers' tokens: kept when a sign-in is done and not before, encrypted, refreshed once, revoked at the end."""

from __future__ import annotations

import base64
import logging
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from oauth_app.client import on_behalf, stored
from oauth_app.client.models import ProviderToken
from oauth_app.client.on_behalf import Endpoints, NotRefreshed, NotRevoked, Problem
from oauth_app.client.stored import Grant, NoToken, Secrets
from oauth_app.client.transport import ProviderSession

from .conftest import PROVIDERS, REVOKE, TOKEN, WHO, answer, drip, hang_up, silence

User = get_user_model()
PAGE = "/oauth/connections/"
NAMES = {"github": "GitHub", "google": "Google", "outside": "Outside ID"}
REFRESHING = ("google", "outside")


def text(response) -> str:
    return str(response.content.decode())


def tokens(**changes):
    """What a token endpoint answers to a refresh."""
    answered = {
        "access_token": "new-access",
        "refresh_token": "new-refresh",
        "expires_in": 300,
        "token_type": "Bearer",
    }
    return {name: value for name, value in (answered | changes).items() if value is not None}


@pytest.fixture
def account(db):
    user = User.objects.create_user("bob", password="a-password-of-bob")
    return SocialAccount.objects.create(user=user, provider="outside", uid="stand-in:1")


@pytest.fixture
def at(company):
    return Endpoints("us", "our-secret", company.url + TOKEN["outside"], company.url + REVOKE["outside"])


@pytest.fixture
def session():
    with ProviderSession(0.5) as one:
        yield one


def kept(account, *, seconds: int = 300, refresh: str = "old-refresh") -> ProviderToken:
    stored.keep(account, Grant("old-access", refresh, "openid", timezone.now() + timedelta(seconds=seconds)))
    return stored.token_of(account)


# ---- Kept


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_sign_in_leaves_the_token_encrypted(visitor, provider):
    visitor.sign_in(provider)
    token = ProviderToken.objects.get()
    assert stored.secrets_of(token).access == "provider-token"
    assert token.scope_list == (["user:email"] if provider == "github" else ["openid", "profile", "email"])
    assert (token.expires_at is None) == (provider == "github")
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM oauth_client_providertoken")
        ((column, nothing),) = cursor.fetchall()
    assert nothing is None
    assert b"provider-token" not in bytes(column)
    assert b"provider-token" not in base64.urlsafe_b64decode(bytes(column))


def test_two_rows_of_one_token_look_different(visitor, account):
    other = SocialAccount.objects.create(user=account.user, provider="google", uid="2")
    for one in (account, other):
        kept(one)
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM oauth_client_providertoken")
        first, second = cursor.fetchall()
    assert bytes(first[0]) != bytes(second[0])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_token_stands_in_no_session_page_or_text(visitor, provider, caplog):
    caplog.set_level(logging.DEBUG)
    visitor.sign_in(provider)
    token = ProviderToken.objects.get()
    secrets = stored.secrets_of(token)
    said = [str(token), repr(token), repr(secrets), str(secrets), repr(Grant("provider-token", "r" * 9, "", None))]
    said += [repr(Endpoints("us", "provider-token")), str(dict(visitor.client.session)), caplog.text]
    said += [text(visitor.client.get(path)) for path in (PAGE, "/oauth/signed-in/", "/oauth/")]
    assert not [one for one in said if "provider-token" in one or "rrr" in one]


def test_nothing_stays_of_a_sign_in_that_was_refused(visitor, another):
    visitor.company.person["verified"] = False
    assert visitor.sign_in("github").status_code == 403
    visitor.company.person["verified"] = True
    User.objects.create_user("alice", "alice@outside.example", "her-password")
    assert visitor.sign_in("google").status_code == 409
    assert not ProviderToken.objects.exists()


def test_a_refused_sign_in_leaves_the_token_of_before_as_it_is(visitor, another):
    visitor.sign_in("github")
    User.objects.update(is_active=False)
    before = ProviderToken.objects.get().updated_at
    assert another().sign_in("github").status_code == 403
    assert ProviderToken.objects.get().updated_at == before


def test_somebody_elses_connection_is_not_given_our_token(visitor, another, account):
    another().sign_in("github")
    before = ProviderToken.objects.get().updated_at
    visitor.client.force_login(account.user)
    assert visitor.sign_in("github", process="connect").status_code == 409
    assert ProviderToken.objects.get().updated_at == before


def test_a_new_sign_in_takes_its_place_and_an_old_refresh_token_still_counts(account):
    kept(account)
    stored.keep(account, Grant("newer-access", "", "openid email", None))
    token = stored.token_of(account)
    assert stored.secrets_of(token) == Secrets("newer-access", "old-refresh")
    assert token.refreshable
    assert token.scopes == "openid email"


@pytest.mark.django_db(transaction=True)
def test_an_account_that_is_gone_keeps_nothing(account):
    gone = SocialAccount.objects.get()
    account.delete()
    assert stored.keep(gone, Grant("old-access", "", "", None)) == Secrets("old-access", "")  # to be ended
    assert not ProviderToken.objects.exists()


def again(account, scope: str, refresh: str = "") -> tuple[Secrets, Secrets, str]:
    """Sign in once more, with these scopes; return what is kept, what nobody needs, and what the page says."""
    unneeded = stored.keep(account, Grant("newer-access", refresh, scope, None))
    token = stored.token_of(account)
    return stored.secrets_of(token), unneeded, token.scopes


WIDE = "openid email calendar"


def kept_wide(account, **changes):
    stored.keep(account, Grant("wide-access", "wide-refresh", WIDE, timezone.now() - timedelta(seconds=1)))
    ProviderToken.objects.update(**changes)


def test_a_narrower_token_does_not_take_the_place_of_a_pair_that_may_do_more(account):
    """The refresh token brings the wider one at any time: the page must not say less than that."""
    kept_wide(account)
    pair = Secrets("wide-access", "wide-refresh")
    assert again(account, "openid email") == (pair, Secrets("newer-access", ""), WIDE)


def test_a_call_after_such_a_sign_in_still_may_do_more(account, company, at, session):
    kept_wide(account)
    again(account, "openid email")
    company.spoiled[TOKEN["outside"]] = answer(tokens())
    assert on_behalf.call(stored.token_of(account), at, session, company.url + WHO["outside"]).status_code == 200
    assert company.calls[0][1]["refresh_token"] == "wide-refresh"
    assert stored.token_of(account).scopes == WIDE


def test_with_a_refresh_token_of_its_own_it_does(account):
    kept_wide(account)
    unneeded = Secrets("wide-access", "wide-refresh")
    assert again(account, "openid", "newer-refresh") == (Secrets("newer-access", "newer-refresh"), unneeded, "openid")


def test_what_either_of_the_two_may_is_said(account):
    kept_wide(account)
    pair = Secrets("newer-access", "wide-refresh")
    assert again(account, "openid tasks") == (pair, Secrets("wide-access", ""), "openid tasks email calendar")


def test_a_refresh_token_that_is_over_is_not_kept(account):
    """Google gives a new one with a consent only, and is asked for that where there is none."""
    kept_wide(account, problem=ProviderToken.Problem.ENDED)
    ended = Secrets("wide-access", "wide-refresh")
    assert again(account, "openid email") == (Secrets("newer-access", ""), ended, "openid email")
    assert not stored.token_of(account).refreshable


def test_a_refresh_token_that_nobody_can_read_is_not_kept(account):
    kept_wide(account)
    change_key(Fernet.generate_key().decode())
    try:
        assert again(account, "openid email") == (Secrets("newer-access", ""), Secrets("", ""), "openid email")
        assert not stored.token_of(account).refreshable
    finally:
        change_key()


def test_the_same_token_again_is_needed(account):
    kept_wide(account)
    stored.keep(account, Grant("newer-access", "wide-refresh", WIDE, None))
    assert again(account, WIDE, "wide-refresh")[1] == Secrets("", "")


@pytest.mark.parametrize(
    "said",
    [
        {"scope": 5}, {"scope": "a\0b"}, {"scope": "a" * 5000}, {"expires_in": "soon"}, {"expires_in": -1},
        {"expires_in": 10**12}, {"expires_in": []}, {"access_token": ""}, {"access_token": 5}, {"refresh_token": 5},
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_of_another_shape_is_none(said):
    with pytest.raises((LookupError, TypeError, ValueError)):
        Grant.of(tokens(**said) | {name: value for name, value in said.items() if value is not None}, "openid")


def test_a_sign_in_with_such_an_answer_ends_in_a_page(visitor):
    visitor.company.spoiled[TOKEN["google"]] = answer(tokens(expires_in="soon", id_token="x"))
    response = visitor.sign_in("google")
    assert response.status_code == 502
    assert "Nobody was signed in" in text(response)
    assert not ProviderToken.objects.exists()


# ---- The key


def test_with_another_key_it_says_so_and_no_page_fails(visitor, settings):
    visitor.sign_in("github")
    change_key(Fernet.generate_key().decode())
    try:
        assert visitor.client.get(PAGE).status_code == 200
        with pytest.raises(NoToken, match="another key"):
            stored.secrets_of(ProviderToken.objects.get())
        visitor.company.person["id"] = 1001
        visitor.client.logout()
        visitor.sign_in("github")  # a new one, with the new key
        assert stored.secrets_of(ProviderToken.objects.get()).access == "provider-token"
        account = SocialAccount.objects.get()
        account.user.set_password("x")
        account.user.save()
        account.delete()
        assert not ProviderToken.objects.exists()
    finally:
        change_key()


def change_key(*keys: str) -> None:
    """The library reads the keys once for each field."""
    for name in ("access_token", "refresh_token"):
        field = ProviderToken._meta.get_field(name)
        for cached in ("keys", "fernet_keys", "fernet"):
            field.__dict__.pop(cached, None)
        if keys:
            field.__dict__["keys"] = list(keys)


def test_an_old_key_still_decrypts_behind_a_new_one(account, settings):
    kept(account)
    change_key(Fernet.generate_key().decode(), *settings.FERNET_KEYS)
    try:
        assert stored.secrets_of(stored.token_of(account)).access == "old-access"
    finally:
        change_key()


# ---- Used and refreshed


def test_a_call_carries_the_token_in_its_header(account, company, at, session):
    response = on_behalf.call(kept(account), at, session, company.url + WHO["outside"])
    assert response.status_code == 200
    ((path, _, headers),) = company.calls
    assert headers["Authorization"] == "Bearer old-access"
    assert "old-access" not in path


def test_an_expired_token_is_refreshed_first(account, company, at, session):
    company.spoiled[TOKEN["outside"]] = answer(tokens())
    assert on_behalf.call(kept(account, seconds=1), at, session, company.url + WHO["outside"]).status_code == 200
    (path, form, _), (_, _, headers) = company.calls
    assert path == TOKEN["outside"]
    assert (form["grant_type"], form["refresh_token"]) == ("refresh_token", "old-refresh")
    assert headers["Authorization"] == "Bearer new-access"
    token = stored.token_of(account)
    assert stored.secrets_of(token) == Secrets("new-access", "new-refresh")
    assert not token.expired


def test_401_is_refreshed_once_and_not_for_ever(account, company, at, session):
    company.spoiled |= {TOKEN["outside"]: answer(tokens()), WHO["outside"]: answer({"error": "invalid_token"}, 401)}
    assert on_behalf.call(kept(account), at, session, company.url + WHO["outside"]).status_code == 401
    assert [path for path, _, _ in company.calls] == [WHO["outside"], TOKEN["outside"], WHO["outside"]]


def test_403_is_not_refreshed(account, company, at, session):
    company.spoiled[WHO["outside"]] = answer({"error": "insufficient_scope"}, 403)
    assert on_behalf.call(kept(account), at, session, company.url + WHO["outside"]).status_code == 403
    assert len(company.calls) == 1


def test_401_without_a_refresh_token_is_the_end(account, company, at, session):
    company.spoiled[WHO["outside"]] = answer({"message": "Bad credentials"}, 401)
    assert on_behalf.call(kept(account, refresh=""), at, session, company.url + WHO["outside"]).status_code == 401
    assert stored.token_of(account).problem == "ended"


BROKEN = {
    "revoked": (answer({"error": "invalid_grant"}, 400), "ended"),
    "our client is unknown": (answer({"error": "invalid_client"}, 401), "refused"),
    "500": (answer({}, 500), "unreachable"),
    "a page": (answer("<html>", 200, "text/html"), "unusable"),
    "a page with 404": (answer("<html>", 404, "text/html"), "unreachable"),
    "a list": (answer([1]), "unusable"),
    "no token": (answer({}), "unusable"),
    "a number for a token": (answer(tokens(access_token=5)), "unusable"),
    "a date for a number": (answer(tokens(expires_in="soon")), "unusable"),
    "JSON without an end": (answer("[" * 100_000), "unusable"),
    "not UTF-8": (answer(b"\xff\xfe{"), "unusable"),
    "too large": (answer(b"x" * 2_000_000), "unreachable"),
    "a redirect": (answer({}, 302), "unusable"),
    "silence": (silence(2), "unreachable"),
    "a drip": (drip(40, 0.1), "unreachable"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_refresh_that_breaks_says_why_and_loses_nothing(account, company, at, session, how):
    company.spoiled[TOKEN["outside"]], problem = BROKEN[how]
    before = kept(account, seconds=1)
    with pytest.raises(NotRefreshed) as raised:
        on_behalf.call(before, at, session, company.url + WHO["outside"])
    assert raised.value.problem == problem
    token = stored.token_of(account)
    assert token.problem == problem
    assert stored.secrets_of(token) == Secrets("old-access", "old-refresh")
    company.spoiled[TOKEN["outside"]] = answer(tokens())
    on_behalf.refresh(token, at, session)
    assert stored.token_of(account).problem == ""


def test_a_provider_that_is_down(account, session):
    nobody = Endpoints("us", "our-secret", "http://127.0.0.1:9/token", "http://127.0.0.1:9/revoke")
    with pytest.raises(NotRefreshed):
        on_behalf.refresh(kept(account), nobody, session)
    with pytest.raises(NotRevoked, match="cannot be reached"):
        on_behalf.revoke(Secrets("a", "r"), nobody, session)
    with pytest.raises(requests.ConnectionError):
        on_behalf.call(stored.token_of(account), nobody, session, "http://127.0.0.1:9/who")


def test_who_comes_late_takes_what_the_first_one_got(account, company, at, session):
    company.spoiled[TOKEN["outside"]] = answer(tokens())
    seen = kept(account)
    first = on_behalf.refresh(seen, at, session)
    assert on_behalf.refresh(seen, at, session).updated_at == first.updated_at
    assert len(company.calls) == 1
    company.spoiled[TOKEN["outside"]] = answer({"error": "invalid_grant"}, 400)
    for _ in range(2):
        with pytest.raises(NotRefreshed):
            on_behalf.refresh(first, at, session)
    assert len(company.calls) == 2


def test_a_rotation_that_names_no_new_refresh_token_keeps_the_old(account, company, at, session):
    company.spoiled[TOKEN["outside"]] = answer(tokens(refresh_token=None))
    on_behalf.refresh(kept(account), at, session)
    assert stored.secrets_of(stored.token_of(account)) == Secrets("new-access", "old-refresh")


# ---- Ended


@pytest.fixture
def bob(visitor):
    bob = User.objects.create_user("bob", "bob@example.com", "a-password-of-bob")
    visitor.client.force_login(bob)
    return bob


def disconnect(visitor):
    number = SocialAccount.objects.get().pk
    visitor.company.calls.clear()
    visitor.client.get(PAGE)
    return text(visitor.client.post(PAGE, {"account": number}, follow=True))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_disconnected_here_is_revoked_there(visitor, bob, provider):
    visitor.sign_in(provider, process="connect")
    account = SocialAccount.objects.get()
    secrets = stored.secrets_of(stored.token_of(account))
    stored.keep(account, Grant(secrets.access, "a-refresh-token" if provider != "github" else "", "", None))
    page = disconnect(visitor)
    assert "The token that we had was revoked there, too." in page
    calls = [(form, headers) for path, form, headers in visitor.company.calls if path == REVOKE[provider]]
    if provider == "github":
        ((_, headers),) = calls
        us = base64.b64encode(b"authdemo-github:outside-github-secret").decode()
        assert headers["Authorization"] == f"Basic {us}"
    else:
        assert [form["token"] for form, _ in calls] == ["a-refresh-token", "provider-token"]
        assert [form["token_type_hint"] for form, _ in calls] == ["refresh_token", "access_token"]
    assert not SocialAccount.objects.exists()
    assert not ProviderToken.objects.exists()


REFUSALS = {
    "500": (answer({}, 500), "It answered with 500."),
    "401": (answer({"error": "invalid_client"}, 401), "It answered with 401."),
    "a redirect": (answer({}, 302), "It answered with 302."),
    "silence": (silence(4), "It did not answer in time."),
    "too large": (answer(b"x" * 2_000_000), "It answered with nothing that can be read."),
}


@pytest.mark.parametrize("how", REFUSALS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_that_does_not_take_it_back(visitor, bob, provider, how):
    """Disconnected here all the same, and the page says that the token lives on."""
    visitor.sign_in(provider, process="connect")
    visitor.company.spoiled[REVOKE[provider]], why = REFUSALS[how]
    page = disconnect(visitor)
    assert f"is disconnected: {'alice.outside' if provider == 'github' else 'alice@outside.example'}" in page
    assert f"But its token lives on there: {why} End it at {NAMES[provider]} itself." in page
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("provider", "said"), [("github", answer({}, 404)), ("google", answer({"error": "invalid_token"}, 400))]
)
def test_a_token_that_is_over_there_already_is_no_failure(visitor, bob, provider, said):
    visitor.sign_in(provider, process="connect")
    visitor.company.spoiled[REVOKE[provider]] = said
    assert "The token that we had was revoked there, too." in disconnect(visitor)


UNSAID = "It did not say where a token is taken back."


@pytest.mark.parametrize(
    ("discovery", "why"),
    [
        (answer({}, 500), UNSAID),
        (answer([]), UNSAID),
        (answer("x"), UNSAID),
        (silence(4), "It did not answer in time."),
        (hang_up, "It cannot be reached."),
    ],
)
def test_a_discovery_page_that_is_gone(visitor, bob, discovery, why):
    visitor.sign_in("outside", process="connect")
    visitor.company.spoiled["/oidc/.well-known/openid-configuration"] = discovery
    assert f"But its token lives on there: {why} End it at Outside ID itself." in disconnect(visitor)


def test_a_provider_that_is_not_there_is_not_said_to_have_said_something(visitor, bob):
    visitor.sign_in("outside", process="connect")
    visitor.company.stop()
    page = disconnect(visitor)
    assert "But its token lives on there: It cannot be reached. End it at Outside ID itself." in page
    assert UNSAID not in page


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_token_that_we_knew_to_be_over_is_not_said_to_have_been_revoked_now(visitor, bob, provider):
    visitor.sign_in(provider, process="connect")
    ProviderToken.objects.update(problem=Problem.ENDED)
    page = disconnect(visitor)
    assert "The token that we had was over there already." in page
    assert "was revoked there" not in page
    assert REVOKE[provider] in [path for path, _, _ in visitor.company.calls]  # what else is left of it ends, too


@pytest.mark.parametrize("endpoint", [None, "", 5, "javascript:alert(1)", "/relative"])
def test_a_provider_without_revocation(visitor, bob, endpoint):
    visitor.sign_in("outside", process="connect")
    config = visitor.company.normal("/oidc/.well-known/openid-configuration") | {"revocation_endpoint": endpoint}
    visitor.company.spoiled["/oidc/.well-known/openid-configuration"] = answer(config)
    assert "It has no address at which a token can be taken back." in disconnect(visitor)


def test_a_disconnect_that_is_refused_revokes_nothing(visitor):
    visitor.sign_in("github")
    assert "This is your only way in" in disconnect(visitor)
    assert not visitor.company.calls or REVOKE["github"] not in [path for path, _, _ in visitor.company.calls]
    assert ProviderToken.objects.exists()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_token_that_nobody_can_read_is_not_said_to_be_over(visitor, bob, provider):
    visitor.sign_in(provider, process="connect")
    change_key(Fernet.generate_key().decode())
    try:
        page = disconnect(visitor)
    finally:
        change_key()
    assert "is disconnected: " in page
    assert "But its token lives on there: it was encrypted with another key" in page
    assert f"End it at {NAMES[provider]} itself." in page
    place = {"outside": "oidc"}.get(provider, provider)
    assert re.search(
        rf'<a href="http[^"]+/{place}/apps">Apps with access to your account at {NAMES[provider]}</a></p>', page
    )
    assert REVOKE[provider] not in [path for path, _, _ in visitor.company.calls]
    assert not SocialAccount.objects.exists()


def test_a_provider_that_names_no_list_of_apps(visitor, bob, settings, monkeypatch):
    monkeypatch.delitem(settings.SOCIALACCOUNT_PROVIDERS["github"]["APPS"][0]["settings"], "apps_url")
    visitor.sign_in("github", process="connect")
    visitor.company.spoiled[REVOKE["github"]] = answer("", 500)
    page = disconnect(visitor)
    assert "End it at GitHub itself.</p>" in page


def test_an_account_without_a_token_is_disconnected(visitor, bob):
    visitor.sign_in("github", process="connect")
    ProviderToken.objects.all().delete()
    page = disconnect(visitor)
    assert "is disconnected: alice.outside no longer opens this user." in page
    assert "revoked there" not in page


# ---- More than a sign-in


MORE = {
    "github": "public_repo",
    "google": "https://www.googleapis.com/auth/calendar.readonly",
    "outside": "timetable",
}


def asked(response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(response["Location"]).query))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_one_more_scope_is_asked_for(visitor, bob, provider):
    visitor.sign_in(provider, process="connect")
    query = asked(visitor.start(provider, process="connect", more=MORE[provider]))
    assert MORE[provider] in query["scope"].split()
    assert {"user:email"} <= set(query["scope"].split()) or {"openid", "email"} <= set(query["scope"].split())
    if provider == "google":
        assert query["access_type"] == "offline"
        assert query["include_granted_scopes"] == "true"
        assert query["prompt"] == "consent"  # the company gave no refresh token


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("more", ["admin:org", "", "repo", "openid email", "PUBLIC_REPO", "timetable\0"])
def test_nothing_else_is(visitor, bob, provider, more):
    query = asked(visitor.start(provider, process="connect", more=more))
    assert set(query["scope"].split()) in ({"user:email"}, {"openid", "profile", "email"})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_neither_in_the_address_nor_at_a_sign_in(visitor, provider):
    path = {"outside": "oidc/outside"}.get(provider, provider)
    wanted = {"more": MORE[provider]}
    response = visitor.client.post(f"/oauth/accounts/{path}/login/?more={MORE[provider]}", {"process": "login"})
    assert MORE[provider] not in asked(response)["scope"].split()
    assert MORE[provider] not in asked(visitor.start(provider, **wanted))["scope"].split()


def test_what_was_granted_before_is_asked_for_again(visitor, bob):
    visitor.company.spoiled[TOKEN["github"]] = answer("access_token=t&scope=public_repo%2Cuser%3Aemail", 200, "text/x")
    visitor.sign_in("github", process="connect", more="public_repo")
    token = ProviderToken.objects.get()
    assert token.scope_list == ["public_repo", "user:email"]
    page = text(visitor.client.get(PAGE))
    assert "<code>public_repo</code>" in page
    query = asked(visitor.start("github", process="connect", more="public_repo"))
    assert set(query["scope"].split()) == {"public_repo", "user:email"}
