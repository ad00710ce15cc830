"""Where I sign in from: connect, disconnect, never the last way in, never somebody else's account."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth import get_user_model

from .conftest import PROVIDERS, Visitor
from .test_journeys import KNOWN_AS

User = get_user_model()
PAGE = "/oauth/connections/"


@pytest.fixture
def bob(db):
    return User.objects.create_user("bob", "bob@example.com", "a-password-of-bob")


def text(response) -> str:
    return str(response.content.decode())


def test_a_stranger_is_sent_to_the_login_page(client, db):
    assert client.get(PAGE)["Location"] == f"/sessions/login/?next={PAGE}"
    assert client.post(PAGE, {"account": 1})["Location"] == f"/sessions/login/?next={PAGE}"


def test_connecting_needs_a_session(visitor):
    response = visitor.start("google", process="connect")
    assert response["Location"] == "/sessions/login/?next=/oauth/connections/%3Fconnect%3Dgoogle"


@pytest.mark.parametrize("way_in", ["/oauth/switch/google/", "/oauth/accounts/google/login/"])
def test_a_connection_that_nobody_began_is_not_made_for_who_signs_in_next(visitor, bob, way_in):
    """Somebody has planted their anonymous session in bob's browser, with a sign-in under way in it."""
    response = visitor.client.post(way_in, {"process": "connect"})
    state = parse_qs(urlsplit(response["Location"]).query).get("state", [""])[0]
    visitor.company.nonce = parse_qs(urlsplit(response["Location"]).query).get("nonce", [""])[0]
    visitor.client.post("/sessions/login/", {"username": "bob", "password": "a-password-of-bob"})
    visitor.come_back("google", code="a-code", state=state)
    assert not SocialAccount.objects.filter(user=bob).exists()
    assert visitor.username() == "bob"


def test_a_connection_that_another_user_began_is_not_made(visitor, bob):
    visitor.client.force_login(bob)
    state = visitor.state("google", process="connect")
    session = visitor.client.session
    [held] = session["socialaccount_states"].values()
    held[0]["began"] = "another"
    session.save()
    response = visitor.come_back("google", code="a-code", state=state)
    assert response["Location"] == PAGE
    assert "it was not you who began this" in text(visitor.client.get(PAGE))
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_connect_then_sign_in_with_it(visitor, another, bob, provider):
    visitor.client.force_login(bob)
    response = visitor.sign_in(provider, process="connect")
    assert response["Location"] == PAGE
    page = text(visitor.client.get(PAGE))
    name = {"github": "GitHub", "google": "Google", "outside": "Outside ID"}[provider]
    assert f"{name} is connected: your account there opens this user from now on." in page
    assert f'{KNOWN_AS[provider]}<br><span class="value">1001</span>' in page
    assert page.count("stand-in:") == 1
    assert "a stand-in’s accounts are never taken for those of the real one" in page
    later = another()
    later.sign_in(provider)
    assert later.username() == "bob"
    bob.refresh_from_db()
    assert bob.email == "bob@example.com"  # the provider's address is not taken over
    assert User.objects.count() == 1


def test_connect_is_offered_for_a_provider_that_exists(visitor, bob):
    visitor.client.force_login(bob)
    assert "Now connect Google." in text(visitor.client.get(f"{PAGE}?connect=google"))
    assert "Now connect" not in text(visitor.client.get(f"{PAGE}?connect=<script>"))


def test_connect_is_not_offered_for_what_is_connected(visitor, bob):
    visitor.client.force_login(bob)
    visitor.sign_in("google", process="connect")
    assert "Now connect" not in text(visitor.client.get(f"{PAGE}?connect=google"))
    assert "Now connect GitHub." in text(visitor.client.get(f"{PAGE}?connect=github"))


@pytest.mark.parametrize("data", [[], "x", {}, {"login": 5, "name": ""}, {"userinfo": 7, "id_token": {"email": None}}])
def test_a_provider_that_said_no_name(visitor, bob, data):
    SocialAccount.objects.create(user=bob, provider="github", uid="7", extra_data=data)
    visitor.client.force_login(bob)
    assert '<dd><span class="value">7</span></dd>' in text(visitor.client.get(PAGE))


