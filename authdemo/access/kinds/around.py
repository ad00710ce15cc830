"""What lets nobody in, and says what is going on: wrong passwords that count, and events."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from authdemo.events.models import AuthEvent
from authdemo.guard.models import Failures

from .base import BY_NAME, MOST, Found, Kind, Row


class Locks(Kind):
    """Wrong passwords that still count. They let nobody in; they may keep the user out."""

    name, title = "locks", "Wrong passwords that count"
    model, lookup = Failures, BY_NAME

    def of(self, user: Any) -> Found:
        """Return them, by address."""
        rows: Any = Failures.objects.one_a_pair(timezone.now()).filter(username=user.get_username())
        shown = [Row(f"{row.here} from {row.ip_address}", row.attempt_time, key=row.pk) for row in rows[:MOST]]
        return Found(rows.count(), shown)


class Events(Kind):
    """What has happened to this user lately."""

    name, title = "events", "Events"
    model = AuthEvent

    def of(self, user: Any) -> Found:
        """Return the newest."""
        rows = AuthEvent.objects.by(user)
        shown = [Row(_told(row), row.at, key=row.pk) for row in rows[:MOST]]
        return Found(rows.count(), shown)


def _told(event: AuthEvent) -> str:
    """Say what happened, and who did it where that was somebody else."""
    actor = f", by {event.actor_name}" if event.actor_name else ""
    return f"{event.get_mechanism_display()}: {event.get_verb_display()}{actor}"
