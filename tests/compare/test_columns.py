"""What a cell says is told from the answer, whatever was chosen."""

from __future__ import annotations

from typing import Any

import pytest

from authdemo.compare.choices import Choices
from authdemo.compare.clients import somebody
from authdemo.compare.columns import COLUMNS
from authdemo.compare.columns.jwt import JWTColumn
from authdemo.compare.story import Call, Cell, Played, Run


def note(column: str, choices: Choices | None = None, **answer: object) -> str:
    """The sentence for this answer."""
    call = Call("a thief", "A", "GET", "/whoami/", status=200, user="alice")
    for name, value in answer.items():
        setattr(call, name, value)
    return COLUMNS[column](Run(choices or Choices()), {}, somebody()).because(call)


FITS = "The signature fits, and its time is not up."


@pytest.mark.parametrize(
    ("denylist", "counts", "said"),
    [
        (False, {"sql": 0, "cache": 0}, f"{FITS} Nothing was looked up."),
        (False, {"sql": 2, "cache": 0}, f"{FITS} Something was looked up."),
        (False, {"sql": None, "cache": None}, FITS),
        (True, {"sql": 0, "cache": 1}, f"{FITS} The deny-list does not name it."),
        (True, {"sql": 0, "cache": 0}, f"{FITS} Nothing was looked up."),
    ],
)
def test_what_was_looked_up_for_a_jwt_is_what_the_answer_counts(denylist, counts, said):
    assert note("jwt", Choices(denylist=denylist), **counts) == said


def test_orders_refuses_hs256_for_want_of_a_key_only_where_it_says_so():
    refused: dict[str, Any] = {"to": "orders", "status": 401, "user": ""}
    assert "no public key" in note("jwt", Choices(algorithm="HS256"), code="unknown_key", **refused)
    assert "Its time is up" in note("jwt", Choices(algorithm="HS256"), code="token_expired", **refused)
    assert note("jwt", code="unknown_key", **refused) == "The token was refused."


@pytest.mark.parametrize("asks", ["opaque", "introspected"])
def test_whether_orders_has_asked_is_what_orders_says(asks):
    said = "Orders asked the site about the token: 3 statements there, for this one call."
    assert note("oauth", Choices(asks=asks), to="orders", asked=1, asked_sql=3) == said
    assert "orders asked nobody" in note("oauth", Choices(asks=asks), to="orders", status=401)


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        ("in", "", "Nothing here can end the access token"),
        ("out", "token_denied", "The sign-in and its access token had ended"),
        ("out", "token_expired", "The refresh token had ended with the sign-out. There is nothing more to end."),
        ("nothing", "", "The refresh token had ended with the sign-out. There is nothing more to end."),
    ],
)
@pytest.mark.parametrize("denylist", [True, False])
def test_what_an_administrator_finds_is_what_the_thief_has_seen(denylist, outcome, code, said):
    tried = Cell(outcome, calls=[Call("a thief", "A", "GET", "/whoami/", code=code)])
    run = Run(Choices(denylist=denylist), [Played("after-sign-out", 1000.0, {"jwt": tried})])
    assert said in JWTColumn(run, {}, somebody())._what_is_left()
