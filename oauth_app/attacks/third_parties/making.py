"""How an attack on the access of an app is written down: what they have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authdemo.trials.attempts import Attempt, Result
from authdemo.trials.lines import Line

from . import sides

WHO = (
    ("neither", "Neither takes any of it."),
    ("stock", "allauth as it comes takes some of it. This site takes none."),
    ("both", "This site takes some of it, too."),
)
OURS = "oauth_app.provider"
STOCK = "allauth.idp.oidc.internal.oauthlib.request_validator.OAuthLibRequestValidator"
ENGINE = "oauthlib.oauth2.rfc6749.grant_types.authorization_code.AuthorizationCodeGrant"


def attack(
    slug: str, *, run: Callable[..., Result], ours: tuple[Line, ...], stock: tuple[Line, ...] = (), **more: Any
) -> Attempt:
    """Return an attack. `ours` are the lines of this site that decided, `stock` those of allauth as it comes."""
    return Attempt(
        slug=slug,
        run=run,
        **{
            "choices": WHO,
            "shows": "oauth_attacks/_checks.html",
            "happened": sides.happened,
            "decided": lambda result: (*ours, *stock) if result.get("checks") else (),
            "sent_by": "a browser for each user, and a server for each app. It stands in the wire, too.",
            "needs": "plays the demo's own apps, with their secrets",
            **more,
        },
    )
