"""Who may sign in with a password."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from authdemo.session_store.users import ReadWithSession

from . import names
from .demo import is_local_demo

LOOPBACK = {"127.0.0.1", "::1"}


class PasswordBackend(ReadWithSession, AuthenticationBackend):
    """allauth's, which takes a user name or an e-mail address; the password that everybody knows is none elsewhere."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        """Return the user, or None. The demo's password opens nothing but a demo on this very machine."""
        if credentials.get("password") == settings.DEMO_PASSWORD and not asked_on_this_machine(request):
            return None
        if len(str(credentials.get("username", ""))) > names.LONGEST:  # the admin's form lets it through
            credentials["username"] = ""
        return super().authenticate(request, **credentials)


def asked_on_this_machine(request: HttpRequest | None) -> bool:
    """Tell whether this is the demo, and the request came over the loopback interface (or is none: a command)."""
    return is_local_demo() and (request is None or request.META.get("REMOTE_ADDR") in LOOPBACK)
