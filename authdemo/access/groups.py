"""The lists of the admin, in groups: what belongs to one mechanism stands together, whichever app it is of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from authdemo.mechanisms import JWT, OAUTH, SESSIONS


@dataclass(frozen=True)
class Group:
    """Some apps, by their labels; `hue` is the slug of their mechanism."""

    name: str
    title: str
    apps: tuple[str, ...]
    hue: str = ""
    models: list[dict[str, Any]] = field(default_factory=list)


GROUPS = (
    Group("users", "Users", ("accounts", "account", "auth")),
    Group("sessions", SESSIONS.name, ("usersessions",), SESSIONS.slug),
    Group("jwt", JWT.name, ("jwt_app", "token_blacklist"), JWT.slug),
    Group("client", f"{OAUTH.name}: sign in with …", ("socialaccount", "oauth_client"), OAUTH.slug),
    Group("provider", f"{OAUTH.name}: apps of others", ("allauth_idp_oidc", "oauth_provider"), OAUTH.slug),
    Group("watch", "What happened", ("events", "guard")),
)


def in_groups(apps: list[dict[str, Any]]) -> list[Group]:
    """Return the groups with the models of Django's `app_list`, then each app that is in none, alone."""
    models = {app["app_label"]: app["models"] for app in apps}
    known = {label for group in GROUPS for label in group.apps}
    others = [app for app in apps if app["app_label"] not in known]
    alone = [Group(app["app_label"], app["name"], (app["app_label"],)) for app in others]
    found = [
        Group(one.name, one.title, one.apps, one.hue, [model for label in one.apps for model in models.get(label, [])])
        for one in (*GROUPS, *alone)
    ]
    return [group for group in found if group.models]