def test_a_name_from_a_provider_is_text_in_page_and_message(visitor, bob):
    visitor.company.person["login"] = "<b>Alice & Co</b>"
    visitor.client.force_login(bob)
    visitor.sign_in("github", process="connect")
    assert "&lt;b&gt;Alice &amp; Co&lt;/b&gt;" in text(visitor.client.get(PAGE))
    page = text(visitor.client.post(PAGE, {"account": SocialAccount.objects.get().pk}, follow=True))
    assert "&lt;b&gt;Alice &amp; Co&lt;/b&gt; no longer opens this user." in page


def test_an_account_of_another_user_is_not_taken(visitor, another, bob):
    another().sign_in("github")
    visitor.client.force_login(bob)
    response = visitor.sign_in("github", process="connect")
    assert response.status_code == 409
    assert "opens another user here" in text(response)
    assert SocialAccount.objects.get().user.username == "alice.outside"
    assert visitor.username() == "bob"


def test_connecting_twice_is_no_error(visitor, bob):
    visitor.client.force_login(bob)
    visitor.sign_in("github", process="connect")
    visitor.client.get(PAGE)
    assert visitor.sign_in("github", process="connect")["Location"] == PAGE
    page = text(visitor.client.get(PAGE))
    assert "That GitHub account was connected already. Nothing has changed." in page
    assert "is connected:" not in page
    assert SocialAccount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_account_connected_in_two_tabs_at_once(company, client):
    visitor, bob = Visitor(client, company), User.objects.create_user("bob")
    visitor.client.force_login(bob)
    twin = {"user": bob, "provider": "github", "uid": "stand-in:1001"}

    def other_tab(**kwargs):
        SocialAccount.objects.create(**twin)

    pre_social_login.connect(other_tab)  # after the look whether somebody has that account
    response = visitor.sign_in(process="connect")
    pre_social_login.disconnect(other_tab)
    assert response.status_code == 409
    assert "This sign-in is over" in text(response)
    assert 'value="connect"' not in text(response)  # the other tab has done it
    assert SocialAccount.objects.count() == 1


def test_a_connection_that_is_used_up_can_be_begun_again(visitor, bob):
    visitor.client.force_login(bob)
    state = visitor.state(process="connect")
    assert visitor.come_back(error="access_denied", state=state).status_code == 403
    again = visitor.come_back(code="a-code", state=state)
    assert again.status_code == 400
    page = text(again)
    assert "This sign-in is over" in page
    assert "its <code>code</code> can be changed for a token one time" in page
    assert "No account at GitHub is connected to this user." in page
    assert '<input type="hidden" name="process" value="connect">' in page
    assert ">Connect GitHub</button>" in page
    visitor.sign_in(process="connect")
    again = text(visitor.come_back(code="a-code", state=state))
    assert f'href="{PAGE}"' in again
    assert "Connect GitHub" not in again


def test_a_session_that_ended_meanwhile_connects_nothing(visitor, bob):
    visitor.client.force_login(bob)
    state = visitor.state(process="connect")
    bob.is_active = False
    bob.save()
    response = visitor.come_back(code="c", state=state)
    assert response["Location"] == f"/sessions/login/?next={PAGE}"
    assert "Nothing was connected: your session had ended." in text(visitor.client.get("/sessions/login/"))
    assert SocialAccount.objects.count() == 0


def test_signing_out_in_another_tab_makes_the_state_worthless(visitor, bob):
    visitor.client.force_login(bob)
    state = visitor.state(process="connect")
    visitor.client.logout()
    assert visitor.come_back(code="c", state=state).status_code == 400


def test_disconnect(visitor, bob):
    visitor.client.force_login(bob)
    visitor.sign_in("github", process="connect")
    account = SocialAccount.objects.get()
    response = visitor.client.post(PAGE, {"account": account.pk})
    assert response["Location"] == PAGE
    assert SocialAccount.objects.count() == 0
    assert visitor.username() == "bob"
    page = text(visitor.client.get(PAGE))
    assert "No account is connected." in page
    assert "GitHub is disconnected: alice.outside no longer opens this user." in page
    assert "third-party" not in page


