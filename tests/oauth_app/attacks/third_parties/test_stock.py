"""The very same requests to this site, and to allauth's provider as it comes: its URLs, its adapter, no lab between.

Each is one that allauth as it comes takes, and this site does not. If a release of allauth closes one, its half of a
test fails here: then a line of ours may go.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from allauth.idp.oidc.contrib.rest_framework.authentication import TokenAuthentication
from allauth.idp.oidc.internal.oauthlib import authorization_codes
from allauth.idp.oidc.models import Token
from django.test import Client
from django.urls import include, path
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from authdemo import urls as ours
from authdemo.trials.pages import Page
from tests.oauth_app.provider.conftest import (
    ALL,
    CALLBACK,
    TOKEN,
    USERINFO,
    VERIFIER,
    App,
    alices,
    app,
    register,
)  # fmt: skip

__all__ = ["alices", "app", "register"]
DISCOVERY = "/.well-known/openid-configuration"
HOST = "localhost:666"


class ByStock(APIView):
    """An API that asks allauth's own class."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]

    def get(self, request: Any) -> Response:
        return Response({"user": request.user.get_username()})


urlpatterns = [path("by-stock/", ByStock.as_view()), path("", include("allauth.idp.urls")), *ours.urlpatterns]


@pytest.fixture
def as_it_comes(settings: Any) -> Callable[[bool], None]:
    """Switch between the two; all that was registered and issued stays."""
    strict = settings.ROOT_URLCONF, settings.IDP_OIDC_ADAPTER

    def switch(on: bool) -> None:
        stock = __name__, "allauth.idp.oidc.adapter.DefaultOIDCAdapter"
        settings.ROOT_URLCONF, settings.IDP_OIDC_ADAPTER = stock if on else strict

    return switch


@pytest.fixture
def both(as_it_comes: Any) -> Callable[[Callable[[], Any]], tuple[Any, Any]]:
    """Do the same at this site, then at allauth as it comes."""

    def ask(what: Callable[[], Any]) -> tuple[Any, Any]:
        answers = []
        for stock in (False, True):
            as_it_comes(stock)
            answers.append(what())
        return answers[0], answers[1]

    return ask


def allow(browser: Client, address: str) -> Any:
    """Press Allow where one is asked: the form as it is on either page, with all ticked that is asked for."""
    page = browser.get(address)
    form = Page(f"<main>{page.content.decode()}").form_with("csrfmiddlewaretoken") if page.status_code == 200 else None
    if form is None:
        return page
    stock = any(name == "request" for name, _ in form.fields)
    scopes = parse_qs(urlsplit(address).query)["scope"][0].split()
    fields = form.sent() | {"action": ["grant" if stock else "allow"], "scopes": scopes}
    return browser.post(address, fields)


def where(response: Any) -> str:
    """Return the address that a code goes to, "" where none does."""
    location = response.headers.get("Location", "")
    return location.partition("code=")[0].rstrip("?&") if "code=" in location else ""


def code_of(response: Any) -> str:
    return str(response["Location"].partition("code=")[2].partition("&")[0])


def tokens(app: App, browser: Client, **changed: str | None) -> dict[str, Any]:
    answer = app.exchange(code_of(allow(browser, app.address(scope=f"openid {ALL}", **changed))))
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def lives(app: App, access: str) -> bool:
    return bool(app.server.get(USERINFO, headers={"authorization": f"Bearer {access}"}).status_code == 200)


@pytest.mark.parametrize(
    "uri",
    [
        CALLBACK.replace("9001", "9"),
        f"{CALLBACK}?next=//evil.example",
        CALLBACK.replace("http", "HTTP"),
        f"{CALLBACK};next=evil",
    ],
)
def test_a_redirect_address_that_is_almost_the_registered_one(app, alices, both, uri):
    here, stock = both(lambda: allow(alices, app.address(redirect_uri=uri)))
    assert (here.status_code, where(here)) == (400, "")
    assert unquote(where(stock)) == uri.replace("HTTP", "http")


@pytest.mark.parametrize("uri", [CALLBACK.replace("127", "evil@127"), f"{CALLBACK}#x", CALLBACK.replace("/c", "/\tc")])
def test_what_the_engine_below_allauth_refuses_by_itself(app, alices, both, uri):
    """allauth compares neither user nor fragment; oauthlib takes such an address for none."""
    for answer in both(lambda: allow(alices, app.address(redirect_uri=uri))):
        assert where(answer) == ""


PLAIN = {"code_challenge": VERIFIER, "code_challenge_method": "plain"}


@pytest.mark.parametrize(
    ("asked", "verifier"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, None),
        ({"code_challenge": None, "code_challenge_method": None}, VERIFIER),
        (PLAIN, VERIFIER),
        (PLAIN | {"code_challenge_method": None}, VERIFIER),
    ],
)
def test_pkce_left_out_or_plain(app, alices, both, asked, verifier):
    def way() -> int:
        answer = allow(alices, app.address(**asked))
        return int(app.exchange(code_of(answer), code_verifier=verifier).status_code) if where(answer) else 0

    assert both(way) == (0, 200)


