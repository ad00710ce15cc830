"""What requests cost, as measured on this machine: beside the table and beside each answer. No figure is typed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .proofs import Proof

COSTS = Proof("compare_costs:index", "Measure it", "What each request costs, and how that grows.")


@dataclass(frozen=True)
class Costs:
    """What was measured of some requests. `rows` and `growth` are those of `authdemo.compare.costs.results`.

    Empty before the first run: then the page says so. `at` is when it was measured.
    """

    rows: tuple[Any, ...] = ()
    growth: tuple[Any, ...] = ()
    at: Any = None

    @property
    def url(self) -> str:
        """Where it is measured, "" where that cannot be done here."""
        return COSTS.url

    def of(self, name: str) -> Any:
        """Return one row, None where it was not measured."""
        return next((row for row in self.rows if row.variant == name), None)


def measured(names: Iterable[str]) -> Costs:
    """Return what was measured of these requests, in this order."""
    found = _results()
    if found is None:
        return Costs()
    wanted = list(names)
    rows = (found.row(name) for name in wanted)
    growth = (found.grown(name) for name in wanted)
    return Costs(tuple(row for row in rows if row), tuple(one for one in growth if one), found.at)


def _results() -> Any:
    """Return the last results, None where nothing was measured, and where this project cannot measure."""
    try:
        results = import_module("authdemo.compare.costs.results")
    except ModuleNotFoundError:
        return None
    return results.read()
