"""How an attack on tokens is written down: what nearly all of them have in common."""

from __future__ import annotations

from typing import Any

from authdemo.trials.attempts import Attempt
from authdemo.trials.lines import Line

from . import runs, verdicts
from .naive import VERIFIERS

WHO = (
    ("neither", "Neither of them takes it."),
    ("naive", "The verifier that is wrong on purpose takes it, and this site does not."),
    ("site", "This site takes it, and the verifier that is wrong on purpose does not."),
    ("both", "Both take it."),
)
SENT = (
    "It goes to a verifier that is wrong on purpose, to this site, and to the orders service.",
    "The page shows whom each took the sender for, and which line decided.",
)

PYJWT = "jwt.api_jws.PyJWS._verify_signature"
NOT_ALLOWED = Line(
    PYJWT,
    "alg not in algorithms",
    "PyJWT compares the token's alg with a list that the site has written down. What is not on it is not tried.",
)
DOES_NOT_FIT = Line(
    PYJWT,
    "if not alg_obj.verify(",
    "The signature is compared with what was really sent, by the site's own key. They do not fit.",
)
OWN_KEYS = Line(
    "jwt_app.backend.KeyedBackend.key_of",
    "known[named(",
    "The header's kid chooses among the site's own keys, and nothing else of the header is asked about keys.",
)


def claim(name: str, text: str, why: str) -> Line:
    """Return the line of PyJWT that checks a claim."""
    return Line(f"jwt.api_jwt.PyJWT._validate_{name}", text, why)


def attack(
    slug: str, *, wrong: str, why: str, real: tuple[Line, ...], plan: str, wrong_in: str = "", **more: Any
) -> Attempt:
    """Return an attack that is forged and sent. `real` are the lines that decided at this site.

    `wrong` stands in the naive verifier's wrong line (or in one of `wrong_in`), and `why` says what that line does.
    """
    verifier = VERIFIERS[slug]
    naive = Line(wrong_in or f"{verifier.__module__}.{verifier.__name__}", wrong, f"Wrong on purpose: {why}")
    return Attempt(
        slug=slug,
        **{
            "choices": WHO,
            "plan": (plan, *SENT),
            "shows": "jwt_attacks/_cases.html",
            "form": "jwt_attacks/_send.html",
            "sent_by": "programs without cookies. It stands in the wire, too.",
            "run": runs.forged(slug),
            "happened": verdicts.who_took_it,
            "decided": lambda result: (naive, *real) if result.get("cases") else (),
            **more,
        },
    )
