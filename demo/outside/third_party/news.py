"""What has become another with a new connection, as sentences: whose notes these are, and what was unticked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

from .models import Connection

SCOPES = {
    "openid": "know which account is yours",
    "profile": "see your user name",
    "notes:read": "read your notes",
    "notes:write": "add notes in your name",
}


def tell(request: HttpRequest, before: Connection | None, now: Connection, asked: str) -> None:
    """Tell the user on the next page what is not as it was. `asked`: the scopes that the site was asked for now."""
    if before is not None and before.subject != now.subject:
        forget(request)
        whose = f"{now.username}’s notes" if now.username else "the notes of another account"
        was = f"Before, you were connected as {before.username}." if before.username else ""
        messages.warning(request, f"These are {whose} now: that is who is signed in at the site. {was}".strip())
        return
    had = set(before.scopes) & set(asked.split()) if before is not None and not before.ended else set()
    unticked = [scope for scope in SCOPES if scope in had and scope not in now.scopes]
    if unticked:
        may = " or ".join(f"{SCOPES[scope]} ({scope})" for scope in unticked)
        messages.warning(request, f"What you unticked at the site, we have lost: we may not {may} any more.")
    request.session["lost"] = sorted({*request.session.get("lost", ()), *unticked} - set(now.scopes))


def keep_draft(request: HttpRequest, connection: Connection, text: str) -> None:
    """Keep what was typed until it is allowed: for this account alone, whoever comes back from the site."""
    request.session["drafts"] = {connection.subject: text}


def draft_of(request: HttpRequest, connection: Connection) -> str:
    """Return what waits for this account, "" where nothing does."""
    return str(request.session.get("drafts", {}).get(connection.subject, ""))


def forget(request: HttpRequest) -> None:
    """Forget what was typed, and what was lost: it was another account's, or the user has said no."""
    request.session.pop("drafts", None)
    request.session.pop("lost", None)
