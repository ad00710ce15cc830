"""What a request may say about its encoding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.http import parse_header_parameters

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

CHARSETS = {"utf-8", "utf8"}


def utf8_only(application: WSGIApplication) -> WSGIApplication:
    """Answer 415 to any charset but UTF-8: Django would decode with whatever codec the request names, and fail."""

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            _, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        except ValueError:
            parameters = {"charset": ""}
        if parameters.get("charset", "utf-8").lower() in CHARSETS:
            return application(environ, start_response)
        start_response("415 Unsupported Media Type", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []

    return checked
