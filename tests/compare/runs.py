"""Runs as they would be seen, made by hand: what the page shows of each is tested without playing one."""

from __future__ import annotations

import time

from authdemo.compare.choices import Choices
from authdemo.compare.steps import BY_SLUG, STEPS
from authdemo.compare.story import COLUMNS, Call, Cell, Played, Run

THIEFS = ("stolen", "after-sign-out", "after-revoke", "expiry")
ENDED = {"sessions": "after-sign-out", "jwt": "expiry", "oauth": "after-revoke"}  # the first call that is refused
CREDENTIALS = {
    "sessions": ("Cookie: lab_db=x7f… (32 characters)", 39),
    "jwt": ("Authorization: Bearer eyJ… (612 characters)", 619),
    "oauth": ("Authorization: Bearer 8Kd… (43 characters)", 50),
}
PATHS = {
    "sessions": "/sessions/stores/db/whoami/",
    "jwt": "/jwt/algorithms/RS256/whoami/",
    "oauth": "/oauth/api/whoami/",
}
LOOK_UPS = {"sessions": (2, 0), "jwt": (0, 0), "oauth": (3, 1)}


def a_call(column: str, slug: str, works: bool) -> Call:
    """A call to whoami, or to the orders service."""
    to = {"instance-b": "B", "independent": "orders"}.get(slug, "A")
    credential, size = CREDENTIALS[column]
    sql, cache = (None, None) if to == "orders" else LOOK_UPS[column]
    return Call(
        who=BY_SLUG[slug].actor, to=to, method="GET", path="/orders/" if to == "orders" else PATHS[column],
        credential=credential, credential_bytes=size, request_bytes=200 + size, status=200 if works else 401,
        code="" if works else "not_authenticated", user="alice" if works else "", sql=sql, cache=cache,
        response_bytes=811, milliseconds=12.3,
    )  # fmt: skip


def a_cell(column: str, slug: str, ended: dict[str, str]) -> Cell:
    """What is seen in one step of one column."""
    if slug == "copy":
        return Cell("done", f"The thief has the credential of {column} as well.")
    if slug in {"sign-in", "sign-out", "revoke"}:
        post = Call(BY_SLUG[slug].actor, "A", "POST", f"/{column}/{slug}/", status=302, sql=7, cache=0)
        form = Call(BY_SLUG[slug].actor, "A", "GET", f"/{column}/{slug}/", status=200, sql=0, cache=0)
        return Cell("done", f"{BY_SLUG[slug].title}: done for {column}.", [form, post])
    works = column == "jwt" if slug == "independent" else True
    if slug in THIEFS and ended.get(column):
        works = THIEFS.index(slug) < THIEFS.index(ended[column])
    return Cell("in" if works else "out", f"Why {column} answered so.", [a_call(column, slug, works)])


def a_run(
    upto: str = "", choices: Choices | None = None, ended: dict[str, str] | None = None, began: float | None = None
) -> Run:
    """A run that was played up to a step, and with it; all of it without one. Half a second lies between two steps."""
    run = Run(choices or Choices(), by_itself=True)
    life = run.choices.lifetime
    began = began if began is not None else time.time() - (life + 2 if not upto else 5)
    run.expires = {"sessions": began + 3600, "jwt": began + life, "oauth": began + life}
    slugs = [step.slug for step in STEPS]
    for number, slug in enumerate(slugs[: slugs.index(upto) + 1] if upto else slugs):
        at = began + (life + 1 if slug == "expiry" else number / 2)
        cells = {column: a_cell(column, slug, ended or ENDED) for column in COLUMNS}
        run.played.append(Played(slug, at, cells))
    return run
