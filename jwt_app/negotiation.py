"""Which format is the answer in? There is one, so for most requests nothing is to be weighed."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class ContentNegotiation(DefaultContentNegotiation):
    """REST framework's, with a short way for `*/*` and `application/json`: what curl, fetch() and most libraries send.

    Its own way to the same answer takes the header apart and puts the parts in order, at each request. What that costs
    shows in `make bench`, beside SimpleJWT as it comes.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and its media type. Raises NotAcceptable where the client wants what is not spoken."""
        first, is_free = next(iter(renderers)), format_suffix is None and self.settings.URL_FORMAT_OVERRIDE is None
        # Not `request.headers`: to read one of those, Django makes all of them.
        if is_free and request.META.get("HTTP_ACCEPT", "*/*") in {"*/*", first.media_type}:
            return first, first.media_type
        found: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return found
