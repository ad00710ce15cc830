"""Which snippets belong to which page, by the name of its URL. Each is a whole script: it signs in first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sessions_app.devices import server_keeps_records

from . import calls
from .calls import Call, Value, Var


@dataclass(frozen=True)
class Reader:
    """Whose name and password stand in a snippet."""

    username: Value
    password: Value


@dataclass(frozen=True)
class Snippet:
    """An action. `django` are the dotted names of the lines that do it in a Django project, the view first."""

    label: str
    calls: tuple[Call, ...]
    django: tuple[str, ...]


def login(reader: Reader) -> tuple[Snippet, ...]:
    """Sign in."""
    made = (calls.sign_in(reader.username, reader.password), calls.whoami())
    return (Snippet("Sign in", made, ("django.contrib.auth.login",)),)


def dashboard(reader: Reader) -> tuple[Snippet, ...]:
    """Ask who I am; sign out."""
    enter = calls.sign_in(reader.username, reader.password)
    return (
        Snippet("Who am I?", (enter, calls.whoami()), ("sessions_app.views.whoami",)),
        Snippet("End this session", (enter, calls.sign_out(), calls.whoami()), ("django.contrib.auth.logout",)),
    )


def devices(reader: Reader) -> tuple[Snippet, ...]:
    """End one session, whose number stands in the address of its form on the page; end all others."""
    if not server_keeps_records():
        return ()
    enter = calls.sign_in(reader.username, reader.password)
    return (
        Snippet("End one session", (enter, calls.revoke()), ("sessions_app.devices.end",)),
        Snippet(
            "End all others", (enter, calls.revoke_others(), calls.whoami()), ("sessions_app.devices.end_others",)
        ),
    )


def password(reader: Reader) -> tuple[Snippet, ...]:
    """Change the password."""
    old = reader.password
    made = (calls.sign_in(reader.username, old), calls.change_password(old, Var("NEW_PASSWORD")), calls.whoami())
    return (Snippet("Change the password", made, ("sessions_app.views.PasswordChangeView.form_valid",)),)


def tokens(reader: Reader) -> tuple[Snippet, ...]:
    """Get tokens, use them, exchange them, give them back."""
    get = calls.get_tokens(reader.username, reader.password)
    return (
        Snippet("Get tokens", (get, calls.token_whoami()), ("jwt_app.tokens.RefreshToken.for_user",)),
        Snippet("Who am I? (loads the user)", (get, calls.token_me()), ("jwt_app.views.MeView",)),
        Snippet(
            "Refresh", (get, calls.refresh_tokens(), calls.token_whoami()), ("jwt_app.tokens.RefreshToken.rotate",)
        ),
        Snippet("Sign out", (get, calls.end_family(), calls.token_whoami()), ("jwt_app.tokens.RefreshToken.revoke",)),
        Snippet(
            "With the refresh token in a cookie",
            (
                calls.cookie_sign_in(reader.username, reader.password),
                calls.cookie_refresh(),
                calls.token_whoami(),
                calls.cookie_sign_out(),
            ),
            ("jwt_app.cookie.CookieView", "jwt_app.cookie.keep"),
        ),
    )


PAGES: dict[str, Callable[[Reader], tuple[Snippet, ...]]] = {
    "sessions:login": login,
    "sessions:dashboard": dashboard,
    "sessions:devices": devices,
    "sessions:password": password,
    "jwt:client": tokens,
}
