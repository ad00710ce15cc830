"""The refresh token in a cookie: no script reads it, no other site's form uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings as project
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import reverse

from authdemo.events.models import AuthEvent, Verb
from jwt_app.models import RefreshFamily

from .conftest import PASSWORD, refused

pytestmark = pytest.mark.django_db
NAME = "authdemo_refresh"
PREFIX = "/jwt/api/cookie/"


class Browser:
    """A page of this site: it has the CSRF cookie, and the token that fits it."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        request = RequestFactory().get("/")
        self.token = get_token(request)
        self.client.cookies[project.CSRF_COOKIE_NAME] = request.META["CSRF_COOKIE"]

    def post(self, act: str, body: Any = None, csrf: str | None = None, **extra: Any) -> Any:
        token = self.token if csrf is None else csrf
        headers = ({"X-CSRFToken": token} if token else {}) | extra.pop("headers", {})
        data = "" if body is None else json.dumps(body)
        return self.client.post(PREFIX + act + "/", data, content_type="application/json", headers=headers, **extra)

    def sign_in(self, password: str = PASSWORD) -> Any:
        return self.post("login", {"username": "alice", "password": password})

    @property
    def held(self) -> str:
        cookie = self.client.cookies.get(NAME)
        return cookie.value if cookie else ""

    def hold(self, value: str) -> None:
        self.client.cookies[NAME] = value


@pytest.fixture
def browser(alice: Any) -> Browser:
    return Browser()


def is_forgotten(response: Any) -> bool:
    cookie = response.cookies.get(NAME)
    return bool(cookie) and cookie["max-age"] == 0 and cookie["path"] == PREFIX


def test_a_sign_in_gives_the_access_token_and_hides_the_refresh_token(browser: Browser) -> None:
    response = browser.sign_in()

    assert response.status_code == 200
    assert response.json().keys() == {"access"}
    assert "no-store" in response["Cache-Control"]
    cookie = response.cookies[NAME]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == (PREFIX, "Strict", True)
    assert (cookie["max-age"], cookie["secure"], cookie["domain"]) == (7 * 24 * 3600, "", "")
    assert cookie.value.count(".") == 2
    assert cookie.value not in response.content.decode()
    bearer = {"Authorization": f"Bearer {response.json()['access']}"}
    assert browser.client.get("/jwt/api/me/", headers=bearer).json()["user"]["username"] == "alice"


