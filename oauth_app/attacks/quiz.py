"""Mallory's quiz: an app that is registered at the provider, and that Alice has allowed to know who she is.

The lab plays it: it takes the code out of the address that the provider sends Alice to, as Mallory's server would, and
changes it for tokens with the quiz's own secret. The consent is Alice's, and it is a real one. How the quiz looks to
who plays it, its page shows (`demo/outside/hostile/quiz.py`); that one keeps nothing and changes nothing.
"""

from __future__ import annotations

import secrets

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings

from authdemo.trials.attempts import NotRun

from .cast import Cast
from .parties import OIDC, QUIZ_SECRET, revocable
from .people import ALICE, parameter, with_parameters


def url() -> str:
    """Return where it is registered. The lab sends nothing there."""
    return f"{settings.HOSTILE_URL}/quiz/"


def quiz_tokens(cast: Cast) -> dict[str, str]:
    """Let Alice play Mallory's quiz: her real consent, at the provider, and the tokens that come of it."""
    alice, verifier = cast.actor("Alice, at Mallory's quiz"), secrets.token_urlsafe(32)
    asked = {
        "client_id": OIDC.quiz,
        "redirect_uri": url(),
        "response_type": "code",
        "scope": "openid profile",
        "state": "quiz",
        "nonce": "quiz",
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    address = alice.consents(with_parameters(OIDC.at(OIDC.authorize), asked), ALICE)
    if not address.startswith(url()):
        raise NotRun("The provider did not send Alice back to the quiz.")
    form = {
        "grant_type": "authorization_code",
        "code": parameter(address, "code"),
        "redirect_uri": url(),
        "client_id": OIDC.quiz,
        "client_secret": QUIZ_SECRET,
        "code_verifier": verifier,
    }
    answer = cast.to_the_provider(OIDC.at(OIDC.token), "Mallory's server", data=form)
    if not answer.ok:
        raise NotRun("The provider gave Mallory's quiz no tokens.")
    tokens: dict[str, str] = answer.json()
    cast.tokens += [(OIDC, token) for token in revocable(tokens)]
    return tokens
