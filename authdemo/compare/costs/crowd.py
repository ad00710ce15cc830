"""A thousand, ten thousand, a hundred thousand live sessions and tokens of other users, written in bulk.

Each is what the site would have written, but for its key, which is random, and its user, who is one of a crowd. One
statement of SQLite a table: Django's `bulk_create` takes a minute for what this does in seconds.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import AutoField, Max, Model
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo import third_party
from authdemo.accounts.models import User
from jwt_app import denylist_cache
from jwt_app.models import Denial, FamilyMember, RefreshFamily
from oauth_app.provider.models import Consent, Grant, GrantToken

from .people import SCOPE

EACH = 10  # sessions and tokens of one user
LATER = timedelta(days=7)
KEY = "substr(a, 1, 32)"  # of the two random values of a row
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class Crowd:
    """Fills the tables. `stored` has the bytes of each kind in the database, indexes and all."""

    def __init__(self) -> None:
        self.live = 0
        self.stored = dict.fromkeys(("sessions", "families", "denials", "grants"), 0)

    def grow_to(self, live: int) -> None:
        """Add rows until there are so many of each kind."""
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS new (i INTEGER PRIMARY KEY, a TEXT, b TEXT)")
            cursor.execute("DELETE FROM new")
            cursor.execute(
                "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %s) "
                "INSERT INTO new SELECT i, lower(hex(randomblob(32))), lower(hex(randomblob(32))) FROM n",
                [live - self.live],
            )
        first = _next_id(User)
        some = f"new WHERE i % {EACH} = 0"
        copy(User(password="!", is_active=True), {"id": f"{first} + i / {EACH}", "username": "'crowd' || a"}, some)  # noqa: S106
        self._user = f"{first} + i / {EACH}"
        for kind in self.stored:
            before = database_bytes()
            with transaction.atomic():
                getattr(self, f"_add_{kind}")()
            self.stored[kind] += database_bytes() - before
        denylist_cache.void()  # as each denial does: the copy of before lacks these
        self.live = live

    def settle(self) -> None:
        """Bring what was written into the database's file. Else those who are measured next would do it."""
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _add_sessions(self) -> None:
        pattern = Session.objects.first()
        data = pattern.session_data if pattern else ""
        copy(Session(session_data=data, expire_date=timezone.now() + LATER), {"session_key": KEY})
        copy(UserSession(ip="127.0.0.1", user_agent=AGENT), {"session_key": KEY, "user_id": self._user})

    def _add_families(self) -> None:
        now, first = timezone.now(), _next_id(OutstandingToken)
        family = RefreshFamily(session_auth_hash="0" * 64, created_at=now)
        copy(family, {"id": KEY, "user_id": self._user})
        row = OutstandingToken(created_at=now, expires_at=now + LATER)
        copy(row, {"id": f"{first} + i", "user_id": self._user, "jti": "substr(b, 1, 32)", "token": "b"})
        copy(FamilyMember(), {"token_id": f"{first} + i", "family_id": KEY})

    def _add_denials(self) -> None:
        row = Denial(expires_at=timezone.now() + LATER, reason="logout", created_at=timezone.now())
        copy(row, {"identifier": "substr(a, 1, 36)", "user_id": self._user})

    def _add_grants(self) -> None:
        now, app = timezone.now(), third_party.APPS[0]
        consent, grant, token = _next_id(Consent), _next_id(Grant), _next_id(Token)
        allowed = Consent(client_id=app.pk, scopes=SCOPE, created_at=now)
        copy(allowed, {"id": f"{consent} + i / {EACH}", "user_id": self._user}, f"new WHERE i % {EACH} = 0")
        came_of_it = Grant(
            scopes=SCOPE, redirect_uri=app.redirect_uris[0], code_challenge="c" * 43, created_at=now, exchanged_at=now
        )
        copy(came_of_it, {"id": f"{grant} + i", "consent_id": f"{consent} + i / {EACH}", "code_hash": "a"})
        row = Token(client_id=app.pk, type=Token.Type.ACCESS_TOKEN, scopes=SCOPE, expires_at=now + LATER)
        copy(row, {"id": f"{token} + i", "user_id": self._user, "hash": "b"})
        copy(GrantToken(), {"token_id": f"{token} + i", "grant_id": f"{grant} + i"})


def copy(pattern: Model, differs: dict[str, str], rows: str = "new") -> None:
    """Insert the pattern once for each row of `rows`. What differs is SQL, by column: `i`, `a`, `b` are the row's."""
    columns, values, parameters = [], [], []
    for one in pattern._meta.concrete_fields:
        if one.column in differs:
            values.append(differs[one.column])
        elif isinstance(one, AutoField):
            continue
        else:
            values.append("%s")
            parameters.append(one.get_db_prep_save(getattr(pattern, one.attname), connection))
        columns.append(connection.ops.quote_name(one.column))
    table = connection.ops.quote_name(pattern._meta.db_table)
    what, source = ", ".join(values), rows.replace("%", "%%")
    sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {what} FROM {source}"  # noqa: S608  nobody's input
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def _next_id(model: type[Model]) -> int:
    return int(model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1


def database_bytes() -> int:
    """Return the size of the SQLite database: its pages in use, those that are still in the write-ahead log, too."""
    names = ("page_count", "freelist_count", "page_size")
    with connection.cursor() as cursor:
        pages, free, size = (int(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in names)
    return (pages - free) * size
