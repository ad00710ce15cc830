"""Keeps the list of devices true: another key, last use. Keeps odd cookies away from the store."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeAlias

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from . import devices, last_seen

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]
KEY = re.compile(r"[a-z0-9]{8,40}")


class SessionKeyMiddleware:
    """Compare the session's key before and after the view, and note that the session was used.

    Put it last, or at least after AuthenticationMiddleware.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; costs a statement when the key has changed."""
        if not devices.server_keeps_records() or not devices.is_the_sites(request.session):
            return self.get_response(request)
        before = _key_of(request)
        response = self.get_response(request)
        # Not modified, and yet without its key: the store did not find the session, or could not be asked.
        if before and request.session.modified and before != request.session.session_key:
            devices.follow(before, request)
        elif response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            last_seen.note(request)
        return response


def _key_of(request: HttpRequest) -> str | None:
    """Return the key that the cookie named. What is no key of Django's never gets to the store.

    A cookie can hold anything, NUL for example, which PostgreSQL refuses with an error instead of "not found".
    """
    key = request.session.session_key
    if key and not KEY.fullmatch(key):
        request.session = type(request.session)()
        return None
    return key
