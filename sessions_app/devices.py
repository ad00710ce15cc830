"""A user's sessions on all devices: `allauth.usersessions` keeps a row for each, with its key, address and browser.

Django's session table cannot answer "which sessions are alice's?": it is looked up by key, and the user's ID is inside
the encoded data. Hence a second table. The session stays the truth; a row only points to it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import signed_cookies
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone

from .programs import program
from .store import store_class

ended = Signal()
"""A session was ended from elsewhere: on the page of devices, or in the admin. Has `user`."""


def server_keeps_records() -> bool:
    """Return False for signed cookies: all data is in the cookie, so there is nothing to list and nothing to end."""
    return not issubclass(store_class(), signed_cookies.SessionStore)


def is_the_sites(session: SessionBase) -> bool:
    """Tell whether this is a session of SESSION_ENGINE.

    A project may open others beside it, with an engine class of their own. They are nobody's "devices".
    """
    return type(session) is store_class()


def oldest() -> datetime:
    """Return since when a session can have begun that has not ended by itself."""
    return timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)


def add(request: HttpRequest) -> None:
    """Add the row for this request's session, and drop the user's rows that are too old to point to anything."""
    if not server_keeps_records():
        return
    # First the session, then the row: a row without a session is taken for a leftover and removed.
    request.session.save()
    UserSession.objects.filter(user_id=request.user.pk, created_at__lt=oldest()).delete()
    # PostgreSQL refuses NUL in text.
    request.META["HTTP_USER_AGENT"] = request.META.get("HTTP_USER_AGENT", "").replace("\0", "")
    try:
        UserSession.objects.create_from_request(request)
    except PermissionDenied:
        # allauth cannot tell the client's address (behind a Unix socket without ALLAUTH_TRUSTED_PROXY_COUNT). To be
        # listed is not worth refusing the sign-in.
        return


def follow(old_key: str, request: HttpRequest) -> None:
    """Bring the row of `old_key` to the session that this request ended with, or remove it.

    The key changes without a new sign-in when the user changes the password (`update_session_auth_hash`): without its
    row, "end all others" would miss that session. A sign-out, or somebody else's sign-in, leaves nothing to point to.
    """
    old = UserSession.objects.filter(session_key=old_key)
    key = request.session.session_key
    if key and request.user.is_authenticated and not UserSession.objects.filter(session_key=key).exists():
        old.filter(user_id=request.user.pk).update(session_key=key)
    old.delete()


def list_for(request: HttpRequest) -> list[UserSession]:
    """Return the user's live sessions, this one first, then the newest; each has `is_this` and `program`."""
    if not server_keeps_records():
        return []
    rows = _live(request.user)
    if not any(row.session_key == request.session.session_key for row in rows):
        add(request)  # this session is older than the app
        rows = _live(request.user)
    for row in rows:
        row.is_this = row.session_key == request.session.session_key
        row.program = program(row.user_agent)
    return sorted(rows, key=lambda row: (row.is_this, row.created_at), reverse=True)


def end(row: UserSession) -> None:
    """End somebody's session elsewhere: delete it in its store, then the row. Its next request is anonymous."""
    user = row.user
    row.end()
    ended.send(sender=UserSession, user=user)


def end_others(request: HttpRequest) -> int:
    """End every session of this user but this one. Returns how many."""
    if not server_keeps_records():
        return 0
    return _end_each(
        UserSession.objects.filter(user_id=request.user.pk).exclude(session_key=request.session.session_key)
    )


def end_all(user: AbstractBaseUser) -> int:
    """End every session of a user, wherever it is. Returns how many."""
    return _end_each(UserSession.objects.filter(user_id=user.pk)) if server_keeps_records() else 0


def keep_only_this(old_key: str | None, request: HttpRequest) -> int:
    """After a new password: this session, which has another key than `old_key` now, goes on; the others end.

    They would be anonymous anyway: each holds a mark of the password. But their records would lie there for weeks.
    Returns how many there were.
    """
    if old_key and server_keeps_records():
        follow(old_key, request)
    return end_others(request)


def _end_each(rows: QuerySet[UserSession]) -> int:
    found = list(rows.select_related("user"))
    for row in found:
        end(row)
    return len(found)


def _live(user: AbstractBaseUser | AnonymousUser) -> list[UserSession]:
    return list(UserSession.objects.purge_and_list(user))
