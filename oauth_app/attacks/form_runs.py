"""The attacks by a link, a frame or a forged form. See `runs.py`."""

from __future__ import annotations

import requests
from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from authdemo.device.answers import body_of
from authdemo.trials.attempts import Result

from . import stock
from .cast import Cast
from .parties import OIDC
from .people import ALICE, REDIRECTS, Person, parameter
from .quiz import url as hostile_url
from .runs import NAIVE, PROVIDER, SITE, STOCK, THIS_SITE, WRONG, result, row

# ---- What an address of ours may say

LOOKED_AT = ("redirect_uri", "scope", "response_type")


def login_parameters(cast: Cast) -> Result:
    """Somebody's link begins a sign-in, and wants to say for which scope and where the code goes."""
    cast.needs(OIDC)
    wanted = urlencode({"redirect_uri": hostile_url(), "response_type": "token"})
    query = "?" + urlencode({"auth_params": wanted, "scope": "calendar"})
    alice = cast.actor("Alice, at this site")
    plain, orders = alice.begins(OIDC), alice.begins(OIDC, query)
    changed = obeyed(plain, orders)
    rows = [row(SITE, THIS_SITE, alice.answer, "", bool(changed), in_words(changed))]
    changed = stock.obeys(OIDC.login + query, LOOKED_AT)
    words = "allauth as it comes, called by the lab with the same address"
    rows.append(row(STOCK, words, None, "", bool(changed), in_words(changed)))
    alice = cast.actor("Alice, at the naive app")
    plain, orders = (alice.begins_naively("login-parameters", more) for more in ("", query))
    changed = obeyed(plain, orders)
    rows.append(row(NAIVE, WRONG, alice.answer, "", bool(changed), in_words(changed)))
    answer = alice.visit(orders)
    note = "It compares redirect_uri with what is registered, letter by letter. Not every provider does."
    rows.append(row(PROVIDER, "The provider, to the naive app's request", answer, "", False, note))
    return result(*rows)


def obeyed(plain: str, orders: str) -> list[str]:
    """Return which parameters of the request to the provider are another, because the link said so."""
    return [
        name
        for name in LOOKED_AT
        if set(parameter(plain, name).split()) != set(parameter(orders, name).split())  # scopes have no order
    ]


def in_words(changed: list[str]) -> str:
    """Say so."""
    if not changed:
        return "It asks the provider for what it always asks for."
    return f"The link has changed {' and '.join((', '.join(changed[:-1]), changed[-1]) if changed[1:] else changed)}."


# ---- Frames


def framed(cast: Cast) -> Result:
    """Ask for pages with a button worth a click, and read what they say of frames."""
    cast.needs(OIDC)
    alice = cast.actor("Alice")
    index = alice.open(reverse("oauth:index"))
    rows = [row(SITE, f"{THIS_SITE}: the page with the buttons", index, "", *may_be_framed(index))]
    login = alice.open(OIDC.login)
    rows.append(row(SITE, f"{THIS_SITE}: the button alone", login, "", *may_be_framed(login)))
    asked = alice.visit(alice.begins(OIDC))
    page = alice.follow(asked)
    rows.append(row(PROVIDER, "The provider's own page", page, "", *may_be_framed(page)))
    naive = alice.open(reverse("oauth_attacks:naive-framed"))
    rows.append(row(NAIVE, WRONG, naive, "", *may_be_framed(naive)))
    return result(*rows)


def may_be_framed(answer: requests.Response) -> tuple[bool, str]:
    """Tell whether a page of another site may show this one in a frame, and what says so."""
    policy = answer.headers.get("Content-Security-Policy", "")
    ancestors = [part.strip() for part in policy.split(";") if part.strip().startswith("frame-ancestors")]
    option = answer.headers.get("X-Frame-Options", "")
    said = [*(f"X-Frame-Options: {value}" for value in (option,) if value), *ancestors]
    refused = option.upper() in {"DENY", "SAMEORIGIN"} or ancestors in (
        ["frame-ancestors 'none'"],
        ["frame-ancestors 'self'"],
    )
    return not refused, "; ".join(said) or "Nothing is said of frames, so any page may."


# ---- Connect and disconnect


def connect_csrf(cast: Cast) -> Result:
    """A hostile page posts the forms that connect and disconnect a provider, in a browser that is signed in."""
    cast.needs(OIDC)
    alice = cast.actor("alice, at this site")
    alice.signs_in_here()
    rows = []
    for words, path, form in (
        ("connect", OIDC.login, {"process": "connect"}),
        # No account has this number, so nothing of alice's would be lost if the form were taken.
        ("disconnect", reverse("oauth:connections"), {"account": "0"}),
    ):
        answer = forged(alice, path, form)
        acted = answer.status_code != 403
        rows.append(row(SITE, f"{THIS_SITE}: {words}", answer, "", acted))
    alice = cast.actor("Alice, at the naive app")
    alice.open(alice.consents(alice.begins_naively("connect-csrf"), ALICE))
    answer = forged(alice, reverse("oauth_attacks:naive-connect"), {})
    begun = answer.status_code in REDIRECTS
    rows.append(row(NAIVE, f"{WRONG}: connect", answer, "", begun, "It begins to connect an account." * begun))
    answer = forged(alice, reverse("oauth_attacks:naive-disconnect"), {})
    state = body_of(alice.open(reverse("oauth_attacks:naive-whoami")))
    gone = bool(state.get("user")) and not state.get("connected")
    rows.append(row(NAIVE, f"{WRONG}: disconnect", answer, "", gone))
    return result(*rows)


def forged(alice: Person, path: str, form: dict[str, str]) -> requests.Response:
    """Post a form as Alice's browser does it for a hostile page: with her cookies, and the page's own origin."""
    origin = settings.HOSTILE_SAME_SITE or "http://hostile.example"
    return alice.open(path, method="POST", data=form, headers={"Origin": origin})
