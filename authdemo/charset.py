"""Refuse what is not UTF-8 before Django decodes it.

Django decodes a request with whatever codec its Content-Type names. Python has codecs that are no text encoding
(`charset=zlib` raises inside `WSGIRequest.__init__`, before any middleware), and UTF-7 can spell half a character,
which no hasher and no database can encode. Browsers send UTF-8, and JSON is UTF-8 (RFC 8259 §8.1).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.http import parse_header_parameters

from authdemo.wire.counters import Counters

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

BODY = json.dumps({"detail": "Send the request in UTF-8.", "code": "charset"}).encode()


def utf8_only(application: WSGIApplication) -> WSGIApplication:
    """Wrap the application: any charset but UTF-8 is answered 415."""

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_utf8(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(BODY))),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Served-By", settings.INSTANCE_NAME),
            ("Server-Timing", Counters().header()),  # nothing was asked
        ]
        start_response("415 Unsupported Media Type", headers)
        return [BODY]

    return checked


def is_utf8(content_type: str) -> bool:
    """Tell whether a Content-Type names UTF-8 or no charset at all."""
    try:
        _, parameters = parse_header_parameters(content_type)
    except ValueError:  # longer than Django reads
        return False
    return parameters.get("charset", "utf-8").lower() in {"utf-8", "utf8"}
