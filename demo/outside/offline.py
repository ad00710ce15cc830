"""What Google remembers of an authorization besides the code: shall there be a refresh token, and what was granted."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.idp.oidc.models import Token
from django.core.cache import cache

from .companies import Company

AGE = 15 * 60  # seconds; no code lives longer


def note(location: str) -> None:
    """Note that the code in this redirect was asked for with `access_type=offline`."""
    for code in parse_qs(urlsplit(location).query).get("code", []):
        cache.set(_key(code), True, AGE)


def was_noted(code: str) -> bool:
    """Tell whether it was."""
    return bool(cache.get(_key(code)))


def granted_scopes(account: Any, company: Company) -> list[str]:
    """Return what the account allows the company's client now."""
    tokens = Token.objects.valid().filter(user=account.pk, client=company.client_id).order_by("pk")
    return list(dict.fromkeys(scope for token in tokens for scope in token.get_scopes() if scope in company.scopes))


def _key(code: str) -> str:
    return f"outside.offline.{hashlib.sha256(code.encode()).hexdigest()}"
