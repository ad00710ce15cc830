"""One scenario of the page Compare: half of it, while what it holds lies in the table, and one to its end."""

from __future__ import annotations

from tests.live.places import stores
from tests.live.visit import Run

BROWSER = "c" * 64
HALF = f"""
from authdemo.compare import kept, play
from authdemo.compare.choices import ALGORITHMS, Choices
from authdemo.compare.clients import somebody
scenario = play.begin(Choices(lifetime=300, denylist=True, asks="introspected"))
for _ in range(6):
    play.play_next(scenario, somebody())
kept.keep("{BROWSER}", scenario)
assert all(scenario.held.values())
"""


def a_scenario(run: Run) -> None:
    for algorithm in ("RS256", "ES256", "EdDSA", "HS256"):  # each key is made at its first use
        assert run.client().get(f"{run.site}/jwt/algorithms/{algorithm}/jwks.json").ok
    run.demo.shell(HALF)
    stores(run.places, run.demo)
    run.demo.shell(f'from authdemo.compare import kept; kept.forget("{BROWSER}")')
    run.places.add("output", run.demo.manage("compare", "--json", "--no-wait", "--store", "signed_cookie"))
