"""Mechanism 2, JSON Web Tokens: the client holds everything, the server only checks a signature."""

from __future__ import annotations
