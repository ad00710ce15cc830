"""An answer to HEAD has no body (RFC 9110 §9.3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def without_body(application: WSGIApplication) -> WSGIApplication:
    """Wrap the application: of an answer to HEAD only the headers are sent, with the Content-Length of GET.

    Django leaves that to the server, and waitress does not do it: on a connection that is kept, the body would be read
    as the beginning of the next answer. Out here it holds for static files and for what is refused early as well.
    """

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if hasattr(body, "close"):
            body.close()
        return []

    return answered
