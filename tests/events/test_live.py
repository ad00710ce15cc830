"""Many exchanges at once, over two processes: each act is told once."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.jwt_app.test_concurrency import CALLS, PASSWORD, all_at_once, post, running

__all__ = ["running"]
pytestmark = pytest.mark.live
READ = """
from authdemo.events.models import AuthEvent
for event in AuthEvent.objects.order_by("id"):
    print(event.pk, event.verb, event.instance)
"""


def events(running) -> list[list[str]]:
    """Number, verb and instance of each event."""
    return [line.split() for line in running.shell(READ).splitlines()]


def test_one_refreshed_one_reused_one_revoked(running) -> None:
    token = post(running.site, "", username="alice", password=PASSWORD).json()["refresh"]
    before = events(running)
    assert before[-1][1] == "issued"

    all_at_once(running, [token] * CALLS)

    after = events(running)[len(before) :]
    assert Counter(verb for _, verb, _ in after) == {"refreshed": 1, "revoked": 1, "reused": 1}
    assert {instance for _, _, instance in after} <= {"A", "B"}
