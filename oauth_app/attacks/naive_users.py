"""WRONG ON PURPOSE. Do not copy anything from this file.

Who has signed in? The naive app's ways to find that out, one right and the others wrong in one line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model

from oauth_app.client.id_token import Expected, IDToken, check
from oauth_app.client.transport import ProviderSession

from .naive_app import TIMEOUT, App, Flow, Refused, Tokens, User, company_of
from .parties import OIDC, Company


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
