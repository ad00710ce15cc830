"""The attacks by a code or a state that comes again, or goes to the wrong provider. See `runs.py`."""

from __future__ import annotations

from authdemo.trials.attempts import Result

from .cast import Cast
from .parties import GOOGLE, OIDC
from .people import ALICE, EVE, MALLORY, Person, parameter, said, with_parameters
from .runs import NAIVE, SITE, THIS_SITE, WRONG, injected, result, row

# ---- Used twice


def code_twice(cast: Cast) -> Result:
    """Eve signs in. Afterwards somebody finds her callback's address in a log, and uses the code once more."""
    cast.needs(OIDC)
    eve, thief = cast.actor("Eve, at this site"), cast.actor("the thief")
    address = eve.consents(eve.begins(OIDC), EVE)
    first = eve.follow(eve.open(address))
    answer = thief.open(address)
    who = thief.whoami()
    note = f"The first time, by Eve: {first.status_code}. Her address is not verified, but the code is used up."
    rows = [row(SITE, f"{THIS_SITE}, the address as it was", answer, who, who != "")]
    answer = injected(thief, thief.begins(OIDC), address)
    who = thief.whoami()
    rows.append(row(SITE, f"{THIS_SITE}, the code in a sign-in of the thief's own", answer, who, who != ""))
    eve, thief = cast.actor("Eve, at the naive app"), cast.actor("the thief")
    address = eve.consents(eve.begins_naively("code-twice"), EVE)
    eve.open(address)
    answer = injected(thief, thief.begins_naively("code-twice"), address)
    who = thief.naive_whoami()
    rows.append(row(NAIVE, f"{WRONG}, the code in a sign-in of the thief's own", answer, who, who == EVE))
    return result(*rows, note=note)


def state_twice(cast: Cast) -> Result:
    """A victim says no at the provider. Mallory has read the state, and brings a code of her own with it."""
    cast.needs(OIDC)
    victim, mallory = cast.actor("the victim, at this site"), cast.actor("Mallory")
    state = denied(victim, victim.begins(OIDC))
    mine = mallory.consents(mallory.begins(OIDC), MALLORY)
    answer = victim.open(with_parameters(mine, {"state": state}))
    who = victim.whoami()
    rows = [row(SITE, THIS_SITE, answer, who, who != "")]
    victim = cast.actor("the victim, at the naive app")
    state = denied(victim, victim.begins_naively("state-twice"))
    mine = mallory.consents(mallory.begins_naively("state-twice"), MALLORY)
    answer = victim.open(with_parameters(mine, {"state": state}))
    who = victim.naive_whoami()
    rows.append(row(NAIVE, WRONG, answer, who, who == MALLORY))
    return result(*rows)


def denied(victim: Person, authorize: str) -> str:
    """Come back without consent, which uses the state up, and return it."""
    state = parameter(authorize, "state")
    victim.open(with_parameters(parameter(authorize, "redirect_uri"), {"error": "access_denied", "state": state}))
    return state


# ---- Two providers


def mix_up(cast: Cast) -> Result:
    """Alice chooses a dishonest provider, which sends her on to an honest one. Who gets the honest one's code?"""
    cast.needs(OIDC, GOOGLE)
    alice = cast.actor("Alice, at this site")
    state = parameter(alice.begins(GOOGLE), "state")
    address = alice.consents(with_parameters(alice.begins(OIDC), {"state": state}), ALICE)
    answer = alice.open(address)
    who = alice.whoami()
    rows = [row(SITE, f"{THIS_SITE}, the honest one's code with the other's state", answer, who, who != "")]
    alice, mallory = cast.actor("Alice, at the naive app"), cast.actor("Mallory")
    dishonest = alice.begins_naively("mix-up", "?company=google")
    # The dishonest provider knows the app's public client id at the honest one.
    honest = with_parameters(alice_goes_on(dishonest), {"state": parameter(dishonest, "state")})
    address = alice.consents(honest, ALICE)
    answer = alice.open(address)
    leaked = GOOGLE.name in said(answer)
    note = f"It has sent the code of {OIDC.name} to {GOOGLE.name}, which did not know it." * leaked
    rows.append(row(NAIVE, f"{WRONG}: who got the code?", answer, GOOGLE.name * leaked, leaked, note))
    answer = injected(mallory, mallory.begins_naively("mix-up"), address)
    who = mallory.naive_whoami()
    words = f"{WRONG}: Mallory, who plays the dishonest one, uses the code"
    rows.append(row(NAIVE, words, answer, who, who == ALICE))
    return result(*rows)


def alice_goes_on(dishonest: str) -> str:
    """Return the honest provider's address with the same request."""
    parts = dishonest.partition("?")[2]
    return with_parameters(f"{OIDC.at(OIDC.authorize)}?{parts}", {"client_id": OIDC.naive})
