"""The one place that every password of the site goes through."""

from __future__ import annotations

from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.handlers.proxy import AxesProxyHandler
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from authdemo.accounts.backends import PasswordBackend

from . import keys
from .handler import django_request


class GuardedBackend(AxesStandaloneBackend, PasswordBackend):
    """Asks the guard first. Sign-in form, token endpoint and admin all call `authenticate`, and that calls this."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        """Return the user, or None. Raises PermissionDenied during a lock: then no password is looked at.

        A command has no request, and nobody in it who guesses.
        """
        request = django_request(request)
        if request is None or not keys.typed_name(credentials):
            return PasswordBackend.authenticate(self, request, **credentials)
        try:
            AxesStandaloneBackend.authenticate(self, request, **credentials)
        except PermissionDenied:
            request.sign_in_refused = True  # type: ignore[union-attr]  # for the event
            raise
        user = PasswordBackend.authenticate(self, request, **credentials)
        if user is not None:
            AxesProxyHandler.get_implementation().password_was_right(request, credentials)
        return user
