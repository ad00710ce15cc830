"""The same as before among many live sessions and tokens of other users: who feels them?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse

from jwt_app.denylist import CLAIM
from jwt_app.tokens import RefreshToken

from . import measuring
from .calls import App, Sender
from .crowd import Crowd
from .people import Person, call, form, posts_json, with_cookie, with_token
from .signing import access_for
from .variants import Variant, always, stores

OTHERS = 3  # sessions that one revocation ends


def among_many(site: App, person: Person) -> list[tuple[Variant, str]]:
    """Return what is measured among many rows, each with the kind of rows that is many."""
    store = next(one for one in stores() if one.name == "db")
    sender = Sender(store.app)
    session = person.session(sender)
    listed = access_for(person)
    listed.payload[CLAIM] = True
    whoami, token = reverse("jwt:whoami"), person.opaque_tokens(sender, session)["access_token"]

    def refresh(sender: Sender) -> None:
        sender.timed(posts_json("jwt:refresh", {"refresh": str(RefreshToken.for_user(person.user))}))

    def revoke_others(sender: Sender) -> None:
        for _ in range(OTHERS):
            person.session(sender)
        sender.timed(form("sessions:revoke-others", {}, session))

    def variant(slug: str, mechanism: str, label: str, play: Callable[[Sender], object]) -> Variant:
        return Variant(slug, mechanism, "growth", label, play, store.app, store.within)

    by_cookie, by_token = with_cookie("sessions:whoami", session), with_token(whoami, str(access_for(person)))
    return [
        (variant("sessions.db", "sessions", "Session in the database: who is it?", always(by_cookie)), "sessions"),
        (variant("jwt.RS256", "jwt", "JWT: who is it?", always(by_token)), ""),
        (
            variant(
                "jwt.denylist", "jwt", "JWT with a deny-list: who is it?", always(with_token(whoami, str(listed)))
            ),
            "denials",
        ),
        (
            variant(
                "oauth.opaque",
                "oauth",
                "OAuth2, opaque token: who is it?",
                always(with_token(reverse("provider:whoami"), token)),
            ),
            "grants",
        ),
        (variant("jwt.refresh", "jwt", "JWT: exchange the refresh token", refresh), "families"),
        (
            variant("sessions.revoke-others", "sessions", f"Sessions: one user ends {OTHERS} others", revoke_others),
            "sessions",
        ),
    ]


def measured(
    report: measuring.Report, site: App, person: Person, sizes: Sequence[int], seconds: float, share: float
) -> list[dict[str, Any]]:
    """Return the growth of each, fewest rows first. `seconds` is what is measured; rows take what they take."""
    crowd, found = Crowd(), among_many(site, person)
    points: dict[str, list[dict[str, Any]]] = {one.slug: [] for one, _ in found}
    ends = [share + (0.99 - share) * sum(sizes[: number + 1]) / sum(sizes) for number in range(len(sizes))]
    bare = Variant("bare", "", "growth", "", always(call("GET", "/bare/")), site)
    for size, start, end in zip(sizes, [share, *ends], ends, strict=False):
        report.step(start, end, f"Among {size:,} live sessions and tokens")
        crowd.grow_to(size)
        crowd.settle()
        plan = [bare, *(one for one, _ in found)]
        taken = measuring.in_turns(plan, seconds=seconds / len(sizes), at_once=3, least=2, warm=1, say=report.within)
        compared = measuring.row(bare, taken["bare"])["microseconds"]["median"]
        for variant, kind in found:
            figures = measuring.row(variant, taken[variant.slug])
            point = {name: figures[name] for name in ("sql", "cache", "microseconds")}
            kept = crowd.stored.get(kind, 0)
            points[variant.slug].append({"live": size, **point, "stored_bytes": kept, "bare": compared})
    return [
        {"variant": one.slug, "mechanism": one.mechanism, "label": one.label, "points": points[one.slug]}
        for one, _ in found
    ]