def test_disconnect_in_two_tabs(visitor, bob):
    visitor.client.force_login(bob)
    visitor.sign_in("github", process="connect")
    number = SocialAccount.objects.get().pk
    visitor.client.post(PAGE, {"account": number})
    response = visitor.client.post(PAGE, {"account": number})
    assert response.status_code == 400
    assert "That account is no longer connected." in text(response)
    assert "valid choice" not in text(response)


def test_the_last_way_in_cannot_be_disconnected(visitor):
    visitor.sign_in("github")
    response = visitor.client.post(PAGE, {"account": SocialAccount.objects.get().pk})
    assert response.status_code == 400
    assert "This is your only way in" in text(response)
    visitor.sign_in("google", process="connect")
    first, second = SocialAccount.objects.order_by("pk")
    assert visitor.client.post(PAGE, {"account": first.pk}).status_code == 302
    assert visitor.client.post(PAGE, {"account": second.pk}).status_code == 400
    assert SocialAccount.objects.get() == second


@pytest.mark.parametrize("value", ["", "0", "999999", "x", "\x00", "9" * 30])
def test_what_is_no_account_of_mine_is_refused(visitor, another, bob, value):
    another().sign_in("github")
    visitor.client.force_login(bob)
    assert visitor.client.post(PAGE, {"account": value}).status_code == 400
    assert visitor.client.post(PAGE).status_code == 400
    assert visitor.client.post(PAGE, {"account": SocialAccount.objects.get().pk}).status_code == 400
    assert SocialAccount.objects.count() == 1


def test_the_page_after_sign_in_survives_a_disconnect(visitor):
    visitor.sign_in("github")
    visitor.sign_in("google", process="connect")
    visitor.client.post(PAGE, {"account": SocialAccount.objects.get(provider="github").pk})
    assert visitor.client.get("/oauth/signed-in/")["Location"] == PAGE


def test_an_account_of_a_provider_that_is_no_longer_set_up_is_listed(visitor, bob):
    SocialAccount.objects.create(user=bob, provider="gone", uid="7")
    visitor.client.force_login(bob)
    assert "gone" in text(visitor.client.get(PAGE))
    page = text(visitor.client.post(PAGE, {"account": SocialAccount.objects.get().pk}, follow=True))
    assert "gone is disconnected: 7 no longer opens this user." in page


def test_such_an_account_is_no_way_in(visitor):
    visitor.sign_in("github")
    known = SocialAccount.objects.get()
    gone = SocialAccount.objects.create(user=known.user, provider="gone", uid="7")
    assert visitor.client.post(PAGE, {"account": known.pk}).status_code == 400
    assert visitor.client.post(PAGE, {"account": gone.pk}).status_code == 302


@pytest.mark.parametrize("engine", ["django.contrib.sessions.backends.db", "authdemo.session_store.cached_db"])
def test_a_connection_that_comes_back_when_all_has_ended_brings_nothing_back(visitor, bob, settings, tmp_path, engine):
    """allauth opens the session again on its way, and writes the whole user: as the row is now, not as it was."""
    cache = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    settings.CACHES = settings.CACHES | {"sessions": cache}
    settings.SESSION_ENGINE, settings.SESSION_CACHE_ALIAS = engine, "sessions"
    visitor.client.post("/sessions/login/", {"username": "bob", "password": "a-password-of-bob"})

    def ends(**kwargs):
        user = User.objects.get(pk=bob.pk)
        user.set_unusable_password()
        user.save()
        user.void_sign_ins()

    pre_social_login.connect(ends)
    response = visitor.sign_in("github", process="connect")
    pre_social_login.disconnect(ends)
    assert response["Location"].startswith("/sessions/login/")
    assert not SocialAccount.objects.exists()
    assert not User.objects.get(pk=bob.pk).has_usable_password()