def test_over_https_the_cookie_is_secure(browser: Browser, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True

    assert browser.sign_in().cookies[NAME]["secure"]


def test_each_refresh_gives_another_cookie_and_the_old_one_ends_the_family(browser: Browser) -> None:
    browser.sign_in()
    first = browser.held
    response = browser.post("refresh")
    second = browser.held

    assert response.status_code == 200
    assert response.json().keys() == {"access"}
    assert second != first
    assert second not in response.content.decode()

    browser.hold(first)
    again = browser.post("refresh")
    refused(again, "token_reused")
    assert is_forgotten(again)
    browser.hold(second)
    refused(browser.post("refresh"), "token_revoked")


@pytest.mark.parametrize("act", ["login", "refresh", "logout"])
@pytest.mark.parametrize(
    ("csrf", "headers"),
    [
        ("", {}),
        ("x" * 64, {}),
        ("\x00é", {}),
        (None, {"Origin": "https://evil.example"}),
        (None, {"Origin": "null"}),
    ],
)
def test_a_call_that_no_page_of_ours_has_sent_does_nothing(
    browser: Browser, act: str, csrf: str | None, headers: dict[str, str]
) -> None:
    browser.sign_in()
    before = browser.held

    response = browser.post(act, {"username": "alice", "password": PASSWORD}, csrf, headers=headers)

    assert response.status_code == 403
    assert response.json().keys() == {"detail", "code"}
    assert response.json()["code"] == "csrf_failed"
    assert browser.held == before
    assert browser.post("refresh").status_code == 200
    assert RefreshFamily.objects.count() == 1


def test_a_form_of_another_site_is_refused_before_its_password_is_looked_at(browser: Browser) -> None:
    form = {"username": "alice", "password": "wrong"}
    response = browser.client.post(f"{PREFIX}login/", form)

    assert response.status_code == 403
    assert not AuthEvent.objects.filter(verb=Verb.SIGN_IN_FAILED).exists()


def test_a_wrong_password_is_refused_as_everywhere_and_leaves_the_cookie(browser: Browser) -> None:
    browser.sign_in()
    before = browser.held

    refused(browser.sign_in("wrong"), "no_active_account")
    assert browser.held == before
    assert browser.post("refresh").status_code == 200


def test_the_guard_counts_here_as_well(browser: Browser) -> None:
    answers = [browser.sign_in("wrong").status_code for _ in range(6)]

    assert answers[:4] == [401] * 4
    assert answers[-1] == 429
    locked = browser.sign_in()
    assert locked.status_code == 429
    assert locked.json()["code"] == "throttled"
    assert int(locked["Retry-After"]) > 0
    assert NAME not in locked.cookies


def test_refresh_without_a_cookie(browser: Browser) -> None:
    refused(browser.post("refresh"), "not_authenticated")


@pytest.mark.parametrize("value", ["nonsense", "a.b.c", "x" * 5000, "eyJhbGciOiJub25lIn0.e30.", " ", "\0", "a\0b"])
def test_a_cookie_that_is_no_token_is_refused_and_forgotten(browser: Browser, value: str) -> None:
    browser.hold(value)
    response = browser.post("refresh")

    refused(response, "token_not_valid")
    assert is_forgotten(response)


def test_an_access_token_in_the_cookie_opens_nothing(browser: Browser) -> None:
    browser.hold(browser.sign_in().json()["access"])

    refused(browser.post("refresh"), "token_wrong_type")


def test_sign_out_ends_the_family_and_the_cookie(browser: Browser) -> None:
    browser.sign_in()
    copy = browser.held
    response = browser.post("logout")

    assert (response.status_code, response.json()) == (200, {})
    assert is_forgotten(response)
    assert RefreshFamily.objects.get().reason == RefreshFamily.Reason.LOGOUT
    browser.hold(copy)
    refused(browser.post("refresh"), "token_revoked")


@pytest.mark.parametrize("held", ["", "nonsense", "a.b.c", " ", "\0"])
def test_sign_out_of_whoever_holds_nothing_is_no_error(browser: Browser, held: str) -> None:
    if held:
        browser.hold(held)
    response = browser.post("logout")

    assert response.status_code == 200
    assert is_forgotten(response)


def test_a_server_that_fails_leaves_the_cookie(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.sign_in()
    browser.client.raise_request_exception = False

    def fail(self: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("jwt_app.tokens.RefreshToken.rotate", fail)
    response = browser.post("refresh")

    assert response.status_code == 500
    assert NAME not in response.cookies


def test_what_comes_in_a_body_does_not_count(browser: Browser) -> None:
    browser.sign_in()
    copy = browser.held
    browser.client.cookies.pop(NAME)

    refused(browser.post("refresh", {"refresh": copy}), "not_authenticated")
    assert browser.post("logout", {"refresh": copy}).status_code == 200
    assert RefreshFamily.objects.get().revoked_at is None


@pytest.mark.parametrize("act", ["login", "refresh", "logout"])
def test_other_methods_and_odd_bodies_are_answered_in_json(browser: Browser, act: str) -> None:
    assert browser.client.get(f"{PREFIX}{act}/").json()["code"] == "method_not_allowed"
    assert reverse(f"jwt:cookie-{act}") == f"{PREFIX}{act}/"
    for body in ("{", "[" * 100_000, "[]", "null"):
        answer = browser.client.post(
            f"{PREFIX}{act}/", body, content_type="application/json", headers={"X-CSRFToken": browser.token}
        )
        assert answer.status_code in {200, 400, 401}
    assert browser.post("login", {"username": [], "password": {}}).status_code == 400
