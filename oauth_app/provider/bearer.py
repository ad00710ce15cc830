"""An access token in the header, and how a call without a good one is refused (RFC 6750)."""

from __future__ import annotations

from typing import Any

from . import grants

REALM = "api"
LONGEST = 512  # characters; ours have 86


def value_of(header: str) -> str | None:
    """Return what stands behind `Bearer`, None for another scheme."""
    scheme, _, value = header.partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def bearer_token(header: str) -> Any:
    """Return the access token (an allauth Token) of this Authorization header, None where it opens nothing."""
    value = value_of(header)
    return grants.access_token(value) if value and len(value) <= LONGEST else None


def challenge(header: str, **more: str) -> str:
    """Return `WWW-Authenticate`. RFC 6750 §3.1: no error code for who has brought no token at all."""
    if value_of(header) is not None:
        more = {"error": "invalid_token", "error_description": "The token is unknown, expired or revoked."}
    return ", ".join([f'Bearer realm="{REALM}"', *(f'{name}="{value}"' for name, value in more.items())])
