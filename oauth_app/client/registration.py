"""What to register at a provider, and what to set here, from the settings that are in force. Never a secret.

No page in here. Each address is made by allauth's own helper, so it is the one that will be sent, to the letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount import app_settings
from allauth.socialaccount.adapter import get_adapter
from allauth.utils import build_absolute_uri
from django.http import HttpRequest
from django.urls import reverse

from .transport import LOOPBACK

# Names that mean something in one network only (RFC 6761, RFC 8375 and the like). No provider can check who owns them.
NOT_PUBLIC = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "test",
    "example",
    "invalid",
    "arpa",
)


@dataclass(frozen=True)
class Kind:
    """A provider as its id names it: where one registers, and which variables of this project name the result."""

    provider_id: str
    name: str
    console: str
    variables: tuple[str, ...]
    scopes: tuple[str, ...] = ("openid", "profile", "email")


KINDS = (
    Kind(
        "github",
        "GitHub",
        "https://github.com/settings/developers",
        ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"),
        ("user:email",),
    ),
    Kind(
        "google",
        "Google",
        "https://console.cloud.google.com/apis/credentials",
        ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    ),
    Kind(
        "openid_connect",
        "Any OpenID provider",
        "",
        ("OIDC_NAME", "OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"),
    ),
)


@dataclass(frozen=True)
class Caution:
    """Something about this host. With `fatal` the provider will not take it, or nobody could sign in."""

    text: str
    fatal: bool = False


@dataclass(frozen=True)
class Registration:
    """One provider: what it must know of this site, what this site must know of it, and who it is now.

    `state` is "real", "played" (a stand-in on this machine) or "absent"; `address` says where it is.
    """

    kind: Kind
    name: str
    state: str
    address: str
    origin: str
    callback: str
    scopes: tuple[str, ...]
    cautions: tuple[Caution, ...]


def registrations(request: HttpRequest) -> list[Registration]:
    """Return all that can be set up, in the order of the buttons, for the host that was asked."""
    configured: dict[str, list[Any]] = {}
    for provider in get_adapter(request).list_providers(request):
        configured.setdefault(provider.id, []).append(provider)
    return [
        _registration(request, kind, provider)
        for kind in KINDS
        for provider in configured.get(kind.provider_id, [None])
    ]


def _registration(request: HttpRequest, kind: Kind, provider: Any) -> Registration:
    origin = build_absolute_uri(request, "/").rstrip("/")
    address = _address(provider)
    state = "absent" if provider is None else "played" if provider.app.settings.get("stand_in") else "real"
    return Registration(
        kind=kind,
        name=provider.name if state == "real" else kind.name,
        state=state,
        address=address,
        origin=origin,
        callback=build_absolute_uri(request, _callback_path(kind, provider)),
        scopes=tuple(provider.get_scope()) if provider else _scopes(kind),
        cautions=tuple(_cautions(kind, origin, address)),
    )


def _scopes(kind: Kind) -> tuple[str, ...]:
    """Return what would be asked for of a provider that is not set up."""
    return tuple(app_settings.PROVIDERS.get(kind.provider_id, {}).get("SCOPE", kind.scopes))


def _callback_path(kind: Kind, provider: Any) -> str:
    if provider is not None:
        return str(provider.get_callback_url())
    arguments = ["outside"] if kind.provider_id == "openid_connect" else []
    return reverse(f"{kind.provider_id}_callback", args=arguments)


def _address(provider: Any) -> str:
    """Return the address that the settings name, without asking anybody."""
    if provider is None:
        return ""
    named = provider.app.settings.get("server_url") or provider.get_oauth2_adapter(provider.request).authorize_url
    return str(named)


def _cautions(kind: Kind, origin: str, address: str) -> Iterator[Caution]:
    """Say what stands in the way at this origin, the worst first."""
    site, server = urlsplit(origin), urlsplit(address)
    host = site.hostname or ""
    here = host in LOOPBACK
    if kind.provider_id == "google" and not here:
        if _is_address(host):
            yield Caution(f"Google takes no IP address such as {host}. Use a name.", fatal=True)
        elif "." not in host or host.rpartition(".")[2] in NOT_PUBLIC:
            yield Caution(f"Google takes public names only, such as auth.example.org. {host} is none.", fatal=True)
        if site.scheme != "https":
            yield Caution("Google takes plain http for localhost only. Serve this site by https.", fatal=True)
    elif site.scheme != "https" and not here:
        yield Caution("Over plain http, whoever is on the way reads the code and the session cookie. Use https.")
    if here:
        yield Caution("Only a browser on this machine finds its way back to this address.")
    if server.scheme == "http" and server.hostname not in LOOPBACK:
        yield Caution("The provider itself is asked over plain http: its answers, and the client secret, can be read.")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
