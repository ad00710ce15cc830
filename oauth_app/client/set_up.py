"""The page that says what to register where."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .pages import page
from .registration import registrations


def may_see(request: HttpRequest) -> bool:
    """Tell whether the page is for this visitor: for all with `OAUTH_SET_UP_FOR_ALL`, else for staff.

    Nothing on it is secret, each redirect to a provider says as much. But what is not set up yet, or wrongly, is of
    use to who runs the site, and to nobody else.
    """
    return getattr(settings, "OAUTH_SET_UP_FOR_ALL", False) or (request.user.is_active and request.user.is_staff)


@never_cache
@require_safe
def set_up(request: HttpRequest) -> HttpResponse:
    """Show what to register at each provider for this host, and what to set here."""
    if not may_see(request):
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.get_full_path())
    return page(request, "set_up", registrations=registrations(request))
