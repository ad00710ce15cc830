"""The attacks by an ID token: Mallory signs in, and in the place of her own ID token the answer has one of Alice's.

It is wrong in one way, which the tampering switch of the outside world makes so. The same is done to this site and to
the naive app; and allauth's stock class looks at the very token that this site has checked.
"""

from __future__ import annotations

from collections.abc import Callable

from authdemo.trials.attempts import Result

from . import stock
from .cast import Cast
from .parties import GOOGLE, OIDC, Company
from .people import MALLORY
from .runs import NAIVE, SITE, STOCK, THIS_SITE, WRONG, result, row

KINDS = {"wrong-nonce": ("foreign-nonce", "missing-nonce")}
WORDS = {"foreign-nonce": ", the nonce of another sign-in", "missing-nonce": ", no nonce"}


def id_token(slug: str, company: Company = GOOGLE) -> Callable[[Cast], Result]:
    """Return the run that has each of this attack's ID tokens sent."""

    def run(cast: Cast) -> Result:
        cast.needs(company)
        rows = []
        for kind in KINDS.get(slug, (slug,)):
            rows += _to_the_site(cast, company, kind)
            rows.append(_to_the_naive_app(cast, company, slug, kind))
        return result(*rows)

    return run


def _to_the_site(cast: Cast, company: Company, kind: str) -> list[Result]:
    mallory, run = cast.actor("Mallory, at this site"), stock.new_run()
    address = mallory.consents(mallory.begins(company), MALLORY)
    cast.tampers(address, kind)
    # The header is for the lab alone: by it the stock class's word on the same token is found again.
    answer = mallory.open(address, headers={stock.HEADER: run})
    who = mallory.whoami()
    return [row(SITE, THIS_SITE + WORDS.get(kind, ""), answer, who, who != ""), *_stock(run, kind)]


def _stock(run: str, kind: str) -> list[Result]:
    words = "allauth as it comes, called by the lab on the same token" + WORDS.get(kind, "")
    found = stock.said(run)
    if found is None:  # the sign-in ended before the ID token
        return []
    return [row(STOCK, words, None, found["who"], found["took"], found["reason"])]


def _to_the_naive_app(cast: Cast, company: Company, slug: str, kind: str) -> Result:
    mallory = cast.actor("Mallory, at the naive app")
    address = mallory.consents(mallory.begins_naively(slug), MALLORY)
    cast.tampers(address, kind)
    answer = mallory.open(address)
    who = mallory.naive_whoami()
    return row(NAIVE, WRONG + WORDS.get(kind, ""), answer, who, who not in {"", MALLORY})


CHANGED_SUB = id_token("changed-sub", OIDC)
