"""`manage.py flush_tokens`: what has expired goes, what is good stays, and memory stays flat."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_app import cleaning
from jwt_app.models import FamilyMember, RefreshFamily

from .conftest import API, refused

pytestmark = pytest.mark.django_db


def flush(**options: Any) -> str:
    out = StringIO()
    call_command("flush_tokens", stdout=out, **options)
    return out.getvalue()


def expire(**which: Any) -> None:
    OutstandingToken.objects.filter(**which).update(expires_at=timezone.now() - timedelta(days=1))


def fill(user: Any, number: int) -> None:
    """Many expired tokens, ten in a family, each but the last of a family exchanged for the next."""
    at = timezone.now() - timedelta(days=30)
    families = [RefreshFamily(user=user, session_auth_hash="x") for _ in range(number // 10)]
    RefreshFamily.objects.bulk_create(families, 500)
    rows = [
        OutstandingToken(user=user, jti=f"{index:032x}", token="x", created_at=at, expires_at=at)
        for index in range(number)
    ]
    OutstandingToken.objects.bulk_create(rows, 500)
    BlacklistedToken.objects.bulk_create([BlacklistedToken(token=row) for row in rows], 500)
    parents = [None, *rows]
    members = [
        FamilyMember(token=row, family=families[index // 10], parent=parents[index] if index % 10 else None)
        for index, row in enumerate(rows)
    ]
    FamilyMember.objects.bulk_create(members, 500)


def test_expired_tokens_go_with_all_that_belongs_to_them(api: API, alice: Any) -> None:
    api.refresh(api.sign_in()["refresh"])
    expire()

    assert flush() == "Deleted 2 expired tokens and 1 families without tokens.\n"
    for model in (OutstandingToken, BlacklistedToken, FamilyMember, RefreshFamily):
        assert not model.objects.exists()
    alice.refresh_from_db()


def test_what_is_still_good_goes_on_and_its_history_is_cut(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]
    other = api.sign_in()["refresh"]
    expire(blacklistedtoken__isnull=False)

    assert flush() == "Deleted 1 expired tokens and 0 families without tokens.\n"
    third = api.refresh(second).json()["refresh"]
    refused(api.refresh(second), "token_reused")
    refused(api.refresh(third), "token_revoked")
    assert api.refresh(other).status_code == 200


def test_what_has_expired_just_now_is_left_for_those_who_are_at_it(api: API, alice: Any) -> None:
    api.sign_in()
    OutstandingToken.objects.update(expires_at=timezone.now() - timedelta(minutes=4))

    assert flush().startswith("Deleted 0 expired tokens and 0 families")


def test_the_tokens_of_a_user_who_is_gone_go_as_well(api: API, alice: Any) -> None:
    api.sign_in()
    alice.delete()
    expire()

    assert flush().startswith("Deleted 1 expired tokens")


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_an_end_by_reuse_is_kept_for_as_long_as_it_is_shown(api: API, alice: Any, days: int, left: int) -> None:
    first = api.sign_in()["refresh"]
    api.refresh(first)
    api.refresh(first)
    expire()
    RefreshFamily.objects.update(revoked_at=timezone.now() - timedelta(days=days))
    flush()

    assert RefreshFamily.objects.count() == left


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_any_size_of_batch_leaves_nothing(alice: Any, size: int) -> None:
    fill(alice, 100)

    assert flush(batch_size=size) == "Deleted 100 expired tokens and 10 families without tokens.\n"


@pytest.mark.parametrize("size", [0, -1, 10_001])
def test_a_batch_that_makes_no_sense_is_refused(size: int) -> None:
    with pytest.raises(CommandError, match="from 1 to 10000"):
        flush(batch_size=size)


def test_nothing_to_do_is_no_error(db: None) -> None:
    assert flush() == "Deleted 0 expired tokens and 0 families without tokens.\n"


def test_stopped_half_way_what_is_done_is_done_and_the_next_run_goes_on(alice: Any) -> None:
    fill(alice, 100)
    batches: Iterator[int] = cleaning.expired_tokens(30)
    next(batches)
    next(batches)
    assert OutstandingToken.objects.count() == 40

    assert flush().startswith("Deleted 40 expired tokens and 10 families")


def test_on_a_terminal_it_shows_how_far_it_is(alice: Any) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    fill(alice, 100)
    out = Terminal()
    call_command("flush_tokens", stdout=out, batch_size=40)

    assert "\r40 tokens\r80 tokens\r100 tokens\r" in out.getvalue()


def peak(user: Any, number: int) -> int:
    """Bytes above the start."""
    fill(user, number)
    tracemalloc.start()
    flush(batch_size=250)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_ten_times_the_rows_take_the_same_memory(alice: Any, settings: Any) -> None:
    settings.DEBUG = True  # then Django keeps statements, unless told not to
    few, many = peak(alice, 1_000), peak(alice, 10_000)

    # What Python and Django keep for themselves differs from run to run by a third; a list of all rows would be 10.
    assert many < few * 2
    assert not OutstandingToken.objects.exists()


def test_the_families_are_uuids_and_none_is_skipped(alice: Any) -> None:
    RefreshFamily.objects.bulk_create(
        [
            RefreshFamily(id=UUID(int=number), user=alice, session_auth_hash="x")
            for number in (0, 1, 2**127, 2**128 - 1)
        ]
    )

    assert flush(batch_size=1).endswith("4 families without tokens.\n")
