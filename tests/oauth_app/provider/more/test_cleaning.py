"""`manage.py clear_oauth_grants`: what is over goes, what is in use stays, and memory stays flat."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.core.management import CommandError, call_command
from django.utils import timezone

from oauth_app.provider.models import Consent, DeviceCode, Grant, GrantToken, UsedRefreshToken, WrongUserCodes
from oauth_app.provider.more import cleaning

from .test_devices import codes, decide, poll, said

pytestmark = pytest.mark.django_db


def clear(**options: Any) -> str:
    out = StringIO()
    call_command("clear_oauth_grants", stdout=out, **options)
    return out.getvalue()


def age(days: float, *models: Any) -> None:
    """Let time go by for what stands in these tables."""
    for model in models:
        for row in model.objects.all():
            for field in model._meta.fields:
                value = getattr(row, field.name)
                if field.get_internal_type() == "DateTimeField" and value:
                    model.objects.filter(pk=row.pk).update(**{field.name: value - timedelta(days=days)})


ALL = (Token, Grant, UsedRefreshToken, DeviceCode, WrongUserCodes)


def test_what_is_in_use_stays(app, television, alices):
    first = app.tokens(alices)
    second = app.refresh(first["refresh_token"]).json()
    waiting, allowed, code = codes(television), codes(television), app.code(alices)
    decide(alices, allowed["user_code"], scopes="notes:read")
    age(0.03, *ALL)  # 43 minutes: the access token is over
    clear(batch_size=1)
    assert Grant.objects.count() == 3
    assert said(app.exchange(code)) == "invalid_grant"
    assert said(poll(television, waiting)) == "expired_token"
    third = app.refresh(second["refresh_token"]).json()
    assert app.works(third["access_token"])
    assert said(app.refresh(first["refresh_token"])) == "invalid_grant"  # a copy of the first one is still known …
    assert not app.works(third["access_token"])  # … and ends all


def test_a_grant_stays_as_long_as_it_has_a_token(app, alices):
    tokens = app.tokens(alices)
    age(20, *ALL)  # the refresh token has ten days left
    assert "Deleted 1 expired tokens." in clear()
    assert app.refresh(tokens["refresh_token"]).status_code == 200


def test_what_is_over_goes(app, register, television, alices):
    short = register("short", refresh=False)
    short.tokens(alices)  # its only token will have expired
    app.refresh(app.tokens(alices)["refresh_token"])
    app.code(alices)
    decide(alices, codes(television)["user_code"], scopes="notes:read")
    codes(television)
    decide(alices, "BBBB-BBBB")
    age(32, *ALL)
    report = clear()
    assert "Deleted 4 grants that are over." in report
    assert not any(model.objects.exists() for model in (*ALL, GrantToken))
    assert Consent.objects.count() == 3  # what was allowed is remembered until it is taken back
    assert "Deleted 0 grants that are over." in clear()


def test_why_something_ended_is_shown_for_a_month(app, alices):
    refresh = app.tokens(alices)["refresh_token"]
    for _ in range(2):
        app.refresh(refresh)
    age(29, Grant)
    clear()
    assert "a used refresh token came back" in alices.get("/oauth/apps/").content.decode()
    age(2, Grant)
    clear()
    assert not Grant.objects.exists()


def test_a_living_family_forgets_what_would_have_expired(app, alices):
    tokens = app.tokens(alices)
    for _ in range(3):
        tokens = app.refresh(tokens["refresh_token"]).json()
    age(31, UsedRefreshToken)
    assert "Deleted 3 used refresh tokens." in clear()
    assert app.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("size", [0, -1, 5001])
def test_a_batch_has_rows(size):
    with pytest.raises(CommandError, match="from 1 to 5000"):
        clear(batch_size=size)


def fill(app: Any, user: Any, number: int) -> None:
    consent = Consent.objects.create(user=user, client=app.row, scopes="notes:read")
    at = timezone.now() - timedelta(days=40)
    grants = Grant.objects.bulk_create(
        [Grant(consent=consent, code_hash=f"{index:064d}", scopes="", exchanged_at=at) for index in range(number)], 500
    )
    Grant.objects.update(created_at=at)
    UsedRefreshToken.objects.bulk_create(
        [UsedRefreshToken(grant=grant, hash=f"{grant.pk:064d}") for grant in grants], 500
    )


def peak(app: Any, user: Any, number: int) -> int:
    Consent.objects.all().delete()
    fill(app, user, number)
    tracemalloc.start()
    try:
        assert sum(cleaning.grants(100)) == number
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_stays_flat(app, alice):
    peak(app, alice, 200)  # what is loaded once
    assert peak(app, alice, 4000) < 2 * peak(app, alice, 400)  # ten times the rows
    assert not UsedRefreshToken.objects.exists()