def test_a_code_that_comes_twice_ends_what_it_gave(app, alices, both):
    def twice() -> tuple[int, bool]:
        code = code_of(allow(alices, app.address(scope=f"openid {ALL}")))
        access = app.exchange(code).json()["access_token"]
        return app.exchange(code).status_code, lives(app, access)

    assert both(twice) == ((400, False), (400, True))


def test_allauths_code_is_good_twice_between_look_up_and_deletion(app, alices, as_it_comes, monkeypatch):
    """Of ours one is the first, in processes of their own: tests/oauth_app/provider/test_concurrency.py."""
    as_it_comes(True)
    code, seen = code_of(allow(alices, app.address())), []
    deletes = authorization_codes.invalidate

    def later(*args: str) -> None:
        monkeypatch.setattr(authorization_codes, "invalidate", deletes)
        seen.append(app.exchange(code).status_code)  # another process, at this moment
        deletes(*args)

    monkeypatch.setattr(authorization_codes, "invalidate", later)
    assert [app.exchange(code).status_code, *seen] == [200, 200]


def test_allauths_refresh_token_is_good_twice_between_look_up_and_deletion(app, alices, as_it_comes, monkeypatch):
    as_it_comes(True)
    refresh, seen = tokens(app, alices)["refresh_token"], []
    deletes = Token.delete

    def later(self: Token, *args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(Token, "delete", deletes)
        seen.append(app.refresh(refresh).status_code)
        return deletes(self, *args, **kwargs)

    monkeypatch.setattr(Token, "delete", later)
    assert [app.refresh(refresh).status_code, *seen] == [200, 200]


def test_a_refresh_token_that_comes_twice_ends_its_family(app, alices, both):
    def again() -> tuple[int, bool]:
        first = tokens(app, alices)["refresh_token"]
        newest = app.refresh(first).json()["access_token"]
        return app.refresh(first).status_code, lives(app, newest)

    assert both(again) == ((400, False), (400, True))


def test_a_refresh_token_for_who_is_not_registered_for_it(register, alices, both):
    once = register("once", refresh=False)
    assert both(lambda: "refresh_token" in tokens(once, alices)) == (False, True)


def test_another_apps_token_is_revoked(register, app, alices, both):
    other = register("other")

    def end() -> tuple[int, bool]:
        access = tokens(app, alices)["access_token"]
        return other.revoke(access).status_code, lives(app, access)

    assert both(end) == ((400, True), (200, False))


def test_the_access_token_outlives_the_refresh_token_that_was_given_back(app, alices, both):
    def give_back() -> tuple[int, bool]:
        got = tokens(app, alices)
        return app.revoke(got["refresh_token"]).status_code, lives(app, got["access_token"])

    assert both(give_back) == ((200, False), (200, True))


def test_an_app_that_nobody_has_allowed_gets_a_code_without_a_question(register, app, alices, both):
    stranger = register("stranger")

    def quietly() -> str:
        tokens(app, alices)
        return where(alices.get(stranger.address(prompt="none", scope="openid notes:read")))

    here, stock = both(quietly)
    assert (here, bool(stock)) == ("", True)


def test_the_issuer_follows_the_name_that_was_asked(client, both, settings):
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    names = both(lambda: client.get(DISCOVERY, headers={"host": HOST}).json()["issuer"])
    assert names == (settings.OAUTH_ISSUER, f"http://{HOST}")


def test_discovery_lists_what_there_is(client, both):
    here, stock = both(lambda: client.get(DISCOVERY).json()["response_types_supported"])
    assert here == ["code"]
    assert {"token", "id_token", "code id_token token"} <= set(stock)


def test_an_access_token_in_a_form(app, alices, both):
    def in_form() -> int:
        body = {"access_token": tokens(app, alices)["access_token"]}
        return int(app.server.post(USERINFO, body).status_code)

    assert both(in_form) == (401, 200)


def test_a_right_secret_in_the_header_and_a_wrong_one_in_the_body(app, alices, both):
    def two() -> int:
        code = code_of(allow(alices, app.address()))
        basic = base64.b64encode(f"{app.row.pk}:{app.credentials()['client_secret']}".encode()).decode()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        form |= {"client_id": app.row.pk, "client_secret": "guessed"}
        return int(app.server.post(TOKEN, form, headers={"authorization": f"Basic {basic}"}).status_code)

    assert both(two) == (400, 200)


def test_a_call_without_a_good_token_is_told_so(client, as_it_comes, db):
    bad = {"authorization": "Bearer unknown"}
    here = client.get("/oauth/api/notes/", headers=bad)
    assert (here.status_code, here["WWW-Authenticate"].startswith("Bearer ")) == (401, True)
    as_it_comes(True)
    stock = client.get("/by-stock/", headers=bad)
    assert (stock.status_code, "WWW-Authenticate" in stock) == (403, False)
