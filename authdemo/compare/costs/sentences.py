"""What the figures say, in sentences that are made of them. Where two cannot be told apart, a sentence says that."""

from __future__ import annotations

from .results import Growth, Point, Results, Row, Spread

NOISY = 1.5  # third quartile by first: on a quiet machine it is below 1.2


def per_request(results: Results) -> list[str]:
    """Return what one request costs by a session, by a JWT and by an opaque token."""
    names = {"sessions.db": "A session in the database", "jwt.RS256": "A JWT", "oauth.opaque": "An opaque token"}
    return [
        f"{name} costs {counted(row)} and {row.over_bare:,.0f} µs more than the bare page, which asks nobody."
        for variant, name in names.items()
        if (row := results.row(variant))
    ]


def between(results: Results) -> str:
    """Say how much lies between the cheapest and the dearest of these three: "" where that was not seen."""
    rows = [row for name in ("sessions.db", "jwt.RS256", "oauth.opaque") if (row := results.row(name))]
    rows.sort(key=lambda row: row.microseconds.median)
    if len(rows) < 2 or overlap(rows[0].microseconds, rows[-1].microseconds):
        return ""
    apart = rows[-1].microseconds.median - rows[0].microseconds.median
    return f"Between the fastest and the slowest of them lie {apart:,.0f} µs a request."


def scales(results: Results) -> list[str]:
    """Return what was measured about "JWT scales, sessions don't" (claim D3): figures, and nothing else."""
    said = []
    session, token = results.row("sessions.db"), results.row("jwt.RS256")
    if session and token:
        said.append(compared(session, token))
    for variant, name, what in (
        ("sessions.db", "the session", "sessions"),
        ("jwt.RS256", "the JWT", "sign-ins"),
        ("jwt.denylist", "a JWT that can be taken back", "denials"),
    ):
        if growth := results.grown(variant):
            said.append(grown(growth, name, what))
    return said


def noise(results: Results) -> str:
    """Say it where the machine was busy with something else: "" where the bare page took about the same each time."""
    bare = results.row("bare")
    if bare is None or bare.microseconds.q3 < NOISY * bare.microseconds.q1:
        return ""
    return (
        f"The machine was busy with other things meanwhile: even the bare page took from "
        f"{bare.microseconds.q1:,.0f} to {bare.microseconds.q3:,.0f} µs in the middle half of its requests. "
        "Measure again when it is quiet."
    )


def compared(session: Row, token: Row) -> str:
    """Say how many requests a second that is, by either."""
    if overlap(session.microseconds, token.microseconds):
        return "Between the session and the JWT no difference was seen: the middle halves of their times overlap."
    slower, faster = (session, token) if session.microseconds.median > token.microseconds.median else (token, session)
    names = {session.variant: "the session", token.variant: "the JWT"}
    apart = slower.microseconds.median - faster.microseconds.median
    return (
        f"A request with {names[slower.variant]} took {apart:,.0f} µs longer than one with {names[faster.variant]}. "
        f"One thread that does nothing else would answer {a_second(session):,} a second with the session and "
        f"{a_second(token):,} with the JWT; what an HTTP server takes for itself is not in that."
    )


def a_second(row: Row) -> int:
    """Return how many of its median go into a second, to two digits: it is no measured figure."""
    number = 1e6 / row.microseconds.median
    return int(float(f"{number:.2g}"))


def grown(growth: Growth, name: str, what: str) -> str:
    """Say what more rows did to it."""
    first, last = growth.points[0], growth.points[-1]
    sentence = f"Among {first.live:,} live {what} {name} took {taken(first)}"
    if first is last:
        return f"{sentence}."
    sentence += f", among {last.live:,} {taken(last)}"
    if overlap(first.relative, last.relative):
        sentence += ": the middle halves overlap, so between these two no growth was seen."
    else:
        sentence += f": {growth.times:.2g} times as much."
    return f"{sentence}{highest(growth)}{asked(growth)}"


def highest(growth: Growth) -> str:
    """Say where it took the most, where that is neither the first nor the last point: "" elsewhere."""
    first, last = growth.points[0], growth.points[-1]
    most = max(growth.points, key=lambda point: point.relative.median)
    hidden = all(not overlap(most.relative, one.relative) for one in (first, last))
    return f" It took the most among {most.live:,}: {taken(most)}." if hidden else ""


def asked(growth: Growth) -> str:
    """Say what it looked up, where that depends on how many there are: "" elsewhere."""
    if len({(point.sql, point.cache) for point in growth.points}) == 1:
        return ""
    counts = [f"{counted(point)} among {point.live:,}" for point in growth.points]
    return f" It asked {', '.join(counts[:-1])} and {counts[-1]}."


def taken(point: Point) -> str:
    """Say how long it took, also by the bare page of the same moment."""
    return f"{point.microseconds.median:,.0f} µs ({point.relative.median:.1f} × bare)"


def overlap(one: Spread, other: Spread) -> bool:
    """Tell whether the ranges between the quartiles overlap: then nothing is said about the order."""
    return one.q1 <= other.q3 and other.q1 <= one.q3


def counted(row: Row | Point) -> str:
    """Say what it asks."""
    statements = "no statement" if not row.sql else f"{row.sql} statement{'' if row.sql == 1 else 's'}"
    calls = f", {row.cache} cache call{'' if row.cache == 1 else 's'}" if row.cache else ""
    return statements + calls
