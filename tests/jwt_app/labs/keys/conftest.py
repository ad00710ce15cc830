"""The fixtures of the app's own tests."""

from __future__ import annotations

from tests.jwt_app.conftest import use_algorithm

__all__ = ["use_algorithm"]
