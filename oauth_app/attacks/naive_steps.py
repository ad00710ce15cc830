"""WRONG ON PURPOSE. Do not copy anything from this file.

The steps of the naive app's sign-in. Each is done right once, and wrong once: that line has WRONG in it.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches
from django.http import HttpRequest
from django.urls import reverse

from oauth_app.client.id_token import Expected, IDToken, check
from oauth_app.client.transport import ProviderSession

from . import naive_checks
from .parties import COMPANIES, GOOGLE, NAIVE_SECRET, OIDC, Company

Flow: TypeAlias = dict[str, Any]
Tokens: TypeAlias = dict[str, Any]
User: TypeAlias = dict[str, str]
FLOW = "naive_flow"  # the session's key for what was begun
TIMEOUT = 5  # seconds, for one call
AGE = 60  # seconds for which an answer is kept by the app that does so


class Refused(Exception):
    """Nobody is signed in; the argument says why."""


# ---- To the provider


def begin(slug: str, request: HttpRequest) -> tuple[Flow, str]:
    """Return what the session must keep of this sign-in, and the address that the browser is sent to."""
    app, company = APPS[slug], APPS[slug].company
    flow = {name: secrets.token_urlsafe(24) for name in ("state", "nonce", "verifier")}
    flow |= {"slug": slug, "company": request.GET.get("company", company.slug)}
    company = COMPANIES.get(flow["company"], company)
    parameters = {
        "client_id": company.naive,
        "redirect_uri": callback_url(),
        "response_type": "code",
        "scope": "openid profile email",
        "state": flow["state"],
        "nonce": flow["nonce"],
    }
    if app.pkce:
        digest = hashlib.sha256(flow["verifier"].encode()).digest()
        parameters["code_challenge"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        parameters["code_challenge_method"] = "S256"
    app.adds(parameters, request)
    return flow, f"{company.at(company.authorize)}?{urlencode(parameters)}"


def callback_url() -> str:
    """Return where the provider sends the browser back to: one address, for all providers."""
    return settings.SITE_URL + reverse("oauth_attacks:naive-callback")


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


# ---- Who is it?


def user_info(company: Company, access_token: str) -> dict[str, Any]:
    """Ask the provider whom this access token belongs to. Raises Refused."""
    with ProviderSession(TIMEOUT) as session:
        answer = session.get(company.at(company.user_info), headers={"Authorization": f"Bearer {access_token}"})
    if not answer.ok:
        raise Refused("the provider does not know this access token")
    return dict(answer.json())


def named(claims: dict[str, Any]) -> User:
    """Return the user of the naive app that these claims name. It has no table: each account is one."""
    name = claims.get("preferred_username") or str(claims.get("email", "")).replace("@outside.example", ".outside")
    return {"id": str(claims["sub"]), "username": str(name)[:150]}


def by_user_info(app: App, flow: Flow, tokens: Tokens) -> User:
    """OAuth2 alone: ask with the access token, which came straight from the provider."""
    return tokens.get("user") or named(user_info(company_of(app, flow), tokens["access_token"]))


def by_email(app: App, flow: Flow, tokens: Tokens) -> User:
    """Find the user of this site that has this address, to spare people a second account."""
    said = user_info(company_of(app, flow), tokens["access_token"])
    owner = get_user_model()._default_manager.filter(email__iexact=said["email"]).first()  # WRONG: if it is verified
    return {"id": str(owner.pk), "username": owner.get_username()} if owner else named(said)


def by_id_token(app: App, flow: Flow, tokens: Tokens) -> User:
    """OpenID Connect: read it in the ID token, if it passes."""
    company = company_of(app, flow)
    said = user_info(company, tokens["access_token"]) if company == OIDC else None
    token = checked(company, tokens["id_token"], flow["nonce"], tokens["access_token"], said)
    if not app.passes(token):
        raise Refused(f"the check of {', '.join(token.failed)}")
    return named(dict(token.claims))


def checked(company: Company, raw: str, nonce: str, access_token: str, said: dict[str, Any] | None = None) -> IDToken:
    """Let the site's own list of checks look at an ID token: which of them count is another question."""
    with ProviderSession(TIMEOUT) as session:
        keys = session.get(company.at(company.keys)).json()
    return check(raw, Expected(company.issuer, company.naive, nonce, access_token, keys, said))


def company_of(app: App, flow: Flow) -> Company:
    """Return the provider that this sign-in has begun with."""
    return COMPANIES[flow.get("company", app.company.slug)]


def signed_in(app: App, flow: Flow, request: HttpRequest) -> User:
    """Change the code, ask who it is, and end the token: it is needed for nothing else."""
    tokens = app.exchange(app, flow, request.GET.get("code", ""))
    try:
        return app.who(app, flow, tokens)
    finally:
        ended(company_of(app, flow), str(tokens.get("access_token", "")))


def ended(company: Company, token: str) -> None:
    """Revoke it (RFC 7009)."""
    form = {"token": token, "client_id": company.naive, "client_secret": NAIVE_SECRET}
    with ProviderSession(TIMEOUT) as session:
        session.post(company.at(company.revoke), data=form)


# ---- A token instead of a code


def with_an_access_token(token: str) -> User:
    """Ask who the token belongs to."""
    return named(user_info(OIDC, token))  # WRONG: it is Alice's token, and anybody may have it


def with_an_id_token(raw: str) -> User:
    """Look for whom the ID token was made. (No nonce and no access token here: there was no question before.)"""
    token = checked(OIDC, raw, "", "")
    failed = set(token.failed) - {"nonce", "at_hash"}
    if failed:
        raise Refused(f"the check of {', '.join(sorted(failed))}")
    return named(dict(token.claims))


BY_TOKEN: dict[str, Callable[[str], User]] = {
    "access_token": with_an_access_token,
    "id_token": with_an_id_token,
}


# ---- The app, once for each attack: right but for one step


@dataclass(frozen=True)
class App:
    """The naive app. The defaults are right."""

    company: Company = OIDC
    adds: Callable[[dict[str, str], HttpRequest], None] = nothing
    may_come: Callable[[Flow, HttpRequest], None] = own_state
    ends: Callable[[SessionBase], None] = used_up
    pkce: bool = True
    exchange: Callable[[App, Flow, str], Tokens] = of_the_company
    who: Callable[[App, Flow, Tokens], User] = by_user_info
    passes: Callable[[IDToken], bool] = naive_checks.every_one


def by(passes: Callable[[IDToken], bool], company: Company = GOOGLE) -> App:
    """Return the app that reads the ID token, and is satisfied by these checks."""
    return App(company=company, who=by_id_token, passes=passes)


APPS: dict[str, App] = {
    "login-csrf": App(may_come=any_state, pkce=False),
    "stolen-code": App(pkce=False, exchange=without_a_verifier),
    "with-pkce": App(),
    "unverified-email": App(who=by_email),
    "wrong-audience": by(naive_checks.forgets_for_whom),
    "code-twice": App(exchange=kept_for_a_reload, pkce=False),
    "state-twice": App(ends=kept, pkce=False),
    "mix-up": App(pkce=False),
    "wrong-nonce": by(naive_checks.forgets_the_question),
    "wrong-key": by(naive_checks.forgets_who_signed),
    "alg-none": by(naive_checks.forgets_that_nobody_signed),
    "changed-sub": by(naive_checks.forgets_to_ask_twice, OIDC),
    "wrong-issuer": by(naive_checks.forgets_who_says_it),
    "expired": by(naive_checks.forgets_the_end),
    "login-parameters": App(adds=what_the_link_says),
    "connect-csrf": App(),
}
