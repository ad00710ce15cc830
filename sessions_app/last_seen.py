"""When was this session last used? True to the minute, since it is written down once a minute at most.

A write at every request would cost more than the look-up of the session. So each process remembers when it last
wrote, and the statement itself changes a row only where no other process has done so in this minute. It runs when the
answer has been sent: nobody waits for it.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from contextvars import ContextVar
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.core.signals import request_finished
from django.db import DatabaseError
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

EVERY = timedelta(minutes=1)
REMEMBERED = 10_000  # sessions for each process; one that is forgotten costs a statement that changes nothing

logger = logging.getLogger("sessions_app.last_seen")
_written: OrderedDict[str, datetime] = OrderedDict()
_lock = Lock()
_used: ContextVar[tuple[str, datetime] | None] = ContextVar(
    "session that this thread's request has used", default=None
)


def note(request: HttpRequest) -> None:
    """Remember that this session was used, where that is due. Asks for nothing that this request has not loaded."""
    session = request.session
    # Loaded by somebody, not by us: a page that asks for no session must not pay for one.
    data = getattr(session, "_session_cache", None) or {}
    key, now = session.session_key, timezone.now()
    if not key or SESSION_KEY not in data or not _is_due(key, data.get("signed_in_at"), now):
        return
    if request.user.is_authenticated:  # else it is of a closed account, for example
        _used.set((key, now))


@receiver(request_finished, dispatch_uid="sessions_app.write_last_seen")
def write(**kwargs: Any) -> None:
    """Write it down. Django sends this signal in the request's thread, as the body of the answer is closed."""
    if (used := _used.get()) is None:
        return
    _used.set(None)
    key, now = used
    try:
        UserSession.objects.filter(session_key=key, last_seen_at__lte=now - EVERY).update(last_seen_at=now)
    except DatabaseError as error:  # book-keeping: the answer was sent
        logger.warning("last seen was not written: %s", type(error).__name__)


def _is_due(key: str, signed_in_at: str | None, now: datetime) -> bool:
    """Tell whether this process has to write, and take it as written."""
    with _lock:
        # The row of a new session says by itself when it was last seen.
        last = _written.get(key) or (datetime.fromisoformat(signed_in_at) if signed_in_at else None)
        if last and abs(now - last) < EVERY:
            return False
        _written[key] = now
        _written.move_to_end(key)
        while len(_written) > REMEMBERED:
            _written.popitem(last=False)
        return True
