"""The figures as a table for a terminal."""

from __future__ import annotations

from .results import GROUPS, Results, Row

TITLES = {"request": "One request", "sign-in": "One sign-in", "revoke": "The end of one sign-in"}


def of(results: Results) -> str:
    """Return it as lines of 118 characters at most."""
    head = ", ".join(value for value in (*results.machine.values(), results.database, results.redis or "no Redis"))
    lines = [head, ", ".join(f"{name} {version}" for name, version in results.versions.items())]
    for group in GROUPS:
        lines += [
            "", f"{TITLES[group]:44} {'median':>10} {'quartiles':>17} {'n':>5} {'× bare':>7} {'SQL':>4} {'cache':>5} "
            f"{'sent':>6} {'got':>6}",
        ]  # fmt: skip
        lines += [_line(row) for row in results.of(group)]
    for growth in results.growth:
        lines += ["", growth.label]
        for point in growth.points:
            times = point.microseconds
            lines.append(
                f"  {point.live:>9,} live {times.median:>10,.0f} µs {times.q1:>8,.0f}–{times.q3:<8,.0f} "
                f"SQL {point.sql}, cache {point.cache}, {point.stored_bytes / 1e6:,.1f} MB kept"
            )
    lines += ["", *(f"Not measured: {one.label}. {one.why}" for one in results.missing)]
    return "\n".join(lines)


def _line(row: Row) -> str:
    times = row.microseconds
    line = (
        f"  {row.label:42} {times.median:>7,.0f} µs {times.q1:>8,.0f}–{times.q3:<8,.0f} {times.n:>5} "
        f"{row.ratio:>7.2f} {row.sql:>4} {row.cache:>5} {row.request_bytes:>6,} {row.response_bytes:>6,}"
    )
    if row.without_password:
        line += f"\n  {'  without the hashing of the password':42} {row.without_password.median:>7,.0f} µs"
    return line
