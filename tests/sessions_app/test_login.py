"""Signing in and out: what does not work comes first."""

from __future__ import annotations

import pytest
from django.test import Client

from authdemo.accounts.models import User

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/sessions/login/"


def message_of(response):
    return response.context["form"].non_field_errors()[0]


def test_a_wrong_password_is_401_and_opens_nothing(alice, browser_of):
    browser = browser_of()
    response = browser.sign_in("alice", "t0tally-wr0ng")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith('Cookie realm="sessions", form-action="/sessions/login/"')
    assert "Name and password do not fit together" in response.content.decode()
    assert "t0tally-wr0ng" not in response.content.decode()
    assert "authdemo_session" not in browser.client.cookies
    assert browser.user() is None


def test_unknown_deactivated_and_passwordless_accounts_get_the_same_answer(alice, bob, browser_of):
    bob.is_active = False
    bob.save()
    User.objects.create_user("carol", "carol@example.com")  # came by "sign in with …": no password
    browser = browser_of()
    answers = {
        name: browser.sign_in(name, password)
        for name, password in {"alice": "wrong", "bob": PASSWORD, "carol": "", "nobody": PASSWORD}.items()
    }
    assert {response.status_code for response in answers.values()} == {401}
    assert len({message_of(answers[name]) for name in ("alice", "bob", "nobody")}) == 1
    assert message_of(browser.sign_in("carol", PASSWORD)) == message_of(answers["alice"])


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"username": "alice"},
        {"password": PASSWORD},
        {"username": "", "password": ""},
        {"username": "al\0ice", "password": PASSWORD},
        {"username": "alice", "password": "a\0b"},
        {"username": "a" * 1_000_000, "password": PASSWORD},
        {"username": "alice", "password": "p" * 1_000_000},
        {"username": "\ufdfa" * 254, "password": PASSWORD},  # grows eighteenfold when normalised
        {"username": "alice", "password": PASSWORD.upper()},
        {"username": "' OR 1=1 --", "password": PASSWORD},
        {"username": ["alice", "bob"], "password": ["x", "y"]},
    ],
    ids=lambda data: " ".join(f"{key}={str(value)[:8]!r}" for key, value in data.items()) or "nothing",
)
def test_whatever_is_typed_is_an_error_in_the_form(alice, browser_of, data):
    response = browser_of().post(LOGIN, data)
    assert response.status_code == 401
    assert response.context["form"].errors
    assert "errorlist" in response.content.decode()


