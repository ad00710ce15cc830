"""What a user and an app's server do at either side: ask, allow, exchange, call. Each act is a request, or two."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import urlencode

import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from authdemo.device.answers import body_of
from authdemo.third_party import App
from authdemo.trials.attempts import NotRun
from authdemo.trials.pages import Page

from .cast import Actor
from .sides import SITE, Side, code_in

Query: TypeAlias = dict[str, Any]
NARROW = "openid notes:read"
VERIFIER = secrets.token_urlsafe(48)
BUTTON = {"site": "allow", "stock": "grant"}


def query(app: App, **changed: Any) -> Query:
    """Return an authorization request as the app sends it; None leaves a parameter out, a list sends it twice."""
    asked: Query = {
        "client_id": app.pk,
        "redirect_uri": app.redirect_uris[0],
        "response_type": "code",
        "scope": NARROW,
        "state": "a-state",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        **changed,
    }
    return {name: value for name, value in asked.items() if value is not None}


def asks(user: Actor, side: Side, asked: Query) -> requests.Response:
    """Open the authorization request in this user's browser."""
    return user.open(f"{side.at('authorization')}?{urlencode(asked, doseq=True)}")


def is_asked(page: requests.Response) -> bool:
    """Tell whether the user is asked to allow it."""
    return page.ok and not page.is_redirect and Page(page.text).form_with("csrfmiddlewaretoken") is not None


def allows(user: Actor, side: Side, asked: Query, ticked: list[str] | None = None) -> requests.Response:
    """Press Allow where one is asked, with what is asked for ticked, or this; return where it leads."""
    page = asks(user, side, asked)
    return presses(user, side, page, ticked or str(asked.get("scope", "")).split()) if is_asked(page) else page


def presses(user: Actor, side: Side, page: requests.Response, ticked: list[str], **headers: str) -> requests.Response:
    """Press Allow on this page. The form of allauth as it comes names the site's own path, so it is sent to its."""
    form = Page(page.text).form_with("csrfmiddlewaretoken")
    hidden = form.sent() if form else {}
    fields = {**hidden, "action": [BUTTON[side.slug]], "scopes": ticked}
    sent_by = {"Origin": user_origin(page), "Referer": page.url, **headers}
    to = page.url if side is SITE else side.at("authorization")
    return user.open(to, method="POST", data=fields, headers=sent_by)


def user_origin(page: requests.Response) -> str:
    """Return the origin of a page."""
    return "/".join(page.url.split("/")[:3])


def code_for(user: Actor, side: Side, asked: Query) -> str:
    """Return a code that this user has allowed. Raises NotRun."""
    answer = allows(user, side, asked)
    if not (code := code_in(answer)):
        raise NotRun(f"There was no code to attack ({answer.status_code}).")
    return code


def credentials(app: App) -> dict[str, str]:
    """Return how this app proves who it is."""
    return {"client_id": app.pk, "client_secret": app.secret}


def posts(server: Actor, side: Side, name: str, form: Mapping[str, Any], **more: Any) -> requests.Response:
    """POST a form to an endpoint; None leaves a field out."""
    data = {field: value for field, value in form.items() if value is not None}
    return server.open(side.at(name), method="POST", data=data, **more)


def exchange(server: Actor, side: Side, app: App, code: str, **changed: Any) -> requests.Response:
    """Bring a code to the token endpoint, as this app does it."""
    form = {
        **credentials(app),
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect_uris[0],
        "code_verifier": VERIFIER,
        **changed,
    }
    return posts(server, side, "token", form)


def refresh(server: Actor, side: Side, app: App, token: str, **changed: Any) -> requests.Response:
    """Bring a refresh token."""
    form = {**credentials(app), "grant_type": "refresh_token", "refresh_token": token, **changed}
    return posts(server, side, "token", form)


def tokens_of(user: Actor, server: Actor, side: Side, app: App, **changed: Any) -> dict[str, str]:
    """Go the whole way, as it should be; return the tokens. Raises NotRun."""
    answer = exchange(server, side, app, code_for(user, side, query(app, **changed)))
    tokens: dict[str, str] = body_of(answer)
    if "access_token" not in tokens:
        raise NotRun(f"There were no tokens to attack ({answer.status_code}).")
    return tokens


def user_info(server: Actor, side: Side, access_token: str) -> requests.Response:
    """Ask whose token that is. It opens this door as long as it lives."""
    return server.open(side.at("userinfo"), headers={"Authorization": f"Bearer {access_token}"})
