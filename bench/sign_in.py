"""Signs in once at each program, over HTTP as a user would, and returns the header that its requests then carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import requests

from .projects import PASSWORD, USER
from .rounds import Problem
from .servers import Server

TIMEOUT = 10  # seconds
ACCOUNT = {"username": USER, "password": PASSWORD}


def by_token(address: str) -> dict[str, str]:
    """Return a bearer token of an endpoint like SimpleJWT's."""
    answer = requests.post(address, json=ACCOUNT, timeout=TIMEOUT)
    return {"Authorization": f"Bearer {answer.json()['access']}"} if answer.status_code == 200 else {}


def by_form(address: str) -> dict[str, str]:
    """Return the cookies of a form like Django's, which wants its CSRF token back."""
    with requests.Session() as http:
        http.get(address, timeout=TIMEOUT)
        headers = {"X-CSRFToken": http.cookies.get("csrftoken") or http.cookies.get("authdemo_csrf") or ""}
        answer = http.post(address, ACCOUNT, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        cookies = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    return {"Cookie": cookies} if answer.status_code in {200, 302} and cookies else {}


WAYS = {
    "stock token": ("stock", "/api/token/", by_token),
    "token": ("ours", "/jwt/api/token/", by_token),
    "site token": ("site", "/jwt/api/token/", by_token),
    "admin": ("stock", "/admin/login/", by_form),
    "session": ("site", "/sessions/login/", by_form),
    "flask": ("flask", "/login", by_form),
}


def everywhere(servers: Iterable[Server]) -> Mapping[str, Mapping[str, str]]:
    """Return the header of each way that leads to one of these servers. Raises Problem where one lets nobody in."""
    base = {server.name: server.base for server in servers}
    found = {}
    for name, (server, path, sign_in) in WAYS.items():
        if server not in base:
            continue
        try:
            found[name] = sign_in(base[server] + path)
        except (requests.RequestException, ValueError, KeyError):
            found[name] = {}
        if not found[name]:
            raise Problem(f"Signing in at {base[server]}{path} did not work, so nothing was measured.")
    return found
