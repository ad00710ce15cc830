"""What can be called with a stored token, as data: one call that a sign-in's scopes allow, and one that needs more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from oauth_app.client.endpoints import GitHubAdapter, GoogleAdapter


@dataclass(frozen=True)
class Call:
    """`url(provider)` is where; for a provider with discovery that may be a call of its own. `scope` is what it needs
    beyond a sign-in. `found(answer)` names what came, for people. `mind` is what else one must know of the scope.
    """

    name: str
    label: str
    url: Callable[[Any], str]
    found: Callable[[Any], list[str]]
    scope: str = ""
    mind: str = ""


def _who(*keys: str) -> Callable[[Any], list[str]]:
    return lambda said: [str(said[key]) for key in keys if said.get(key)]


def _google(provider: Any) -> str:
    return str(provider.get_settings().get("API_URL", "https://www.googleapis.com"))


def _userinfo(provider: Any) -> str:
    return str(provider.get_oauth2_adapter(provider.request).openid_config["userinfo_endpoint"])


def _repositories(said: Any) -> list[str]:
    return [f"{one['full_name']}: {one.get('description') or 'no description'}" for one in said]


# GitHub's documentation, "Scopes for OAuth apps": a token without a scope reads public information.
PUBLIC = (
    "The real GitHub shows public repositories to any token, and wants public_repo only where they are to be changed. "
    "The stand-in is stricter, so that there is something to see."
)
CALLS: dict[str, tuple[Call, ...]] = {
    "github": (
        Call("who", "Who am I?", lambda provider: f"{GitHubAdapter.api_url}/user", _who("login", "name")),
        Call("more", "My repositories", lambda provider: f"{GitHubAdapter.api_url}/user/repos", _repositories,
             "public_repo", PUBLIC),
    ),
    "google": (
        Call("who", "Who am I?", lambda provider: str(GoogleAdapter.identity_url), _who("name", "email")),
        Call("more", "My calendars", lambda provider: f"{_google(provider)}/calendar/v3/users/me/calendarList",
             lambda said: [one["summary"] for one in said["items"]],
             "https://www.googleapis.com/auth/calendar.readonly"),
    ),
    "outside": (
        Call("who", "Who am I?", _userinfo, _who("name", "email")),
        Call("more", "My timetable", lambda provider: f"{provider.app.settings['server_url']}/api/timetable",
             lambda said: [f"{one['day']} {one['at']}: {one['lesson']}" for one in said["lessons"]], "timetable"),
    ),
}  # fmt: skip


def calls_at(provider: Any) -> tuple[Call, ...]:
    """Return those of a provider. Of one that is not known to have a timetable only the first."""
    calls = CALLS.get(provider.sub_id, ())
    known = provider.sub_id != "outside" or provider.app.settings.get("stand_in")
    return calls if known else calls[:1]


def names(call: Call, answer: Any) -> list[str]:
    """Return what came, in a few short lines; nothing of an answer that has another shape."""
    try:
        return [str(line)[:120] for line in call.found(answer)][:12]
    except (LookupError, TypeError, AttributeError):
        return []


def timeout() -> float:
    """Return the seconds that one call may take."""
    return float(settings.SOCIALACCOUNT_REQUESTS_TIMEOUT)
