"""Which answer is called the right one, for everything that can come back. Nothing is said before it is known."""

from __future__ import annotations

from typing import Any

import pytest

from sessions_app.attacks.attempts import ATTEMPTS, BY_SLUG

IN, OUT, ABSENT = 200, 401, 0


def rows(**statuses: list[int]) -> dict[str, Any]:
    return {"rows": [{"slug": slug, "statuses": seen} for slug, seen in statuses.items()]}


def posts(**changed: bool) -> dict[str, Any]:
    return {"sent": {f"{name} shipped": {"changed": done} for name, done in changed.items()}}


@pytest.mark.parametrize(
    ("slug", "result", "verdict"),
    [
        ("stolen-cookie", rows(site=[IN, OUT], signed_cookie=[IN, OUT]), "neither"),
        ("stolen-cookie", rows(site=[IN, OUT], signed_cookie=[IN, IN]), "signed_cookie"),
        ("stolen-cookie", rows(site=[IN, IN], signed_cookie=[IN, OUT]), "site"),
        ("stolen-cookie", rows(site=[IN, IN], signed_cookie=[IN, IN]), "both"),
        ("stolen-cookie", rows(site=[IN, OUT], signed_cookie=[ABSENT, ABSENT]), ""),
        ("fixation", rows(site=[OUT], naive=[IN]), "naive"),
        ("tampered-cookie", rows(wire=[IN, OUT], signed_cookie=[IN, OUT]), "refused"),
        ("tampered-cookie", rows(wire=[IN, OUT], signed_cookie=[ABSENT, ABSENT]), "refused"),
        ("tampered-cookie", rows(wire=[IN, IN], signed_cookie=[IN, IN]), "read"),
        ("tampered-cookie", rows(wire=[IN, IN], signed_cookie=[IN, OUT]), "part"),
        ("csrf", posts(cross=False, same=False), "neither"),
        ("csrf", posts(cross=False, same=True), "same"),
        ("csrf", posts(cross=True, same=True), "both"),
        ("csrf", posts(cross=False), ""),
        ("csrf", posts(same=True), ""),
    ],
)
def test_the_answer_that_was_right(slug, result, verdict):
    assert BY_SLUG[slug].happened(result) == verdict
    assert verdict in {"", *dict(BY_SLUG[slug].choices)}


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.slug)
def test_before_anything_was_sent_there_is_none(attempt):
    assert attempt.happened({}) == ""
