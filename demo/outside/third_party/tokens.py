"""Use what a user has allowed: call the API, fetch the next tokens, give them back. No request and no page in here."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

import requests
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from .calls import PATIENCE
from .models import Connection, Screen
from .site import CLIENTS
from .trouble import Refused, Trouble

LONGEST_LIFE = 10 * 365 * 24 * 60 * 60  # seconds; what a site says beyond that is no date
FORGOTTEN = timedelta(days=45)
TURN = timedelta(seconds=3 * PATIENCE)  # discovery, the exchange, and some time to write it down


class Ended(Exception):
    """The tokens open nothing any more, and there will be no others without the user."""


@dataclass
class Use:
    """One connection at work for one page. `story` says what was done, for the page."""

    connection: Connection
    story: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Return the API's answer (RFC 6750 §2.1). A token that is over is renewed first, and once more on a 401.

        Raises Trouble where no answer came, Ended where there is no token any more.
        """
        if self.connection.ended:
            raise Ended
        renewed = self.connection.expired
        if renewed:
            self.story.append("By our clock the access token was over.")
            self.renew()
        answer = self._send(method, path, **more)
        if answer.status_code == HTTPStatus.UNAUTHORIZED and not renewed:
            self.renew()
            answer = self._send(method, path, **more)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            end(self.connection, Connection.Ended.REFUSED)
            raise Ended
        return answer

    def renew(self) -> None:
        """Go on with the next tokens. Raises Trouble or Ended."""
        before = self.connection
        try:
            self.connection, mine = refresh(before)
        except Ended:
            if before.refresh_token:
                self.story.append("The site refused the refresh token, too: invalid_grant.")
            raise
        self.story.append(
            "The refresh token was exchanged for new tokens." if mine
            else "Another tab has just fetched new tokens; this page uses those."
        )  # fmt: skip

    def _send(self, method: str, path: str, **more: Any) -> requests.Response:
        client = CLIENTS[self.connection.client_id]
        answer = client.ask(method, path, self.connection.access_token, **more)
        self.story.append(f"{method} {path} was answered {answer.status_code} {phrase(answer.status_code)}.")
        return answer


def phrase(status: int) -> str:
    """Return the words for a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def columns(answer: Mapping[str, Any], asked: str) -> dict[str, Any]:
    """Return what to keep of a token endpoint's answer. Raises Trouble."""
    try:
        life = int(answer["expires_in"]) if answer.get("expires_in") is not None else None
    except (TypeError, ValueError, OverflowError):
        raise Trouble("garbage") from None
    scope = str(answer.get("scope") or asked)  # RFC 6749 §5.1: left out where it is what was asked for
    if (life is not None and not 0 <= life <= LONGEST_LIFE) or len(scope) > 500 or "\0" in scope:
        raise Trouble("garbage")
    return {
        "access_token": answer["access_token"],
        "scope": scope,
        "expires_at": _end(life),
    }


def _end(life: int | None) -> datetime | None:
    return timezone.now() + timedelta(seconds=life) if life is not None else None


def keep(browser: str, client_id: str, answer: Mapping[str, Any], asked: str, **who: str) -> Connection:
    """Keep the first tokens of a connection, in the place of those before, which are given back."""
    kept = columns(answer, asked) | who | {"refresh_token": answer.get("refresh_token") or ""}
    fresh = {"connected_at": timezone.now(), "refreshed_at": None, "busy_until": None, "ended": ""}
    with transaction.atomic():  # two answers at once: the tokens of one of them are those before
        before = Connection.objects.filter(browser=browser, client_id=client_id).first()
        version = {"version": before.version + 1 if before else 0}
        connection, _ = Connection.objects.update_or_create(
            browser=browser, client_id=client_id, defaults=kept | fresh | version
        )
        if before:
            transaction.on_commit(partial(give_back, before))  # no lock is held while we wait for the site
    # Whoever has not been here for so long has no session any more, and tokens that the site has ended.
    long_ago = timezone.now() - FORGOTTEN
    Connection.objects.filter(Q(refreshed_at=None) | Q(refreshed_at__lt=long_ago), connected_at__lt=long_ago).delete()
    Screen.objects.filter(expires_at__lt=long_ago).delete()
    return connection


def refresh(seen: Connection) -> tuple[Connection, bool]:
    """Return the connection with the tokens after those of `seen`, and whether it was us who fetched them.

    The site takes a refresh token once, and ends everything where one comes twice (RFC 9700 §4.14.2): it cannot tell
    two tabs from a thief. So one at a time. Whose turn it is stands in the row, with an end, and no lock is held while
    we wait for the site. Raises Trouble or Ended.
    """
    if not seen.refresh_token:
        end(seen, Connection.Ended.OVER)
        raise Ended
    now = timezone.now()
    rows = Connection.objects.filter(pk=seen.pk, version=seen.version, ended="")
    if rows.filter(Q(busy_until=None) | Q(busy_until__lt=now)).update(busy_until=now + TURN):
        return _exchange(seen), True
    return _wait(seen, time.monotonic() + TURN.total_seconds()), False


def _exchange(seen: Connection) -> Connection:
    client = CLIENTS[seen.client_id]
    row = Connection.objects.filter(pk=seen.pk, version=seen.version)
    try:
        answer = client.refreshed(seen.refresh_token)
        changes = columns(answer, seen.scope)
    except Refused as why:
        if why.error == "invalid_grant":  # RFC 6749 §5.2: revoked, expired, or used by somebody before
            end(seen, Connection.Ended.REFUSED)
            raise Ended from None
        row.update(busy_until=None)
        raise
    except Trouble:
        row.update(busy_until=None)
        raise
    changes["refresh_token"] = answer.get("refresh_token") or seen.refresh_token
    if not row.update(**changes, version=F("version") + 1, busy_until=None, refreshed_at=timezone.now()):
        client.give_back(changes["refresh_token"])  # disconnected in this moment: nobody needs them
        raise Ended
    return Connection.objects.get(pk=seen.pk)


def _wait(seen: Connection, deadline: float) -> Connection:
    """Return what somebody else has fetched."""
    while time.monotonic() < deadline:
        now = Connection.objects.filter(pk=seen.pk).first()
        if now is None or now.ended:
            raise Ended
        if now.version != seen.version:
            return now
        if now.busy_until is None:
            raise Trouble("away")  # it did not work there, and would not here, now
        time.sleep(0.05)
    raise Trouble("slow")


def end(seen: Connection, why: Connection.Ended) -> None:
    """Forget tokens that open nothing; what was connected stays, so that the page can say what happened."""
    row = Connection.objects.filter(pk=seen.pk, version=seen.version)
    row.update(ended=why, access_token="", refresh_token="", busy_until=None, version=F("version") + 1)


def give_back(connection: Connection) -> bool:
    """Revoke at the site (RFC 7009). Tells whether there is nothing left there."""
    token = connection.refresh_token or connection.access_token
    return not token or CLIENTS[connection.client_id].give_back(token)
