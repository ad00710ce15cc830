"""What is counted together: account and address. No key holds what somebody typed."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from authdemo.accounts.demo import is_local_demo
from authdemo.accounts.names import accounts_named, folded
from authdemo.events import facts
from authdemo.wire import browser

UNKNOWN = "unknown:"  # no user name has a colon
NOWHERE = "0.0.0.0"  # noqa: S104  where the address cannot be told: all of these count together


def typed_name(credentials: Mapping[str, Any] | None) -> str:
    """Return what was typed as the name, "" where something other than a name and a password is tried."""
    credentials = credentials or {}
    return str(credentials.get("username") or credentials.get("email") or "")


def account_key(request: Any, credentials: Mapping[str, Any] | None) -> str:
    """Return whom a try is counted for: AXES_USERNAME_CALLABLE.

    Name and e-mail addresses of one account, in any case, have one key. A name that nobody has is counted under a
    keyed hash of itself: it may be somebody's password, typed into the wrong field. One statement, once a request.

    Whoever spells a name in another way is counted with it, whether somebody has it or not. If only the names that
    nobody has were folded, a lock would carry over to the other spelling of those alone, and tell them apart.
    """
    name = typed_name(credentials)
    keys: dict[str, str] = request.__dict__.setdefault("_guard_keys", {})
    if name not in keys:
        found = accounts_named(name, folded(name))
        keys[name] = found[0].get_username() if found else _unknown(name)
    return keys[name]


def _unknown(name: str) -> str:
    return UNKNOWN + salted_hmac("authdemo.guard.unknown", folded(name), algorithm="sha256").hexdigest()


def address_key(request: HttpRequest) -> str:
    """Return where a try comes from: AXES_CLIENT_IP_CALLABLE. The address is that of the events.

    Of IPv6 only the network, since one household has 2⁶⁴ addresses and could guess from another one each time.
    """
    address = facts.address(request)
    if address is None:
        return NOWHERE
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and not parsed.is_loopback:
        return str(ip_network((parsed.packed, 64), strict=False).network_address)
    return address


def browser_key(request: HttpRequest) -> str:
    """Return the hash of the browser, so that "Start over" can lift what it caused.

    In the demo only, else "": otherwise whoever guesses would start over each time.
    """
    return browser.acting(request) if is_local_demo() else ""
