"""Results of a measurement that never was, for what pages make of them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


def measured(monkeypatch: pytest.MonkeyPatch, costs: dict[str, float] | None) -> None:
    """Let these be the last results: microseconds over a bare view, by variant. None: nothing was measured."""
    rows = {
        name: SimpleNamespace(
            variant=name,
            mechanism=name.split(".")[0],
            label=f"Label of {name}",
            sql=2,
            cache=1,
            credential_bytes=70,
            over_bare=over,
        )
        for name, over in (costs or {}).items()
    }
    results = SimpleNamespace(row=rows.get) if costs is not None else None
    monkeypatch.setattr("authdemo.overview.figures._results", lambda: results)
