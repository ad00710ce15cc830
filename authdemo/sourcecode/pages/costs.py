"""The page that draws what each mechanism costs."""

from __future__ import annotations

from ..parts import Part

COSTS = "authdemo.compare.costs"

PAGES: dict[str, tuple[Part, ...]] = {
    "compare_costs:index": (
        Part(
            "When it is measured",
            (
                f"{COSTS}.measuring.in_turns",
                f"{COSTS}.calls.send",
                f"{COSTS}.scratch_urls.bare",
                f"{COSTS}.crowd.Crowd.grow_to",
            ),
        ),
        Part("What the figures say", (f"{COSTS}.sentences.scales", f"{COSTS}.sentences.overlap")),
        Part("When you press “Measure”", (f"{COSTS}.starting.start", f"{COSTS}.supervising.measure")),
    ),
}
