"""`python -m bench.agree A.json B.json`: do two runs put the variants in the same order?

Where the ranges between the quartiles of two variants overlap, a run does not say which is faster. Where they are
apart in both runs, the runs must say the same. Works with `peers.json` and with `costs.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from .rounds import Problem


@dataclass(frozen=True)
class Agreement:
    """Of all pairs: those apart in both runs, in one, and what the runs say differently of those apart in both."""

    pairs: int
    in_both: int
    in_one: int
    contradictions: tuple[str, ...]

    def said(self) -> str:
        """Return it in sentences."""
        first = f"{self.pairs} pairs. Apart in both runs: {self.in_both}, in one of them: {self.in_one}."
        if not self.contradictions:
            return f"{first} The two runs agree on the order of all that are apart in both."
        return "\n".join([f"{first} The two runs do not agree on:", *(f"  {one}" for one in self.contradictions)])


def ranges(document: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return lower and upper quartile of each row, by the names that a row of either file has."""
    found = {}
    for row in document["rows"]:
        names = [str(row[name]) for name in ("group", "variant", "job", "peer") if name in row]
        took = row.get("without_password") or row["microseconds"]  # the hashing is the same for all, and most of it
        found[" ".join(names)] = (float(took["q1"]), float(took["q3"]))
    return found


def first(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Return -1 where `a` is the faster one, 1 where it is `b`, 0 where the ranges overlap."""
    return -1 if a[1] < b[0] else 1 if b[1] < a[0] else 0


def compare(one: Mapping[str, Any], other: Mapping[str, Any]) -> Agreement:
    """Compare two runs by the rows that both have. Raises Problem where they have fewer than two in common."""
    a, b = ranges(one), ranges(other)
    names = [name for name in a if name in b]
    if len(names) < 2:
        raise Problem("The two files have not two rows in common, so there is no order to compare.")
    told = [(x, y, first(a[x], a[y]), first(b[x], b[y])) for x, y in combinations(names, 2)]
    return Agreement(
        pairs=len(told),
        in_both=sum(1 for *_, in_a, in_b in told if in_a and in_b),
        in_one=sum(1 for *_, in_a, in_b in told if bool(in_a) != bool(in_b)),
        contradictions=tuple(f"{x} and {y}" for x, y, in_a, in_b in told if in_a * in_b < 0),
    )


def read(path: str) -> dict[str, Any]:
    """Return a file of a run. Raises Problem for one that is none."""
    try:
        found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        ranges(found)
    except (OSError, ValueError, KeyError, TypeError):
        raise Problem(f"{path} is no file that a run has written.") from None
    return found


def main(arguments: list[str]) -> int:
    """Print what two files say; return 0 where they agree."""
    if len(arguments) != 2:
        print("Name two files: python -m bench.agree A.json B.json", file=sys.stderr)
        return 2
    try:
        agreement = compare(read(arguments[0]), read(arguments[1]))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    print(agreement.said())
    return 1 if agreement.contradictions else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
