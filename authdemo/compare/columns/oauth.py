"""placeholder"""

from __future__ import annotations

from ..story import Call, Cell
from .base import Column, Problem


class OAuthColumn(Column):
    """placeholder"""

    name = "oauth"

    def sign_in(self) -> Cell:
        """placeholder"""
        raise Problem("Not there yet.")

    def because(self, call: Call) -> str:
        """placeholder"""
        return ""

    def end(self) -> None:
        """placeholder"""
