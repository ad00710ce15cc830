"""WRONG ON PURPOSE. Do not copy anything from this file.

The steps on the way to a token. Each is done right once, and wrong once: that line has WRONG in it.
"""

from __future__ import annotations

import hashlib
import secrets
from urllib.parse import parse_qsl

from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches
from django.http import HttpRequest

from oauth_app.client.transport import ProviderSession

from .naive_app import FLOW, TIMEOUT, App, Flow, Refused, Tokens, callback_url, company_of
from .naive_users import by_user_info
from .parties import COMPANIES, NAIVE_SECRET, Company

AGE = 60  # seconds for which an answer is kept by the app that does so

# ---- To the provider


def nothing(parameters: dict[str, str], request: HttpRequest) -> None:
    """Add nothing: what the app asks for, it decides itself."""


def what_the_link_says(parameters: dict[str, str], request: HttpRequest) -> None:
    """Let the address of the sign-in have a say."""
    asked = dict(parse_qsl(request.GET.get("auth_params", "")))
    parameters |= asked  # WRONG: by anybody's link, and last of all
    if "scope" in request.GET:
        parameters["scope"] += f" {request.GET['scope']}"


# ---- And back: may this browser come with this code?


def own_state(flow: Flow, request: HttpRequest) -> None:
    """The state must be the one that this browser was given."""
    if not secrets.compare_digest(request.GET.get("state", ""), flow["state"]):
        raise Refused("this browser was not given this state")


def any_state(flow: Flow, request: HttpRequest) -> None:
    """Compare nothing."""
    return  # WRONG: whoever has a code may plant it in somebody else's browser


def used_up(session: SessionBase) -> None:
    """What was begun has ended: its state is good for nothing more."""
    session.pop(FLOW, None)


def kept(session: SessionBase) -> None:
    """Keep it, for people who go back and forth."""
    return  # WRONG: whoever reads the state in a log may use it once more


# ---- The code for tokens


def exchanged(company: Company, flow: Flow, code: str, *, pkce: bool = True) -> Tokens:
    """Change the code for tokens. Raises Refused."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url(),
        "client_id": company.naive,
        "client_secret": NAIVE_SECRET,
    }
    if pkce:
        form["code_verifier"] = flow["verifier"]
    with ProviderSession(TIMEOUT) as session:
        answer = session.post(company.at(company.token), data=form)
    if not answer.ok:
        raise Refused(f"{company.name} did not accept the code")
    return dict(answer.json())


def of_the_company(app: App, flow: Flow, code: str) -> Tokens:
    """Ask the provider that the sign-in has begun with. (There is one address for all: see `mix-up`.)"""
    company = COMPANIES[flow.get("company", app.company.slug)]  # WRONG: is it the one that the code came from?
    return exchanged(company, flow, code, pkce=app.pkce)


def without_a_verifier(app: App, flow: Flow, code: str) -> Tokens:
    """Send the code alone."""
    return exchanged(company_of(app, flow), flow, code, pkce=False)  # WRONG: whoever has the code has the sign-in


def kept_for_a_reload(app: App, flow: Flow, code: str) -> Tokens:
    """Answer a reload of the page as before, without asking the provider again."""
    key = f"oauth_attacks.code.{hashlib.sha256(code.encode()).hexdigest()}"
    if known := caches["default"].get(key):
        return {"user": known}  # WRONG: the code was used, and opens one more session
    tokens = of_the_company(app, flow, code)
    user = by_user_info(app, flow, tokens)
    caches["default"].set(key, user, AGE)
    return tokens | {"user": user}
