"""What could grow without bound is asked for by `prune`, or it is written down here why it does not grow."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo.events.models import AuthEvent
from authdemo.housekeeping import scale
from oauth_app.provider.models import Grant, GrantToken
from tests.fixtures.demo import RunningDemo
from tests.housekeeping.test_prune import prune

# Goes in the statement that deletes what it belongs to.
GOES_WITH = {
    "jwt_app_familymember": "its refresh token",
    "token_blacklist_blacklistedtoken": "its refresh token",
    "oauth_provider_granttoken": "its token of an app",
}

ONE_EACH = "one for each user, or for each account that a user has connected"
BY_HAND = "somebody adds each by hand, and takes it away"
UNUSED = "the library's, for a setting that is off here: nothing writes to it"
BY_DEPLOYING = "as large as the code"
DOES_NOT_GROW = {
    "accounts_user": "these are the users",
    "account_emailaddress": ONE_EACH,
    "socialaccount_socialaccount": ONE_EACH,
    "oauth_client_providertoken": ONE_EACH,
    "oauth_provider_consent": "one for each user and app, until it is taken back",
    "oauth_provider_note": "what a user has written",
    "allauth_idp_oidc_client": BY_HAND,
    "accounts_user_groups": BY_HAND,
    "accounts_user_user_permissions": BY_HAND,
    "auth_group": BY_HAND,
    "auth_group_permissions": BY_HAND,
    "socialaccount_socialapp": UNUSED,  # apps stand in the settings
    "socialaccount_socialtoken": UNUSED,  # SOCIALACCOUNT_STORE_TOKENS
    "account_emailconfirmation": UNUSED,  # ACCOUNT_EMAIL_CONFIRMATION_HMAC
    "axes_accesslog": UNUSED,  # AXES_DISABLE_ACCESS_LOG
    "axes_accessfailurelog": UNUSED,  # AXES_ENABLE_ACCESS_FAILURE_LOG
    "axes_accessattemptexpiration": UNUSED,  # AXES_USE_ATTEMPT_EXPIRATION
    "auth_permission": BY_DEPLOYING,
    "django_content_type": BY_DEPLOYING,
    "django_migrations": BY_DEPLOYING,
}

# In VAR_DIR, by what a name begins with.
FILES = {
    "site.sqlite3": "the tables above",
    "lab_sessions": "pruned: expired sessions of the store lab",
    "sessions": "pruned: expired sessions, with SESSION_STORE=file",
    "secret_key": "one key",
    "oauth_provider_key.pem": "one key",
    "oauth_token_key": "one key",
    "lab_jwt_key": "one key for each algorithm of the experiment",
    "jwt_keys.json": "at most so many keys as the ring takes; what is needed no more goes with the next change",
    "bench": "the last measurement, which the next one replaces",
    "valkey": "forgets by itself what has expired",
    "outside": "the demo's stand-ins, not the site's: the demo makes these anew where they are missing",
    "third_party": "somebody else's app, in the demo only: made anew where it is missing",
}

SIZE = 7
LIMITED = re.compile(rf" LIMIT (?:{SIZE}|%s)$")


@contextmanager
def statements() -> Iterator[list[tuple[str, int]]]:
    """Each statement, and how many values it is given. Django's own list is emptied after each batch."""
    seen: list[tuple[str, int]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, len(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


@pytest.mark.django_db
def test_each_table_is_pruned_or_it_is_said_why_it_does_not_grow() -> None:
    with statements() as seen:
        prune()
    asked = {found[1] for sql, _ in seen if (found := re.search(r'FROM "(\w+)"', sql))}
    said = {*GOES_WITH, *DOES_NOT_GROW}
    assert not asked & said
    assert asked | said == set(connection.introspection.table_names())


@pytest.mark.live
def test_each_file_is_pruned_or_it_is_said_why_it_does_not_grow(demo: RunningDemo) -> None:
    names = os.listdir(demo.environment["VAR_DIR"])
    assert "site.sqlite3" in names
    assert [name for name in names if not name.startswith(tuple(FILES))] == []


@pytest.mark.django_db
def test_no_statement_is_about_more_than_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """So memory is flat, however much is over, and nobody waits long for the lock."""
    rows = 60
    monkeypatch.setattr(scale, "LATER", timedelta(days=-2))
    scale.fill(rows, lambda done: None)
    long_ago = timezone.now() - timedelta(days=400)
    Session.objects.update(expire_date=long_ago)
    UserSession.objects.update(created_at=long_ago)
    OutstandingToken.objects.update(expires_at=long_ago)
    AuthEvent._base_manager.update(at=long_ago)
    Grant.objects.update(exchanged_at=long_ago)
    with statements() as seen:
        said = prune(batch_size=SIZE)
    assert f"{2 * rows:>10,} expired refresh tokens" in said
    for model in (Session, UserSession, OutstandingToken, AuthEvent, Grant, GrantToken):
        assert not model._base_manager.exists()
    for sql, values in seen:
        # It ends with the size of a batch, or it names the rows; what else it is given says since when they are over.
        of_a_batch = LIMITED.search(sql) or " IN (%s" in sql
        assert of_a_batch or not sql.startswith(("SELECT", "DELETE", "UPDATE")), sql
        assert values <= SIZE + 8, sql
