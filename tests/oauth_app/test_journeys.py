"""What a visitor sees on each way in: first visit, second visit, an address that is taken, a session that exists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.signals import pre_save
from django.test import Client

from .conftest import PROVIDERS, TOKEN, answer

User = get_user_model()
SIGNED_IN = "/oauth/signed-in/"
NAMES = {"github": "alice.outside", "google": "alice", "outside": "alice.outside"}  # Google says no user name
KNOWN_AS = {"github": "alice.outside", "google": "alice@outside.example", "outside": "alice@outside.example"}


def text(response) -> str:
    return str(response.content.decode())


@pytest.fixture
def bob(db):
    return User.objects.create_user("bob", "bob@example.com", "a-password-of-bob")


# ---- First and second visit


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_first_visit_makes_a_user_and_says_which_and_why(visitor, provider):
    response = visitor.sign_in(provider)
    assert (response.status_code, response["Location"]) == (302, SIGNED_IN)
    page = text(visitor.client.get(SIGNED_IN))
    assert "OAuth has finished. This is an ordinary Django session now." in page
    assert f"A new user was made: <b>{NAMES[provider]}</b>" in page
    why = re.search(r"<p>Why a new one:.*?</p>", page)
    assert why
    assert 'account <span class="value">1001</span>' in why[0]
    assert page.count("stand-in:") == 1
    assert 'Kept here as <span class="value">stand-in:1001</span>, so that a stand-in’s accounts are never' in page
    assert f"({KNOWN_AS[provider]})" in page
    assert "alice@outside.example" in page
    assert 'href="/sessions/"' in page
    user = User.objects.get()
    assert (user.username, user.email) == (NAMES[provider], "alice@outside.example")
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_second_visit_finds_the_same_user(visitor, another, provider):
    visitor.sign_in(provider)
    later = another()
    later.sign_in(provider)
    page = text(later.client.get(SIGNED_IN))
    assert f"Welcome back, <b>{NAMES[provider]}</b>" in page
    assert "A new user was made" not in page
    assert User.objects.count() == 1


def test_the_same_browser_after_signing_out_is_a_second_visit_too(visitor):
    visitor.sign_in()
    visitor.client.post("/sessions/logout/")
    visitor.sign_in()
    assert "Welcome back" in text(visitor.client.get(SIGNED_IN))


def test_the_header_says_what_opened_the_session(visitor):
    visitor.sign_in("outside")
    assert "opened by Outside ID" in text(visitor.client.get("/oauth/"))


def test_no_token_of_the_provider_is_kept(visitor):
    visitor.sign_in("google")
    assert SocialToken.objects.count() == 0
    assert "provider-token" not in str(dict(visitor.client.session))
    assert "provider-token" not in str(SocialAccount.objects.values())


def test_a_new_session_id_at_sign_in(visitor):
    state = visitor.state()
    before = visitor.client.session.session_key
    visitor.come_back(code="a-code", state=state)
    assert visitor.client.session.session_key != before


def test_a_person_without_an_address_gets_a_user_without_one(visitor, another):
    visitor.company.person["email"] = ""
    visitor.sign_in("outside")
    assert User.objects.get().email == ""
    visitor.company.person |= {"id": 7, "login": "second"}
    another().sign_in("outside")
    assert User.objects.count() == 2


def test_the_page_after_sign_in_is_for_sessions_that_a_provider_opened(client, bob):
    assert client.get(SIGNED_IN)["Location"] == "/oauth/"
    client.force_login(bob)
    assert client.get(SIGNED_IN)["Location"] == "/oauth/"


def test_next_leads_on_with_a_word_about_what_happened(visitor):
    response = visitor.sign_in(next="/sessions/devices/")
    assert response["Location"] == "/sessions/devices/"
    assert "GitHub said who you are. This is an ordinary Django session now." in text(visitor.client.get("/oauth/"))


# ---- Names


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("Alice", "alice"),
        ("bob@example.com", "bob"),
        ("Ünï Cödé!", "uni_code"),
        ("x" * 500, "x" * 100),
        ("@@", "alice"),
        ("", "alice"),
    ],
)
def test_a_user_name_is_made_of_what_the_provider_says(visitor, login, expected):
    visitor.company.person["login"] = login
    visitor.sign_in("outside")
    assert User.objects.get().username == expected


def test_a_user_name_that_exists_is_not_taken_over(visitor, bob):
    visitor.company.person["login"] = "BOB"
    visitor.sign_in()
    name = visitor.username()
    assert name != "bob"
    assert name.startswith("bob")
    assert User.objects.count() == 2


# ---- An address that is taken


def test_a_second_provider_with_the_same_address_opens_nothing(visitor, another):
    visitor.sign_in("github")
    other = another()
    response = other.sign_in("google")
    assert response.status_code == 409
    page = text(response)
    assert "You have an account here already, made with GitHub" in page
    assert 'action="/oauth/accounts/github/login/"' in page
    assert "Sign in with your password" not in page
    assert other.username() is None
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)


def test_after_the_first_provider_the_second_is_offered_and_connects(visitor, another):
    visitor.sign_in("github")
    other = another()
    page = text(other.sign_in("google"))
    assert 'value="/oauth/connections/?connect=google"' in page
    response = other.sign_in("github", next="/oauth/connections/?connect=google")
    assert "Now connect Google." in text(other.client.get(response["Location"]))
    assert other.sign_in("google", process="connect")["Location"] == "/oauth/connections/"
    later = another()
    later.sign_in("google")
    assert later.username() == "alice.outside"


@pytest.mark.parametrize("address", ["bob@example.com", "BOB@Example.Com"])
def test_the_address_of_a_password_account_asks_for_the_password(visitor, bob, address):
    visitor.company.person["email"] = address
    User.objects.filter(pk=bob.pk).update(email="Bob@Example.com")
    response = visitor.sign_in("google")
    assert response.status_code == 409
    assert "Sign in with your password" in text(response)
    assert "made with" not in text(response)
    link = "/oauth/accounts/login/?next=%2Foauth%2Fconnections%2F%3Fconnect%3Dgoogle"
    assert link in text(response)
    assert visitor.client.get(link)["Location"].startswith("/sessions/login/?next=/oauth/connections/%3Fconnect")
    assert visitor.username() is None


def test_where_only_providers_sign_people_in_no_password_is_asked_for(visitor, bob, settings):
    settings.LOGIN_URL = "oauth:index"  # as the README has it for a copy
    visitor.company.person["email"] = bob.email
    response = visitor.sign_in("google")
    assert response.status_code == 409
    assert "Sign in with your password" not in text(response)
    assert "this page can offer no way in" in text(response)


def test_an_address_kept_beside_the_user_counts_as_well(visitor, bob):
    EmailAddress.objects.create(user=bob, email="alice@outside.example", verified=True)
    assert visitor.sign_in().status_code == 409


def test_any_of_several_verified_addresses_counts(visitor, bob):
    from .conftest import answer

    visitor.company.spoiled["/github/api/v3/user/emails"] = answer(
        [
            {"email": "new@outside.example", "primary": True, "verified": True},
            {"email": "bob@example.com", "primary": False, "verified": True},
        ]
    )
    assert visitor.sign_in().status_code == 409


def test_an_account_with_no_way_in_says_so(visitor, bob):
    bob.set_unusable_password()
    bob.save()
    visitor.company.person["email"] = "bob@example.com"
    response = visitor.sign_in()
    assert response.status_code == 409
    assert "this page can offer no way in" in text(response)


# ---- An address that is not verified


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("said", [False, "false", "true", None, 1])
def test_an_unverified_address_opens_nothing_and_tells_nothing(visitor, another, bob, provider, said):
    visitor.company.person |= {"email": "bob@example.com", "verified": said}
    taken = visitor.sign_in(provider)
    visitor.company.person["email"] = "nobody@example.com"
    free = another().sign_in(provider)
    assert taken.status_code == free.status_code == 403
    assert "has not verified your e-mail address" in text(taken)
    strip = lambda response: text(response).split("<main")[1].split("csrfmiddlewaretoken")[0]  # noqa: E731
    assert strip(taken) == strip(free)
    assert visitor.username() is None
    assert list(User.objects.all()) == [bob]
    assert SocialAccount.objects.count() == 0


def test_a_known_account_signs_in_also_when_its_address_is_no_longer_verified(visitor, another):
    visitor.sign_in()
    visitor.company.person |= {"email": "other@example.com", "verified": False}
    later = another()
    later.sign_in()
    assert later.username() == "alice.outside"
    assert User.objects.get().email == "alice@outside.example"


def test_only_the_verified_of_several_addresses_is_kept(visitor):
    from .conftest import answer

    visitor.company.spoiled["/github/api/v3/user/emails"] = answer(
        [
            {"email": "claimed@example.com", "primary": True, "verified": False},
            {"email": "proven@example.com", "primary": False, "verified": True},
        ]
    )
    visitor.sign_in()
    assert User.objects.get().email == "proven@example.com"
    assert [address.email for address in EmailAddress.objects.all()] == ["proven@example.com"]


# ---- Signed in already


def test_who_is_signed_in_is_asked_before_going_to_the_provider(visitor, bob):
    visitor.client.force_login(bob)
    response = visitor.start("github")
    assert response.status_code == 409
    assert "You are signed in as bob. Connect, or switch?" in text(response)
    assert visitor.username() == "bob"


@pytest.mark.parametrize("known", [False, True])
def test_a_session_opened_meanwhile_is_never_switched_silently(visitor, another, bob, known):
    if known:
        another().sign_in()
    state = visitor.state()
    visitor.client.force_login(bob)  # in another tab of the same browser
    response = visitor.come_back(code="a-code", state=state)
    assert response.status_code == 409
    assert "Connect, or switch?" in text(response)
    assert visitor.username() == "bob"
    assert not SocialAccount.objects.filter(user=bob).exists()
    assert User.objects.count() == (2 if known else 1)


def test_the_same_user_twice_changes_nothing(visitor):
    visitor.sign_in()
    session = visitor.client.session
    session["socialaccount_states"] = {"s": [{"process": "login"}, 9e9, "github"]}
    session.save()
    key = session.session_key
    response = visitor.come_back(code="a-code", state="s")
    assert response.status_code == 409
    assert "You are signed in as this user already" in text(response)
    assert visitor.client.session.session_key == key


def test_switch_ends_the_session_and_goes_to_the_provider(visitor, bob):
    visitor.client.force_login(bob)
    response = visitor.client.post("/oauth/switch/github/")
    assert response.status_code == 302
    assert "/github/login/oauth/authorize?" in response["Location"]
    assert visitor.username() is None


def test_switch_to_a_stand_in_that_is_off_leaves_the_session(visitor, bob):
    visitor.client.force_login(bob)
    visitor.company.spoiled["/healthz"] = answer("", status=500)
    response = visitor.client.post("/oauth/switch/github/")
    assert response.status_code == 503
    assert "you are still signed in here as <b>bob</b>" in text(response)
    assert 'name="process"' not in text(response).split("<main")[1]
    assert visitor.username() == "bob"


def test_switch_is_a_post_with_a_token_for_a_provider_that_exists(client, db):
    assert client.get("/oauth/switch/github/").status_code == 405
    assert client.post("/oauth/switch/nobody/").status_code == 404
    assert Client(enforce_csrf_checks=True).post("/oauth/switch/github/").status_code == 403


# ---- No, used up, deactivated


@pytest.mark.parametrize("provider", PROVIDERS)
def test_consent_denied(visitor, provider):
    response = visitor.come_back(provider, error="access_denied", state=visitor.state(provider))
    assert response.status_code == 403
    assert "You said no" in text(response)
    assert "Nobody was signed in here." in text(response)
    assert "Try again with" in text(response)
    assert visitor.username() is None


def test_consent_denied_while_signed_in_changes_nothing(visitor, bob):
    visitor.client.force_login(bob)
    response = visitor.come_back(error="access_denied", state=visitor.state(process="connect"))
    assert response.status_code == 403
    assert "you are still signed in here as <b>bob</b>" in text(response)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_connecting_again_after_a_no_is_still_connecting(visitor, bob, provider):
    visitor.client.force_login(bob)
    response = visitor.come_back(
        provider, error="access_denied", state=visitor.state(provider, process="connect", next="/sessions/")
    )
    assert '<input type="hidden" name="process" value="connect">' in text(response)
    assert '<input type="hidden" name="next" value="/sessions/">' in text(response)
    assert "Back to my connections" in text(response)
    assert "Choose another provider" not in text(response)


def test_signing_in_again_after_a_no_goes_where_one_wanted_to_go(visitor):
    response = visitor.come_back(error="access_denied", state=visitor.state(next="/sessions/devices/"))
    assert '<input type="hidden" name="next" value="/sessions/devices/">' in text(response)
    assert 'name="process"' not in text(response)
    assert "Choose another provider" in text(response)


def test_the_back_button_on_the_callback_explains(visitor):
    state = visitor.state()
    visitor.come_back(code="a-code", state=state)
    again = visitor.come_back(code="a-code", state=state)
    assert again.status_code == 400
    assert "This sign-in is over" in text(again)
    assert "You are signed in already, as <b>alice.outside</b>" in text(again)
    assert visitor.username() == "alice.outside"


def test_a_state_is_good_in_its_own_browser_only(visitor, another):
    state = visitor.state()
    stranger = another()
    response = stranger.come_back(code="a-code", state=state)
    assert response.status_code == 400
    assert "Nobody was signed in here." in text(response)
    assert TOKEN["github"] not in [call[0] for call in visitor.company.calls]


@pytest.mark.parametrize("query", [{}, {"code": "x"}, {"code": "x", "state": "made-up"}, {"error": "access_denied"}])
def test_a_callback_that_nobody_asked_for(visitor, query):
    response = visitor.come_back(**query)
    assert response.status_code == 400
    assert "This sign-in is over" in text(response)


def test_a_state_of_one_provider_is_no_state_of_another(visitor):
    assert visitor.come_back("google", code="x", state=visitor.state("github")).status_code == 400


def test_a_deactivated_user_stays_out(visitor, another):
    visitor.sign_in()
    User.objects.update(is_active=False)
    later = another()
    response = later.sign_in()
    assert response.status_code == 403
    assert "Your account here is not active" in text(response)
    assert later.username() is None
    assert visitor.username() is None


def test_a_deleted_user_is_a_first_visit_again(visitor, another):
    visitor.sign_in()
    User.objects.all().delete()
    assert SocialAccount.objects.count() == 0
    later = another()
    later.sign_in()
    assert "A new user was made" in text(later.client.get(SIGNED_IN))


def test_the_names_that_allauth_looks_up_lead_somewhere(client, db):
    assert client.get("/oauth/accounts/inactive/").status_code == 403
    assert client.get("/oauth/accounts/login/")["Location"].startswith("/sessions/login/?next=")
    assert client.get("/oauth/accounts/login/?next=https://evil.example/")["Location"].count("evil") == 0
    assert client.get("/oauth/accounts/signup/").status_code == 409


# ---- At the same moment (test_live.py does it with threads and two processes)


@pytest.fixture
def in_between():
    """Do something once, in the moment after the look-up of an account and before a user is made of it."""
    todo: list[Callable[[], object]] = []

    def now(sender, **kwargs):
        if todo:
            todo.pop()()

    pre_social_login.connect(now)
    yield todo.append
    pre_social_login.disconnect(now)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("email", ["alice@outside.example", ""])
def test_two_first_visits_of_one_account_make_one_user(visitor, another, in_between, provider, email):
    visitor.company.person["email"] = email
    other = another()
    in_between(lambda: other.sign_in(provider))
    response = visitor.sign_in(provider)
    response = visitor.client.get(response["Location"])
    if response.status_code == 302:
        response = visitor.client.get(response["Location"])
    assert "Welcome back" in text(response)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)
    assert visitor.username() == other.username() == User.objects.get().username
    assert "provider-token" not in str(dict(visitor.client.session))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_account_connected_right_after_we_looked_for_it_is_found(visitor, another, provider):
    other, todo = another(), [True]

    def look_then_lose_the_race(execute, sql, *args):
        result = execute(sql, *args)
        if sql.startswith("SELECT") and 'FROM "socialaccount_socialaccount"' in sql and todo:
            todo.clear()
            other.sign_in(provider)
        return result

    with connection.execute_wrapper(look_then_lose_the_race):
        response = visitor.sign_in(provider)
    assert not todo
    assert response.status_code == 302, text(response)
    assert visitor.username() == other.username() == User.objects.get().username


def test_a_name_taken_in_the_same_moment_is_not_taken_over(visitor, in_between):
    visitor.company.person["email"] = ""
    in_between(lambda: User.objects.create_user("alice.outside", password="x"))
    visitor.sign_in()
    assert visitor.username().startswith("alice.outside")
    assert User.objects.count() == 2


def test_an_address_taken_in_the_same_moment_opens_nothing(visitor, in_between):
    in_between(lambda: User.objects.create_user("rival", "Alice@Outside.Example", "x"))
    response = visitor.sign_in()
    if response.status_code == 302:
        response = visitor.client.get(response["Location"])
    assert response.status_code == 409
    assert "You have an account here already" in text(response)
    assert visitor.username() is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_sign_up_that_takes_a_detour_leaves_no_token_in_the_session(visitor, provider):
    """The address is taken after our look and before allauth's own: it puts the pending sign-in into the session."""
    todo = [True]

    def lose_the_race_then_look(execute, sql, *args):
        if todo and 'FROM "account_emailaddress" INNER JOIN "accounts_user"' in sql:
            todo.clear()
            User.objects.create_user("rival", "alice@outside.example", "x")
        return execute(sql, *args)

    with connection.execute_wrapper(lose_the_race_then_look):
        response = visitor.sign_in(provider)
    assert response["Location"] == "/oauth/accounts/signup/"
    assert "1001" in json.dumps(visitor.client.session["socialaccount_sociallogin"])
    assert "provider-token" not in json.dumps(dict(visitor.client.session))
    assert visitor.client.get(response["Location"]).status_code == 409


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("process", ["", "connect"])
def test_allauth_stores_no_token_in_clear_even_if_it_is_told_to(visitor, bob, settings, provider, process):
    settings.SOCIALACCOUNT_STORE_TOKENS = True
    if process:
        visitor.client.force_login(bob)
    assert visitor.sign_in(provider, process=process).status_code == 302
    assert SocialAccount.objects.count() == 1
    assert not SocialToken.objects.exists()


def test_a_sign_up_that_never_finds_a_free_name_gives_up_with_a_page(visitor):
    visitor.company.person["email"] = ""

    def always(sender, instance, **kwargs):
        if instance._state.adding and not hasattr(instance, "rival"):
            rival = User(username=instance.username)
            setattr(rival, "rival", True)  # noqa: B010
            rival.save()

    pre_save.connect(always, sender=User)
    response = visitor.sign_in()
    pre_save.disconnect(always, sender=User)
    assert response.status_code == 503
    assert "Too many sign-ins" in text(response)
    assert visitor.username() is None
