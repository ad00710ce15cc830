"""What axes asks before a password is looked at, and tells after it was wrong."""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.signals import user_locked_out
from django.http import HttpRequest
from django.utils import timezone

from . import keys
from .locks import Standing, standing_of
from .models import Failures


def django_request(request: Any) -> Any:
    """Return Django's request of REST framework's: AxesMiddleware looks for its mark there."""
    return getattr(request, "_request", request)


class GuardHandler(AxesDatabaseHandler):
    """axes' own, but with two limits, no form data, and a success that resets nothing from elsewhere: AXES_HANDLER."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        """Tell whether this account is locked, from here or from everywhere, and leave the rest at the request."""
        account = get_client_username(request, credentials)
        request.guard_standing = standing_of(account, request.axes_ip_address, timezone.now())
        return bool(request.guard_standing.locked)

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Return how often this account's password was wrong from here."""
        self.is_locked(request, credentials)
        return int(request.guard_standing.failures_here)

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        """Count one more; where that is one too many, tell AxesMiddleware.

        What is refused during a lock is not counted: nobody's waiting gets longer by it, the owner's least of all.
        """
        request = django_request(request)
        if request is None or not keys.typed_name(credentials):  # a command, or no password at all
            return
        AxesProxyHandler.update_request(request)
        account, address = get_client_username(request, credentials), request.axes_ip_address
        if not request.axes_locked_out:
            self.clean_expired_user_attempts(request, credentials)
            Failures.objects.add_one(account, address, keys.browser_key(request), timezone.now())
            request.guard_counted = True
            request.axes_locked_out = self.is_locked(request, credentials)
        if request.axes_locked_out:
            request.axes_credentials = credentials
            user_locked_out.send("axes", request=request, username=account, ip_address=address)

    def password_was_right(self, request: Any, credentials: dict[str, Any]) -> None:
        """Forget the failures of this account from here. Those from elsewhere were somebody else's, perhaps."""
        standing: Standing = request.guard_standing
        if standing.failures_here:
            Failures.objects.of(get_client_username(request, credentials), request.axes_ip_address).delete()

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """Do nothing: a session can also be opened by a provider's word. See `password_was_right`."""

    def user_logged_out(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """Do nothing: `authdemo.events` keeps the record of that."""
