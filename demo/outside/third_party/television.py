"""A television: no keyboard, no browser of its own. It shows a code, and somebody types it elsewhere (RFC 8628)."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from . import browsers, tokens
from .connecting import connection_of
from .models import Connection, Screen
from .notes import NOTES, read
from .site import TELEVISION
from .tokens import Ended, Use
from .trouble import Refused, Trouble, understood

SCOPE = "profile notes:read"  # no "openid": it need not know who watches
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
LONGEST_WAIT = 60  # seconds between two questions
State = Screen.State


@require_POST
def on(request: HttpRequest) -> HttpResponse:
    """Ask the site for a code (RFC 8628 §3.1), and give back what was there before."""
    answer = TELEVISION.post("device_authorization_endpoint", scope=SCOPE)
    with understood():
        shown = _shown(answer)
    browser = browsers.moved(request.session.get("browser", ""))
    browsers.begin(request.session, browser)
    _forget(request)
    Screen.objects.update_or_create(
        browser=browser, defaults=shown | {"state": State.WAITING, "slowed": False, "asked": 0}
    )
    return redirect("television")


def _shown(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what the screen shows and needs, out of an answer of RFC 8628 §3.2. Raises ValueError."""
    code, whole = answer["user_code"], answer.get("verification_uri_complete") or ""
    addresses = [answer["verification_uri"], *filter(None, [whole])]
    if not all(urlsplit(address).scheme in {"http", "https"} and len(address) <= 500 for address in addresses):
        raise ValueError("address")
    if not code.isprintable() or not 1 <= len(code) <= 40 or not isinstance(answer["device_code"], str):
        raise ValueError("code")
    life, interval = int(answer["expires_in"]), int(answer.get("interval") or 5)  # §3.2: five, where it says nothing
    if not (1 <= life <= 86_400 and 1 <= interval <= LONGEST_WAIT):
        raise ValueError("time")
    now = timezone.now()
    return {
        "user_code": code, "device_code": answer["device_code"], "address": addresses[0], "whole_address": whole,
        "expires_at": now + timedelta(seconds=life),
        "interval": interval, "next_at": now + timedelta(seconds=interval),
    }  # fmt: skip


@never_cache
@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """Show the screen. Where it waits and it is time, ask the site first; a reload before that asks nothing."""
    mine = Screen.objects.filter(browser=request.session.get("browser", ""))
    shown = mine.first()
    if shown is not None and shown.state == State.WAITING:
        poll(shown)
        shown = mine.first()  # None where it was switched off meanwhile
    context: dict[str, Any] = {"screen": shown, "states": State}
    if shown is None or shown.state != State.DONE:
        if shown is not None:
            left = (shown.next_at - timezone.now()).total_seconds()
            context |= {
                "wait": max(1, int(left) + 1),
                "left": max(0, int((shown.expires_at - timezone.now()).total_seconds() / 60)),
            }
        return render(request, "paper/television.html", context)
    connection = connection_of(request, TELEVISION.client_id)
    if connection is None:
        raise Trouble("unconnected")
    use = Use(connection)
    try:
        answer = use.call("GET", NOTES)
    except Ended:
        return render(request, "paper/television.html", context | {"ended": True}, status=HTTPStatus.FORBIDDEN)
    if answer.status_code == HTTPStatus.FORBIDDEN:
        return render(request, "paper/television.html", context | {"narrow": True}, status=HTTPStatus.FORBIDDEN)
    return render(request, "paper/television.html", context | {"connection": use.connection, "notes": read(answer)})


def poll(shown: Screen) -> None:
    """Ask the site whether somebody has answered; not before it is time, and once for all tabs (RFC 8628 §3.5)."""
    now = timezone.now()
    row = Screen.objects.filter(pk=shown.pk, browser=shown.browser, state=State.WAITING, device_code=shown.device_code)
    if shown.expires_at <= now:
        row.update(state=State.EXPIRED, device_code="")
        return
    pause = timedelta(seconds=shown.interval)
    if not row.filter(next_at__lte=now).update(next_at=now + pause + timedelta(seconds=10), asked=F("asked") + 1):
        return
    try:
        answer = TELEVISION.fetched(grant_type=GRANT, device_code=shown.device_code)
    except Refused as why:
        _answered(row, shown, why)
    except Trouble as why:
        # §3.5: back off where no answer came.
        longer = min(2 * shown.interval, LONGEST_WAIT)
        row.update(interval=longer, next_at=timezone.now() + timedelta(seconds=longer))
        if why.kind not in {"away", "slow", "failing"}:
            raise
    else:
        _connected(row, shown, answer)


def _connected(row: Any, shown: Screen, answer: dict[str, Any]) -> None:
    """Keep the tokens, and then say so: another tab that reads "done" must find them. Raises Trouble."""
    with TELEVISION.kept_or_given_back(answer):
        connection = tokens.keep(shown.browser, TELEVISION.client_id, answer, SCOPE, subject="", username="")
    if row.update(state=State.DONE, device_code=""):
        _name(connection)
    else:  # switched off in this moment
        Connection.objects.filter(pk=connection.pk, access_token=connection.access_token).delete()
        tokens.give_back(connection)


def _answered(row: Any, shown: Screen, why: Refused) -> None:
    """Write down what an error of RFC 8628 §3.5 means."""
    if why.error in {"authorization_pending", "slow_down"}:
        slower = shown.interval + (5 if why.error == "slow_down" else 0)
        next_at = timezone.now() + timedelta(seconds=slower)
        row.update(interval=slower, next_at=next_at, slowed=why.error == "slow_down" or shown.slowed)
    elif why.error in {"access_denied", "expired_token"}:
        row.update(state=State.DENIED if why.error == "access_denied" else State.EXPIRED, device_code="")
    else:  # invalid_grant: the site does not know the code (any more)
        row.update(state=State.EXPIRED, device_code="")
        if why.error != "invalid_grant":
            raise why


def _name(connection: Connection) -> None:
    """Ask whose notes these are. Without an answer the screen says "somebody"."""
    try:
        answer = Use(connection).call("GET", "/oauth/api/whoami/")
        name = answer.json()["user"]["username"] if answer.ok else ""
    except (Ended, Trouble, LookupError, TypeError, ValueError):
        return
    Connection.objects.filter(pk=connection.pk).update(username=str(name)[:255].replace("\0", ""))


@require_POST
def off(request: HttpRequest) -> HttpResponse:
    """Give the tokens back and show nothing."""
    Screen.objects.filter(browser=request.session.get("browser", "")).delete()
    _forget(request)
    return redirect("television")


def _forget(request: HttpRequest) -> None:
    connection = connection_of(request, TELEVISION.client_id)
    if connection is not None:
        connection.delete()
        tokens.give_back(connection)
