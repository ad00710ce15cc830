"""Mechanism 3, OAuth2 and OpenID Connect: somebody else checks the password."""

from __future__ import annotations

from typing import Any

# What the page offers: allauth's apps, in the order of the buttons.
SIGN_IN_WITH: list[dict[str, Any]] = []