def test_bytes_that_are_no_text_are_an_error_in_the_form(alice, client):
    body = b"username=%ED%A0%80alice&password=%FF%FE"
    response = client.post(LOGIN, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 401


def test_a_body_that_is_too_large_is_400(alice, client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = b"username=alice&password=" + b"x" * 2000
    response = client.post(LOGIN, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400


def test_without_a_csrf_token_nobody_is_signed_in_or_out(alice, browser_of):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(LOGIN, {"username": "alice", "password": PASSWORD}).status_code == 403
    browser = browser_of("alice")
    strict.cookies = browser.client.cookies
    for path in ("/sessions/logout/", "/sessions/devices/revoke-others/", "/sessions/devices/1/revoke/"):
        assert strict.post(path).status_code == 403
    assert browser.user() == "alice"


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@example.com", "Alice@Example.COM", " alice "])
def test_name_and_email_both_sign_in(alice, browser_of, name):
    browser = browser_of()
    response = browser.sign_in(name)
    assert response.status_code == 302
    assert response.headers["Location"] == "/sessions/"
    assert browser.user() == "alice"


def test_the_session_gets_a_new_id_at_sign_in(alice, browser_of):
    browser = browser_of()
    session = browser.client.session  # an attacker's, known beforehand
    session["planted"] = True
    session.save()
    known = session.session_key
    browser.use_cookie(known)
    browser.sign_in("alice")
    assert browser.cookie() != known
    browser.use_cookie(known)
    assert browser.user() is None


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(alice, browser_of):
    cookie = browser_of("alice").client.cookies["authdemo_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert 14 * 86400 - 5 <= int(cookie["max-age"]) <= 14 * 86400


def test_signing_out_needs_post(alice, browser_of):
    browser = browser_of("alice")
    assert browser.get("/sessions/logout/").status_code == 405
    assert browser.user() == "alice"
    response = browser.post("/sessions/logout/")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert browser.user() is None


def test_a_copy_of_the_cookie_dies_with_the_sign_out(alice, browser_of):
    browser, thief = browser_of("alice"), browser_of(name="curl")
    thief.use_cookie(browser.cookie())
    assert thief.user() == "alice"
    browser.post("/sessions/logout/")
    assert thief.user() is None


def test_signing_out_twice_is_no_error(browser_of):
    browser = browser_of()
    assert browser.post("/sessions/logout/").status_code == 302


def test_who_signs_in_after_somebody_else_in_the_same_browser_gets_nothing_of_theirs(alice, bob, browser_of):
    browser = browser_of("alice")
    session = browser.client.session
    session["cart"] = "alice's"
    session.save()
    alices, token = browser.cookie(), browser.client.cookies["authdemo_csrf"].value
    browser.post("/sessions/logout/")
    browser.sign_in("bob")
    assert browser.user() == "bob"
    assert browser.cookie() != alices
    assert browser.client.cookies["authdemo_csrf"].value != token
    assert "cart" not in browser.client.session
    html = browser.get("/sessions/").content.decode() + browser.get("/sessions/devices/").content.decode()
    assert "alice" not in html
    thief = browser_of()
    thief.use_cookie(alices)
    assert thief.user() is None


class TestNext:
    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "///evil.example",
            "javascript:alert(1)",
            "http:///evil.example",
            "\x00//evil.example",
            " //evil.example",
            "\t//evil.example",
            "\x1f//evil.example",
            "/\t/evil.example",
            "/\n\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "//evil.example@testserver/",
            "//testserver@evil.example/",
            "https:evil.example",
            "https:/evil.example",
            "HTTPS://evil.example",
            "ftp://testserver/",
            "data:text/html,evil",
            "java\tscript:alert(1)",
            "//[evil",
            "/" * 5000 + "evil.example",
            LOGIN,
            f"{LOGIN}?next=/sessions/",
            "",
        ],
    )
    def test_leads_nowhere_else_and_never_in_a_circle(self, alice, browser_of, target):
        response = browser_of().post(LOGIN, {"username": "alice", "password": PASSWORD, "next": target})
        assert response.status_code == 302
        assert response.headers["Location"] == "/sessions/"

    def test_a_local_path_is_followed(self, alice, browser_of):
        browser = browser_of()
        page = browser.get(f"{LOGIN}?next=/sessions/devices/")
        assert 'name="next" value="/sessions/devices/"' in page.content.decode()
        data = {"username": "alice", "password": PASSWORD, "next": "/sessions/devices/?a=1"}
        assert browser.post(LOGIN, data).headers["Location"] == "/sessions/devices/?a=1"

    def test_it_survives_a_wrong_password(self, alice, browser_of):
        response = browser_of().post(LOGIN, {"username": "alice", "password": "x", "next": "/sessions/devices/"})
        assert 'value="/sessions/devices/"' in response.content.decode()

    def test_line_breaks_do_not_become_headers(self, alice, browser_of):
        data = {"username": "alice", "password": PASSWORD, "next": "/sessions/\r\nSet-Cookie: a=b"}
        response = browser_of().post(LOGIN, data)
        assert response.status_code == 302
        assert "\n" not in response.headers["Location"]
        assert "a" not in response.cookies

    @pytest.mark.parametrize("target", ["", LOGIN, f"{LOGIN}?next={LOGIN}", "https://evil.example/"])
    def test_who_is_signed_in_already_goes_to_the_dashboard(self, alice, browser_of, target):
        response = browser_of("alice").client.get(LOGIN, {"next": target})
        assert (response.status_code, response.headers["Location"]) == (302, "/sessions/")


class TestHints:
    def test_on_this_machine_the_page_shows_the_demo_accounts(self, alice, client, settings):
        settings.DEBUG, settings.ALLOWED_HOSTS = True, ["localhost"]
        html = client.get(LOGIN, headers={"host": "localhost"}).content.decode()
        assert "workshop-2026" in html
        assert "seed_demo" not in html

    def test_on_this_machine_without_users_it_shows_the_command(self, db, client, settings):
        settings.DEBUG, settings.ALLOWED_HOSTS = True, ["localhost"]
        html = client.get(LOGIN, headers={"host": "localhost"}).content.decode()
        assert "python manage.py seed_demo" in html
        assert "workshop-2026" not in html

    def test_elsewhere_it_shows_neither(self, db, client, settings):
        settings.DEBUG = False
        html = client.get(LOGIN).content.decode()
        assert "createsuperuser" in html
        User.objects.create_user("alice")
        html += client.get(LOGIN).content.decode()
        assert "workshop-2026" not in html
        assert "seed_demo" not in html
