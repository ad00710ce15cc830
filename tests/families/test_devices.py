"""My sign-ins by token, on the page of my sessions: seen, ended, and warned of where a copy came back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo.events.models import AuthEvent, Verb
from jwt_app.models import RefreshFamily
from tests.jwt_app.conftest import API, alice, api, bob, refused  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
DEVICES = "/sessions/devices/"
WARNING = "Somebody else may have had a copy."


@pytest.fixture
def browser(alice: Any) -> Client:  # noqa: F811
    client = Client()
    client.force_login(alice)
    return client


def page(browser: Client) -> str:
    response = browser.get(DEVICES)
    assert response.status_code == 200
    return str(response.content.decode())


def end(browser: Client, family: Any) -> Any:
    return browser.post(f"/jwt/families/{family}/end/")


def test_whoever_has_none_is_told_so(browser: Client) -> None:
    assert "No program holds a refresh token of yours." in page(browser)


def test_each_of_mine_is_listed_and_nobody_elses(browser: Client, api: API, bob: Any) -> None:  # noqa: F811
    first = api.sign_in()
    api.sign_in()
    api.sign_in("bob")
    html = page(browser)
    assert html.count("A program with tokens") == html.count("None yet") == 2

    api.refresh(first["refresh"])
    OutstandingToken.objects.filter(membership__parent=None).update(created_at=timezone.now() - timedelta(hours=2))
    RefreshFamily.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert page(browser).count("None yet") == 1


def test_to_end_one_ends_that_one(browser: Client, api: API) -> None:  # noqa: F811
    phone, laptop = api.sign_in(), api.sign_in()
    family = RefreshFamily.objects.order_by("created_at")[0]

    response = browser.post(f"/jwt/families/{family.pk}/end/", follow=True)

    assert response.redirect_chain == [(DEVICES, 302)]
    assert "An access token from before works until it expires" in response.content.decode()
    assert response.content.decode().count("A program with tokens") == 1
    refused(api.refresh(phone["refresh"]), "token_revoked")
    assert api.refresh(laptop["refresh"]).status_code == 200
    family.refresh_from_db()
    assert family.reason == RefreshFamily.Reason.ELSEWHERE
    assert AuthEvent.objects.filter(verb=Verb.REVOKED, reason="elsewhere").count() == 1
    assert end(browser, family.pk).status_code == 302  # again is no error, and no second end
    assert AuthEvent.objects.filter(verb=Verb.REVOKED).count() == 1


def test_somebody_elses_is_not_found_and_goes_on(browser: Client, api: API, bob: Any) -> None:  # noqa: F811
    bobs = api.sign_in("bob")
    family = RefreshFamily.objects.get()

    theirs, nobodys = end(browser, family.pk), end(browser, uuid4())

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.content.decode().split("csrf")[0] == nobodys.content.decode().split("csrf")[0]
    assert api.refresh(bobs["refresh"]).status_code == 200


def test_it_takes_a_session_a_post_and_a_csrf_token(browser: Client, api: API, alice: Any) -> None:  # noqa: F811
    token = api.sign_in()["refresh"]
    family = RefreshFamily.objects.get().pk
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)

    anonymous = end(Client(), family)
    assert (anonymous.status_code, anonymous["Location"]) == (302, f"/sessions/login/?next={DEVICES}")
    assert end(strict, family).status_code == 403
    assert browser.get(f"/jwt/families/{family}/end/").status_code == 405
    assert browser.post("/jwt/families/not-one/end/").status_code == 404
    assert api.refresh(token).status_code == 200


@pytest.mark.parametrize(("days", "shown"), [(0, True), (6, True), (8, False)])
def test_an_end_by_reuse_is_a_warning_for_a_week(
    browser: Client,
    api: API,  # noqa: F811
    days: int,
    shown: bool,
) -> None:
    first = api.sign_in()["refresh"]
    api.refresh(first)
    api.refresh(first)
    RefreshFamily.objects.update(revoked_at=timezone.now() - timedelta(days=days))

    html = page(browser)
    assert (WARNING in html) is shown
    assert "No program holds a refresh token of yours." in html


def test_what_ended_otherwise_or_has_expired_is_not_listed(browser: Client, api: API) -> None:  # noqa: F811
    api.post("logout", {"refresh": api.sign_in()["refresh"]})
    api.sign_in()
    OutstandingToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    html = page(browser)
    assert "A program with tokens" not in html
    assert WARNING not in html


def test_many_cost_no_more_statements_than_one(browser: Client, api: API) -> None:  # noqa: F811
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(browser)
        return len(queries)

    page(browser)
    none = statements()
    for _ in range(25):
        api.refresh(api.sign_in()["refresh"])

    assert statements() == none
    html = page(browser)
    assert html.count("A program with tokens") == 20
    assert "The newest 20 are shown." in html


def test_where_sessions_have_no_record_the_tokens_still_have(
    browser: Client,
    api: API,  # noqa: F811
    alice: Any,  # noqa: F811
    settings: Any,
) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    browser.force_login(alice)
    api.sign_in()

    html = page(browser)
    assert "The server cannot say." in html
    assert "A program with tokens" in html


def test_no_token_and_nothing_stored_of_one_is_on_the_page(browser: Client, api: API) -> None:  # noqa: F811
    pair = api.sign_in()
    html = page(browser)

    row = OutstandingToken.objects.get()
    for secret in (pair["refresh"], pair["access"], row.token, row.jti, RefreshFamily.objects.get().session_auth_hash):
        assert secret not in html
