"""The attacks on the way of the code: each function really sends one, and returns what came back.

A result is plain values, for JSON: `rows`, each with the side that was attacked (this site, the naive app, …), the
status and the words of its answer, and as whom it knew the browser afterwards. `fooled` says whether that is somebody
whom this browser should not have been. No code, token or state is in it.
"""

from __future__ import annotations

from typing import Any

import requests
from django.urls import reverse

from authdemo.trials.attempts import Result

from .cast import Cast
from .parties import OIDC
from .people import ALICE, EVE, MALLORY, Person, parameter, said, with_parameters
from .quiz import quiz_tokens
from .quiz import url as quiz_url

SITE, NAIVE, CAREFUL, STOCK, PROVIDER = "site", "naive", "careful", "stock", "provider"
THIS_SITE = "This site"
WRONG = "The naive app, wrong on purpose"


def row(side: str, words: str, answer: requests.Response | None, who: str, fooled: bool, note: str = "") -> Result:
    """Return a row of the table."""
    status = 0 if answer is None else answer.status_code
    reason = note or ("" if answer is None else said(answer))
    # Not `status`es: that name is the one of a table with columns (authdemo.trials.views).
    return {"side": side, "words": words, "status": status, "reason": reason, "who": who, "fooled": fooled}


def result(*rows: Result, **more: Any) -> Result:
    """Return them as they are kept."""
    return {"answers": list(rows), **more}


# ---- Login CSRF: a callback that somebody else's browser has earned


def login_csrf(cast: Cast) -> Result:
    """Mallory consents, and has the victim's browser open the address with her code."""
    cast.needs(OIDC)
    mallory = cast.actor("Mallory")
    sites = mallory.consents(mallory.begins(OIDC), MALLORY)
    rows = []
    for words, address in (("with Mallory's state", sites), ("without a state", stateless(sites))):
        victim = cast.actor("the victim, at this site")
        answer = victim.open(address)
        who = victim.whoami()
        rows.append(row(SITE, f"{THIS_SITE}, {words}", answer, who, who != ""))
    for words, change in (("with Mallory's state", str), ("without a state", stateless)):
        address = mallory.consents(mallory.begins_naively("login-csrf"), MALLORY)
        victim = cast.actor("the victim, at the naive app")
        answer = victim.open(change(address))
        who = victim.naive_whoami()
        rows.append(row(NAIVE, f"{WRONG}, {words}", answer, who, who == MALLORY))
    return result(*rows)


def stateless(address: str) -> str:
    """Return the address without its state."""
    return with_parameters(address, {"state": None})


# ---- A stolen code


def stolen_code(cast: Cast) -> Result:
    """Somebody reads Alice's code before it is used, and puts it into a sign-in of their own."""
    cast.needs(OIDC)
    alice, thief = cast.actor("Alice"), cast.actor("the thief")
    stolen = alice.consents(alice.begins(OIDC), ALICE)
    answer = injected(thief, thief.begins(OIDC), stolen)
    who = thief.whoami()
    rows = [row(SITE, f"{THIS_SITE}: with PKCE", answer, who, who != "")]
    for slug, side, words in (
        ("stolen-code", NAIVE, f"{WRONG}: without PKCE"),
        ("with-pkce", CAREFUL, "The same app with PKCE"),
    ):
        stolen = alice.consents(alice.begins_naively(slug), ALICE)
        thief = cast.actor("the thief")
        answer = injected(thief, thief.begins_naively(slug), stolen)
        who = thief.naive_whoami()
        rows.append(row(side, words, answer, who, who == ALICE))
    return result(*rows)


def injected(thief: Person, authorize: str, stolen: str) -> requests.Response:
    """Open the callback with the thief's own state and the stolen code."""
    return thief.open(with_parameters(stolen, {"state": parameter(authorize, "state")}))


# ---- Not authentication: a token that another app has got


def token_substitution(cast: Cast) -> Result:
    """Mallory's quiz gets an access token and an ID token of Alice's, with her consent. She takes them elsewhere."""
    cast.needs(OIDC)
    tokens = quiz_tokens(cast)
    mallory, path = cast.actor("Mallory"), reverse("oauth_attacks:naive-token")
    answer = mallory.open(path, method="POST", data={"access_token": tokens["access_token"]})
    who = mallory.naive_whoami()
    rows = [row(NAIVE, f"{WRONG}: “log in with an access token”", answer, who, who == ALICE)]
    mallory, path = cast.actor("Mallory"), reverse("oauth_attacks:naive-id-token")
    answer = mallory.open(path, method="POST", data={"id_token": tokens["id_token"]})
    who = mallory.naive_whoami()
    rows.append(row(CAREFUL, "The same with the ID token, whose aud is looked at", answer, who, who == ALICE))
    for kind in ("access_token", "id_token"):
        mallory, bearer = cast.actor("Mallory"), {"Authorization": f"Bearer {tokens[kind]}"}
        answer = mallory.open(reverse("sessions:whoami"), headers=bearer)
        who = mallory.whoami()
        words = f"{THIS_SITE}: the {kind.replace('_', ' ').replace('id', 'ID')} in a header"
        rows.append(row(SITE, words, answer, who, who != ""))
    rows.append(elsewhere(cast, tokens["access_token"]))
    return result(*rows, quiz=quiz_url())


def elsewhere(cast: Cast, token: str) -> Result:
    """Ask the provider itself: the token is a good one, and it says so."""
    server = cast.actor("Mallory's server")
    answer = server.visit(OIDC.at(OIDC.user_info), headers={"Authorization": f"Bearer {token}"})
    name = str(answer.json().get("preferred_username", "")) if answer.ok else ""
    note = "A good token, and it speaks of Alice. It does not say who brings it, nor whom it was given to."
    return row(PROVIDER, "The provider, asked with the access token", answer, name, False, note)


# ---- An address that nobody has verified


def unverified_email(cast: Cast) -> Result:
    """Eve has typed bob's address into her account at the provider, and signs in."""
    cast.needs(OIDC)
    eve = cast.actor("Eve, at this site")
    answer = eve.follow(eve.open(eve.consents(eve.begins(OIDC), EVE)))
    who = eve.whoami()
    rows = [row(SITE, THIS_SITE, answer, who, who != "")]
    eve = cast.actor("Eve, at the naive app")
    answer = eve.open(eve.consents(eve.begins_naively("unverified-email"), EVE))
    who = eve.naive_whoami()
    rows.append(row(NAIVE, WRONG, answer, who, who not in {"", EVE}))
    return result(*rows)
