"""Sign in, look at the session, list my devices, end sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user, get_user_model, logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from . import devices
from .forms import LoginForm, PasswordChangeForm
from .record import describe

View: TypeAlias = Callable[..., HttpResponse]


def challenge() -> str:
    """Return the `WWW-Authenticate` that every 401 must carry (RFC 9110 §11.6.1).

    No scheme is registered for cookies. This one is of draft-broyer-http-cookie-auth. No browser opens its own
    password dialog for it, as it would for `Basic`.
    """
    form = reverse("sessions:login")
    return f'Cookie realm="sessions", form-action="{form}", cookie-name="{settings.SESSION_COOKIE_NAME}"'


class LoginView(auth_views.LoginView):
    """Django's own, but wrong credentials are a 401 and not the 200 of a page that is all right."""

    form_class = LoginForm
    template_name = "sessions_app/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """Follow `next` on this site only (Django's check), and never back to this page: that would be a loop."""
        url = super().get_redirect_url()
        return "" if urlsplit(url).path == self.request.path else url

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again."""
        return self.render_to_response(
            self.get_context_data(form=form), status=401, headers={"WWW-Authenticate": challenge()}
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether there is anybody who could sign in."""
        return super().get_context_data(no_users=not get_user_model()._default_manager.exists(), **kwargs)


def opened_at(request: HttpRequest) -> datetime | None:
    """Return when the session was opened: the note that `signals.py` left in it."""
    noted = request.session.get("signed_in_at")
    return datetime.fromisoformat(noted) if noted else None


@never_cache
@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what the browser holds and what the server holds."""
    context = {
        "cookie_name": settings.SESSION_COOKIE_NAME,
        "cookie_bytes": len(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")),
        "cookie_samesite": settings.SESSION_COOKIE_SAMESITE,
        "cookie_secure": settings.SESSION_COOKIE_SECURE,
        "cookie_httponly": settings.SESSION_COOKIE_HTTPONLY,
        "over_https": request.is_secure(),
        "keeps_records": devices.server_keeps_records(),
        # Of the cookie's value and of the data only what opens nothing: whoever has all of it is this user.
        "record": describe(request.session),
        "opened_at": opened_at(request),
        "expires_at": request.session.get_expiry_date(),
    }
    return render(request, "sessions_app/dashboard.html", context)


@never_cache
@login_required
@require_safe
def list_devices(request: HttpRequest) -> HttpResponse:
    """List my sessions everywhere."""
    context = {"keeps_records": devices.server_keeps_records(), "devices": devices.list_for(request)}
    return render(request, "sessions_app/devices.html", context)


def login_required_for_post(view: View) -> View:
    """Send who is not signed in (any more) to the sign-in page, and from there to the list.

    `login_required` would name the address of this POST as `next`, where the GET after the sign-in is a 405.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(reverse("sessions:devices"))
        return view(request, *args, **kwargs)

    return require_POST(wrapped)


@login_required_for_post
def revoke_device(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my sessions, at once: its next request is anonymous."""
    device = UserSession.objects.select_related("user").filter(pk=pk, user_id=request.user.pk).first()
    if device is None:  # one page for what has ended, what never was, and what is somebody else's
        return render(request, "sessions_app/not_mine.html", status=404)
    if device.session_key == request.session.session_key:
        device.end()
        logout(request)
        return redirect("sessions:login")
    devices.end(device)
    messages.success(request, "Ended. That browser's next request is anonymous.")
    return redirect("sessions:devices")


@login_required_for_post
def revoke_other_devices(request: HttpRequest) -> HttpResponse:
    """End all my sessions but this one."""
    count = devices.end_others(request)
    messages.success(request, ended_others(count))
    return redirect("sessions:devices")


def ended_others(count: int, new_id: bool = False) -> str:
    """Say how many other sessions have ended, and whether this one has another ID since."""
    goes_on = "This one goes on, with a new ID." if new_id else "This one goes on."
    return f"Ended {count} other session{'' if count == 1 else 's'}. {goes_on}"


@method_decorator(never_cache, name="dispatch")
class PasswordChangeView(auth_views.PasswordChangeView):
    """Django's own, and then this session alone goes on. A form that does not fit is a 400."""

    form_class = PasswordChangeForm
    template_name = "sessions_app/password.html"
    success_url = reverse_lazy("sessions:devices")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know from where the old password comes."""
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Save the password. Django gives this session a new key and a new mark of the password.

        It writes the whole row, so that is held and read anew: what somebody else has changed since the request began
        would be undone. A session that has ended meanwhile changes nothing.
        """
        key = self.request.session.session_key
        with transaction.atomic():
            rows = get_user_model()._default_manager.select_for_update(no_key=True)
            rows.filter(pk=self.request.user.pk or 0).first()  # type: ignore[misc]
            form.user = get_user(self.request)
            response = super().form_valid(form) if form.user.is_authenticated else None
        if response is None:
            messages.warning(self.request, "Nothing was changed: your session had ended. Sign in and try again.")
            return redirect_to_login(self.request.path)
        count = devices.keep_only_this(key, self.request)
        new_id = devices.server_keeps_records()
        messages.success(self.request, f"Your password is changed. {ended_others(count, new_id)}")
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether a session has an ID that changes."""
        return super().get_context_data(keeps_records=devices.server_keeps_records(), **kwargs)


@never_cache
@require_safe
def whoami(request: HttpRequest) -> JsonResponse:
    """Say as JSON who is calling. The cookie comes by itself; a script has nothing to add."""
    if not request.user.is_authenticated:
        body = {"detail": "No session, or it has ended. Sign in first.", "code": "not_authenticated"}
        return JsonResponse(body, status=401, headers={"WWW-Authenticate": challenge()})
    return JsonResponse(
        {
            "mechanism": "session",
            "user": {"id": str(request.user.pk), "username": request.user.get_username()},
            "credential": {
                "kind": "session cookie",
                "issued_at": rfc3339(opened_at(request)),
                "expires_at": rfc3339(request.session.get_expiry_date()),
                "revocable": devices.server_keeps_records(),
            },
            "served_by": getattr(settings, "INSTANCE_NAME", "A"),
        }
    )


def rfc3339(moment: datetime | None) -> str | None:
    """Return a time in UTC as JSON APIs write it: 2026-01-31T12:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
