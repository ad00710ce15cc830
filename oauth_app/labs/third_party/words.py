"""The legs in words: what is asked, what is answered, and what came of a chapter."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.idp.oidc.models import Client
from django.urls import reverse

from authdemo.wire.followed import REVOKE, TOKEN, USERINFO
from authdemo.wire.models import Exchange

from ..flow.diagram import flat, names_in
from ..flow.legs import location
from .legs import FROM_THE_APP, Chapter, is_answer, is_authorization, taken_back

GRANTS = {
    "authorization_code": "The code, the verifier and the app’s secret, for tokens",
    "refresh_token": "The refresh token, for the next tokens",
}


def asked(one: Exchange) -> str:
    """Return what a request is."""
    if one.leg == Exchange.Leg.APP:
        return _of_the_app(one)
    return _call(one) if one.leg in FROM_THE_APP else _here(one)


def _of_the_app(one: Exchange) -> str:
    if is_answer(one):
        return "Back at the app, with an error" if "error" in names_in(one) else "Back at the app, with code and state"
    if "response_type" in _names_of_location(one):
        return "The user presses a button of the app: ask for access"
    return "A page of the app, please" if one.method == "GET" else "The user presses a button of the app"


def _here(one: Exchange) -> str:
    fields = _fields(one)
    if taken_back(one):
        return "The user takes an app’s access back, here at the site"
    if not is_authorization(one):
        return "The password, posted to this site" if "password" in fields else "Sign in first: the form, please"
    if one.method != "POST":
        return "The app’s request, brought by the browser"
    action = fields.get("action")
    if action == "allow":
        ticked = [value for name, value in flat(one.request.get("body")) if name == "scopes"]
        return f"Allow is pressed, with {', '.join(map(str, ticked)) or 'nothing'} ticked"
    return "Deny is pressed" if action == "deny" else "A button of the consent page is pressed"


def _call(one: Exchange) -> str:
    if one.path == TOKEN:
        return GRANTS.get(str(_fields(one).get("grant_type")), "A request for tokens")
    if one.path == REVOKE:
        return "The app gives a token back"
    if one.path == USERINFO:
        return "With the access token: whose is it?"
    if one.path.endswith("/openid-configuration"):
        return "Discovery: where are your endpoints?"
    if one.path.endswith("/jwks.json"):
        return "Your public keys, please: is this ID token yours?"
    what = {reverse("provider:notes_api"): "the notes", reverse("provider:whoami"): "who am I"}.get(
        one.path, "an answer"
    )
    return f"With the access token: {what}, please" if one.method == "GET" else f"With the access token: add to {what}"


def answered(one: Exchange) -> str:
    """Return what an answer is."""
    if not one.status:
        return "No answer"
    if one.leg in FROM_THE_APP:
        return _of_a_call(one)
    names = _names_of_location(one)
    if names:
        return _redirect(one, names)
    if one.leg == Exchange.Leg.APP:
        return _page_of_the_app(one)
    if taken_back(one):
        return "Taken back: all its tokens have ended"
    if is_authorization(one):
        return (
            "The consent page: this app, these scopes, allow or deny?"
            if one.good
            else "Refused, on a page of this site"
        )
    return ("Signed in" if location(one) else "The sign-in form") if one.good else "Refused"


def _redirect(one: Exchange, names: set[str]) -> str:
    if "response_type" in names:
        return (
            "Go to the site, with this request"
            if one.leg == Exchange.Leg.APP
            else "Signed in: bring the request again"
        )
    if "code" in names:
        if is_authorization(one) and one.method == "GET":
            return "Allowed before, so nobody is asked: back to the app, with a code"
        return "Go back to the app, with a code"
    if "error" in names:
        return "Go back to the app, with an error"
    return "Sign in first" if one.leg == Exchange.Leg.FRONT else "Go on to another page"


def _page_of_the_app(one: Exchange) -> str:
    if location(one):
        return "Done. Go on to an address without the code" if is_answer(one) else "Done. Go on to another page"
    return "The app’s page" if one.good else "The app’s page says that it could not"


def _of_a_call(one: Exchange) -> str:
    names = {name for name, _ in flat(one.response.get("body"))}
    if one.good:
        return "Tokens" if "access_token" in names else "Ended" if one.path == REVOKE else "The answer"
    if one.status == HTTPStatus.FORBIDDEN:
        return "Refused: the token is good, but not for this"
    if one.status == HTTPStatus.UNAUTHORIZED and one.path not in {TOKEN, REVOKE}:
        return "Refused: this token opens nothing (any more)"
    return "Refused"


def _fields(one: Exchange) -> dict[str, Any]:
    return {name: value for name, value in flat(one.request.get("body")) if isinstance(name, str)}


def _names_of_location(one: Exchange) -> set[str]:
    """Return the names of what an answer’s address carries, those of a request inside of `next`, too."""
    return {name for name, _ in location(one).get("query", [])}


# ---- A chapter


def request_of(chapter: Chapter) -> dict[str, str]:
    """Return what is readable of the app's request, empty where the wire has forgotten it."""
    for leg in chapter.legs:
        pairs = dict([*leg.one.request.get("query", []), *location(leg.one).get("query", [])])
        if isinstance(pairs.get("scope"), str):
            return {name: value for name, value in pairs.items() if isinstance(value, str)}
    return {}


def names_of_apps(found: list[Chapter]) -> dict[str, str]:
    """Return the names under which the apps are registered, by their ids."""
    ids = {one["client_id"] for one in map(request_of, found) if "client_id" in one}
    return dict(Client.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def title(chapter: Chapter, names: dict[str, str]) -> str:
    """Return who asks, and for what."""
    asked = request_of(chapter)
    if not asked:
        return "Calls with tokens of an exchange that is not kept any more"
    return f"{app(chapter, names) or 'An app'} asks for {', '.join(asked['scope'].split())}"


def app(chapter: Chapter, names: dict[str, str]) -> str:
    """Return the name of the app, "" where that is not known."""
    return names.get(request_of(chapter).get("client_id", ""), "")


def outcome(chapter: Chapter) -> tuple[str, bool]:
    """Return how it stands now, and whether the app has something of it."""
    calls = [leg.one for leg in chapter.all if leg.by_the_app]
    tokens = [one for one in calls if one.path == TOKEN]
    last = next((one for one in reversed(calls) if one.path.startswith(reverse("provider:notes_api"))), None)
    if chapter.given_back or any(one.path == REVOKE and one.good for one in calls[-1:]):
        return "The app has given these tokens back.", False
    if last and last.status == HTTPStatus.UNAUTHORIZED:
        return "Its last call was refused with 401: what it holds opens nothing any more.", False
    if tokens and not tokens[-1].good:
        return f"It asked for tokens, and was refused: {tokens[-1].status} {tokens[-1].reason}.", False
    if last and last.status == HTTPStatus.FORBIDDEN:
        return "It has access, but its last call needed a scope that was not allowed.", True
    if tokens:
        return "Allowed: it holds tokens.", True
    back = chapter.callback
    if back and "error" in names_in(back.one):
        error = dict(back.one.request["query"])["error"]
        why = "You said no" if error == "access_denied" else "It could not be done"
        return f"{why}: the app got an error, and no code.", False
    return ("It got a code, and no token.", False) if back else ("Under way: the app has no answer yet.", False)
