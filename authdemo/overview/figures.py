"""What requests cost, as measured on this machine: beside the table and beside each answer. No figure is typed in."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any


def measured(names: Iterable[str]) -> list[Any]:
    """Return the measured rows of these requests, in this order, without those that were not measured.

    Empty before the first run: then the page says so. See `authdemo.compare.costs.results` for what a row has.
    """
    found = _results()
    rows = (found.row(name) for name in names) if found else ()
    return [row for row in rows if row is not None]


def _results() -> Any:
    """Return the last results, None where nothing was measured, and where this project cannot measure."""
    try:
        results = import_module("authdemo.compare.costs.results")
    except ModuleNotFoundError:
        return None
    return results.read()
