"""WRONG ON PURPOSE. Do not copy anything from this file.

The naive app once for each attack: right but for one step. Three of them have no PKCE either, since that would stop
the code as well.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.http import HttpRequest

from oauth_app.client.id_token import IDToken
from oauth_app.client.transport import ProviderSession

from . import naive_checks, naive_steps, naive_users
from .naive_app import TIMEOUT, App, Flow, Tokens, User, callback_url, company_of
from .parties import COMPANIES, GOOGLE, NAIVE_SECRET, OIDC, Company, revocable


def right(**but: Any) -> App:
    """Return the app with each step done right, but for these."""
    steps: dict[str, Any] = {
        "company": OIDC,
        "pkce": True,
        "adds": naive_steps.nothing,
        "may_come": naive_steps.own_state,
        "ends": naive_steps.used_up,
        "exchange": naive_steps.of_the_company,
        "who": naive_users.by_user_info,
        "passes": naive_checks.every_one,
    }
    return App(**(steps | but))


def by(passes: Callable[[IDToken], bool], company: Company = GOOGLE) -> App:
    """Return the app that reads the ID token, and is satisfied by these checks."""
    return right(company=company, who=naive_users.by_id_token, passes=passes)


APPS: dict[str, App] = {
    "login-csrf": right(may_come=naive_steps.any_state, pkce=False),
    "stolen-code": right(exchange=naive_steps.without_a_verifier, pkce=False),
    "with-pkce": right(),
    "unverified-email": right(who=naive_users.by_email),
    "wrong-audience": by(naive_checks.forgets_for_whom),
    "code-twice": right(exchange=naive_steps.kept_for_a_reload),
    "state-twice": right(ends=naive_steps.kept, pkce=False),
    "mix-up": right(pkce=False),
    "wrong-nonce": by(naive_checks.forgets_the_question),
    "wrong-key": by(naive_checks.forgets_who_signed),
    "alg-none": by(naive_checks.forgets_that_nobody_signed),
    "changed-sub": by(naive_checks.forgets_to_ask_twice, OIDC),
    "wrong-issuer": by(naive_checks.forgets_who_says_it),
    "expired": by(naive_checks.forgets_the_end),
    "login-parameters": right(adds=naive_steps.what_the_link_says),
    "connect-csrf": right(),
}


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
        parameters["code_challenge"] = create_s256_code_challenge(flow["verifier"])
        parameters["code_challenge_method"] = "S256"
    app.adds(parameters, request)
    return flow, f"{company.at(company.authorize)}?{urlencode(parameters)}"


def signed_in(app: App, flow: Flow, request: HttpRequest) -> User:
    """Change the code, ask who it is, and end the tokens: they are needed for nothing else."""
    tokens = app.exchange(app, flow, request.GET.get("code", ""))
    try:
        return app.who(app, flow, tokens)
    finally:
        ended(company_of(app, flow), tokens)


def ended(company: Company, tokens: Tokens) -> None:
    """Revoke them (RFC 7009). An answer that was kept for a reload has none."""
    us = {"client_id": company.naive, "client_secret": NAIVE_SECRET}
    with ProviderSession(TIMEOUT) as session:
        for token in revocable(tokens):
            session.post(company.at(company.revoke), data=us | {"token": token})
