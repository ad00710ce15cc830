"""Which rows are this browser's: by an id in its session, which is another one after each new connection.

A new session key alone does not keep out who has planted the cookie. Two requests at once with one session each copy
it under a key of its own, so whoever sets them off has two cookies with the same id inside: one to plant, and one to
read what the other one gets. So the id goes with the key, the rows go with the id, and a copy points at nothing.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from .models import Connection, Screen


@transaction.atomic
def moved(before: str, client_id: str = "", subject: str = "") -> str:
    """Move what a browser has from its id `before`, "" for none, to a new one, and return that.

    Two tabs may come back at once. The second one finds nothing under `before`, and joins the first where both ID
    tokens name one user (`subject`) of one client: it has proved that it may see this.
    """
    if before and subject and not Connection.objects.filter(browser=before, client_id=client_id).exists():
        first = Connection.objects.filter(browser_before=before, client_id=client_id, subject=subject).first()
        if first is not None:
            return first.browser
    browser = secrets.token_hex(16)
    if before:
        # Nobody joins what moves for another reason: who owns the planted copy can prove to be the user of before.
        Connection.objects.filter(browser=before).update(browser=browser, browser_before="")
        Screen.objects.filter(browser=before).update(browser=browser)
    return browser


def begin(session: Any, browser: str) -> None:
    """Go on with another id, under another key: whoever has planted the old ones sees nothing of what comes now."""
    session["browser"] = browser
    session.cycle_key()
