"""Sessions: of the site, and on the stores of the lab."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings

from sessions_app import devices
from sessions_app.labs.stores.living import can_be_listed, sessions_of
from sessions_app.labs.stores.stores import STORES
from sessions_app.programs import program

from .base import MOST, Found, Kind, Row


class Sessions(Kind):
    """Sessions of the site, in whichever store."""

    name, title = "sessions", "Sessions"
    model = UserSession
    ends = "They end at once: the next request of each browser is anonymous."

    def of(self, user: Any) -> Found:
        """Return the rows that are young enough to point to one."""
        if not devices.server_keeps_records():
            return Found(note="They lie in signed cookies, so nobody can list them.")
        rows = UserSession.objects.filter(user_id=user.pk, created_at__gt=devices.oldest()).order_by("-last_seen_at")
        shown = [Row(f"{program(row.user_agent)} at {row.ip}", row.created_at, key=row.pk) for row in rows[:MOST]]
        return Found(rows.count(), shown)

    def end(self, user: Any) -> int:
        """As the page of devices does."""
        return devices.end_all(user)


class LabSessions(Kind):
    """Sessions of the site's users on the stores of the lab, which open the lab and nothing else."""

    name, title = "lab-sessions", "Sessions in the store lab"
    model = UserSession
    ends = "They end at once, on each store: in signed cookies and in the memory of a process as well."

    def of(self, user: Any) -> Found:
        """Return those that a store can list. Without LABS nobody is let in by one."""
        if not settings.LABS:
            return Found()
        found, silent = sessions_of(user)
        rows = [Row(one.store.title, one.since, one.until) for one in found[:MOST]]
        unlisted = [store.title for store in STORES if not can_be_listed(store)]
        note = f"Nobody can list those in: {', '.join(unlisted).lower()}."
        if silent:
            note += f" This does not answer: {', '.join(store.title for store in silent)}."
        return Found(len(found), rows, note=note)

    def url(self, user: Any, key: Any = None) -> str:
        """Return "": they have no page here."""
        return ""

    def end(self, user: Any) -> int:
        """Delete the records. Those that nobody can list, or reach just now, carry a mark that is worthless."""
        if not settings.LABS:
            return 0
        found, _ = sessions_of(user)
        for one in found:
            one.end()
        return len(found)
