"""JSON in, without surprises."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """REST framework's parser; it lets Python's RecursionError through, which would be a 500."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """Return the data. Raises ParseError, also for thousands of brackets in one another."""
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
