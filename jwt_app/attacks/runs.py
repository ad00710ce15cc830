"""Forge, and really send: to the verifier that is wrong on purpose, to this site, and to the orders service.

A result is plain values, for JSON: `cases`, each with the decoded token and a row for each that it was sent to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from django.conf import settings
from django.urls import reverse

from authdemo.trials.attempts import NotRun, Result

from .cast import HELP, Answer, Cast, understood
from .forging import FORGERS, Forged
from .means import Means, Real
from .reading import described

NAIVE, SITE, ORDERS, REFRESH = "naive", "site", "orders", "refresh"
WORDS = {
    NAIVE: "Wrong on purpose: the naive verifier",
    SITE: "This site: whoami",
    ORDERS: "The orders service",
    REFRESH: "This site: refresh, with an access token",
}
RIGHT = "A verifier of the lab, right for once"


def forged(slug: str) -> Callable[[Cast], Result]:
    """Return a run that forges this attack's tokens from a real one and sends each."""

    def run(cast: Cast) -> Result:
        return all_of(cast, slug, cast.real())

    return run


def all_of(cast: Cast, slug: str, real: Real) -> Result:
    """Forge and send each token of an attack."""
    return {"cases": case_of(cast, slug, real, cast.means()), **origin(cast)}


def case_of(cast: Cast, slug: str, real: Real, means: Means) -> list[Result]:
    """Return a case for each token."""
    return [case(cast, slug, real, one) for one in FORGERS[slug](real, means)]


def origin(cast: Cast) -> Result:
    """Say which token all was made from."""
    return {"whose": cast.whose, "is_own": cast.is_own}


def case(cast: Cast, slug: str, real: Real, one: Forged) -> Result:
    """Send one token to everybody, and return what they said beside what it says."""
    attacker, path = cast.actor("the attacker"), reverse("jwt_attacks:naive-whoami", args=[slug])
    rows = [
        row(NAIVE, attacker.show(one.token, "A", path)) | ({"words": RIGHT} if slug == "huge" else {}),
        row(SITE, attacker.show(one.token, "A", reverse("jwt:whoami"))),
        to_orders(cast, one.token),
    ]
    if not rows[1]["status"]:
        raise NotRun("The site does not answer itself. Has it more than one thread to spare?")
    return {"words": one.words, "signature": one.signature, "rows": rows, **described(one.token, real.access)}


def to_orders(cast: Cast, token: str) -> Result:
    """Send a token to the orders service, and say how to start it where nobody answers."""
    if not settings.ORDERS_URL:
        return row(ORDERS, Answer(detail="This site has no orders service beside it (DEMO_ORDERS_URL)."))
    answer = cast.actor("the attacker").show(token, "orders", "/orders/")
    return row(ORDERS, answer if answer.status else Answer(detail=f"Nobody answers there. Start it: {HELP}"))


def row(slug: str, answer: Answer) -> Result:
    """Return an answer for JSON."""
    return {"slug": slug, "words": WORDS[slug], **asdict(answer)}


def wrong_type(cast: Cast) -> Result:
    """Send the refresh token as an access token, and the other way round."""
    real = cast.real(fresh=True)  # nobody's refresh token is asked for: it would be worth more than the lesson
    result = all_of(cast, "wrong-token-type", real)
    answer = cast.actor("the attacker").post("A", reverse("jwt:refresh"), {"refresh": real.access})
    result["cases"][0]["rows"].append(row(REFRESH, understood(answer)))
    return result


def readable(cast: Cast) -> Result:
    """Get a token of the naive service, which puts in whatever it knows, and read it without a key."""
    real = cast.real()
    token = naive_token(cast, real)
    found = case(cast, "readable-payload", real, Forged(token, "the naive service's own"))
    return {"cases": [found], **origin(cast)}


def naive_token(cast: Cast, real: Real) -> str:
    """Let the naive service issue a token of its own for the owner of a real one. Raises NotRun."""
    owner = cast.actor("the owner")
    owner.device.access = real.access
    answer = owner.post("A", reverse("jwt_attacks:naive-token"), {})
    if answer is None or not answer.ok:
        raise NotRun("The naive service has issued no token.")
    return str(answer.json()["access"])
