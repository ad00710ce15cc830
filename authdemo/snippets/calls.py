"""Calls of this site as data: who sends them, a terminal, a program or the other device, is not said here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from django.urls import reverse


@dataclass(frozen=True)
class Var:
    """A value that is not written out, for it is a secret or not known here: `$PASSWORD`."""

    name: str  # capitals; in a path it stands as {NAME}


Value: TypeAlias = str | Var


@dataclass(frozen=True)
class Call:
    """One request. With `page` it comes from that page, which is fetched first for the CSRF token.

    `form` and `json` are bodies; `bearer` is an access token, and then no cookie goes along. `keeps` names fields of
    the JSON that comes back, which later calls need; each becomes a variable of that name in capitals.
    """

    label: str
    method: str
    path: str
    page: str = ""
    form: Mapping[str, Value] = field(default_factory=dict)
    json: Mapping[str, Value] | None = None
    bearer: Value | None = None
    keeps: tuple[str, ...] = ()

    @property
    def variables(self) -> list[str]:
        """The names of what the reader has to supply, or what an earlier call has kept."""
        values = [*self.form.values(), *(self.json or {}).values(), self.bearer]
        in_path = [part.split("}")[0] for part in self.path.split("{")[1:]]
        return [value.name for value in values if isinstance(value, Var)] + in_path

    @property
    def takes_cookies(self) -> bool:
        """Whether the cookies of who calls go along, and those of the answer are kept."""
        return bool(self.page) or (self.bearer is None and self.json is None)

    @property
    def answers_json(self) -> bool:
        """Whether the answer is for programs: then it is worth printing."""
        return "/api/" in self.path


# ---- Sessions


def sign_in(username: Value, password: Value) -> Call:
    """Send the sign-in form."""
    page = reverse("sessions:login")
    return Call("Sign in", "POST", page, page=page, form={"username": username, "password": password})


def whoami() -> Call:
    """Ask who the cookie makes us."""
    return Call("Who am I?", "GET", reverse("sessions:whoami"))


def sign_out() -> Call:
    """End this session, by the form of the dashboard."""
    return Call("End this session", "POST", reverse("sessions:logout"), page=reverse("sessions:dashboard"))


def revoke() -> Call:
    """End one of my sessions."""
    path = reverse("sessions:revoke", args=[0]).replace("/0/", "/{ID}/")
    return Call("End one session", "POST", path, page=reverse("sessions:devices"))


def revoke_others() -> Call:
    """End all my sessions but this one."""
    page = reverse("sessions:devices")
    return Call("End all others", "POST", reverse("sessions:revoke-others"), page=page)


def change_password(old: Value, new: Value) -> Call:
    """Change the password, which ends all other sessions."""
    page = reverse("sessions:password")
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    return Call("Change the password", "POST", page, page=page, form=form)


# ---- JSON Web Tokens


def get_tokens(username: Value, password: Value) -> Call:
    """Get a pair of tokens."""
    body = {"username": username, "password": password}
    return Call("Get tokens", "POST", reverse("jwt:login"), json=body, keeps=("access", "refresh"))


def refresh_tokens() -> Call:
    """Exchange the refresh token for a new pair."""
    body = {"refresh": Var("REFRESH")}
    return Call("Refresh", "POST", reverse("jwt:refresh"), json=body, keeps=("access", "refresh"))


def end_family() -> Call:
    """Sign out: no token of this sign-in gets another pair."""
    return Call("Sign out", "POST", reverse("jwt:logout"), json={"refresh": Var("REFRESH")})


def token_whoami() -> Call:
    """Send the access token; the server looks nothing up."""
    return Call("Who am I?", "GET", reverse("jwt:whoami"), bearer=Var("ACCESS"))


def token_me() -> Call:
    """Send the access token; the server loads the user."""
    return Call("Who am I? (loads the user)", "GET", reverse("jwt:me"), bearer=Var("ACCESS"))


def cookie_sign_in(username: Value, password: Value) -> Call:
    """Get an access token, and the refresh token in a cookie."""
    body = {"username": username, "password": password}
    return Call(
        "Get tokens, one in a cookie",
        "POST",
        reverse("jwt:cookie-login"),
        page=_csrf_page(),
        json=body,
        keeps=("access",),
    )


def cookie_refresh() -> Call:
    """Exchange the cookie for a new one and an access token."""
    return Call("Refresh", "POST", reverse("jwt:cookie-refresh"), page=_csrf_page(), keeps=("access",))


def cookie_sign_out() -> Call:
    """End the family of the cookie, which goes."""
    return Call("Sign out", "POST", reverse("jwt:cookie-logout"), page=_csrf_page())


def _csrf_page() -> str:
    return reverse("api_docs:page")


def orders() -> Call:
    """Send the access token to the orders service, which has only the public keys. It has an address of its own."""
    return Call("Ask the orders service", "GET", "/orders/", bearer=Var("ACCESS"))
