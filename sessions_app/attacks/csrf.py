"""Which posts of the hostile pages reached us, and what became of each.

A post from another site comes without cookies, so nothing in it says whose browser sent it. The link to the hostile
page carries a signed name of the browser, and the form hands it on. It is good for an hour, and for notes only.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from authdemo.wire import browser, recorder
from authdemo.wire.counters import Counters
from authdemo.wire.middleware import at_close

from .cast import Cast
from .forms import COLOUR
from .models import Trial

SLUG = "csrf"
AGE = 60 * 60  # seconds
TIMES = re.compile(r"(?:app|sql|cache);dur=([0-9.]+)")  # milliseconds, which make up the whole
_signer = signing.TimestampSigner(salt="sessions_app.attacks.run")

# From which name, at which address. ABSENT is a client that does not say where a form came from.
CROSS, SAME, ABSENT = "cross", "same", "absent"
SHIPPED, UNSAFE = "shipped", "unsafe"


def run_for(browser_name: str) -> str:
    """Return what the hostile page gets, to hand it on."""
    return _signer.sign(browser_name)


def browser_in(request: HttpRequest) -> str:
    """Return the browser that the form names, "" where it names none."""
    try:
        return _signer.unsign(request.GET.get("run", ""), max_age=AGE)
    except signing.BadSignature:
        return ""


def pages(browser_name: str) -> list[dict[str, Any]]:
    """Return the four hostile pages with their addresses; none where the demo has none."""
    if not settings.HOSTILE_SAME_SITE:
        return []
    names = {CROSS: settings.HOSTILE_CROSS_SITE, SAME: settings.HOSTILE_SAME_SITE}
    run = run_for(browser_name)
    return [
        {
            "key": f"{name} {at}",
            "host": urlsplit(origin).netloc,
            "same_site": name == SAME,
            "unsafe": at == UNSAFE,
            "url": f"{origin}/{at}/?run={run}",
        }
        for at in (SHIPPED, UNSAFE)
        for name, origin in names.items()
    ]


def shown(request: HttpRequest, browser_name: str, trial: Trial) -> dict[str, Any]:
    """Return for the page what each of the hostile pages has sent so far, and the client without an Origin."""
    sent = trial.result.get("sent", {})
    return {
        "colour": request.session.get(COLOUR, ""),
        "pages": [page | {"sent": sent.get(page["key"])} for page in pages(browser_name)],
        "without_origin": sent.get(f"{ABSENT} {SHIPPED}"),
    }


def without_origin(cast: Cast) -> dict[str, Any]:
    """Post the form with the victim's cookie, but as a client that sends neither an Origin nor a token."""
    victim, colour = cast.actor("the old browser"), reverse("attacks:colour")
    victim.sign_in(reverse("sessions:login"))
    victim.post_as_it_is(f"{colour}?run={run_for(browser.browser_of(cast.learner))}", {"colour": "red"})
    victim.leave()
    return {}


def note(request: HttpRequest, response: HttpResponse, *, reason: str = "", changed: bool = False) -> HttpResponse:
    """Write down what a hostile page sent and what it got; from any other page nothing. Returns the response."""
    names = {settings.HOSTILE_CROSS_SITE: CROSS, settings.HOSTILE_SAME_SITE: SAME, None: ABSENT}
    origin, who = request.headers.get("Origin"), browser_in(request)
    if origin not in names:
        return response
    name = names[origin]
    at = UNSAFE if request.path == reverse("attacks:naive-colour") else SHIPPED
    seen = {
        "status": response.status_code,
        "cookie": settings.SESSION_COOKIE_NAME in request.COOKIES,
        "origin": origin or "",
        "reason": reason.partition(" - ")[0].rstrip("."),
        "changed": changed,
        "at": timezone.now().isoformat(),
    }
    if not Trial.objects.add(who, SLUG, {"sent": {f"{name} {at}": seen}}):
        return response
    if browser.COOKIE not in request.COOKIES:
        at_close(response).append(partial(show_on_the_wire, request, response, who))
    return response


def show_on_the_wire(request: HttpRequest, response: HttpResponse, browser_name: str) -> None:
    """Put a post that came without cookies into the list of the browser that sent it: the wire could not know."""
    exchange = recorder.describe(request, response, Counters(detailed=False))
    exchange.browser = browser_name
    exchange.counted = False
    exchange.microseconds = round(sum(float(one) for one in TIMES.findall(response["Server-Timing"])) * 1000)
    recorder.keep(exchange)
