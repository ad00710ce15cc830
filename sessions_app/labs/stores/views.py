"""The same on each store: sign in, ask who that made you, sign out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeAlias

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions_app.views import LoginView as SiteLoginView
from sessions_app.views import opened_at, rfc3339

from .answers import challenge, not_there
from .engines import LIFETIME
from .stores import BY_NAME

View: TypeAlias = Callable[..., HttpResponse]


def on_store(view: View) -> View:
    """Answer 503 where the store is not there, and say what to set."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, store: str, **kwargs: Any) -> HttpResponse:
        chosen = BY_NAME[store]
        if chosen.missing:
            return not_there(request, chosen, chosen.missing)
        return view(request, *args, store=store, **kwargs)

    return never_cache(wrapped)


@method_decorator(on_store, name="dispatch")
class LoginView(SiteLoginView):
    """The site's own, but it ends where it began: a store has no other page."""

    template_name = "session_stores/login.html"
    redirect_authenticated_user = False

    def get_default_redirect_url(self) -> str:
        """Come back to this page, which says who is signed in now."""
        return self.request.path

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, and note when, and when it ends. What has ended before is cleared away."""
        response = super().form_valid(form)
        session, now = self.request.session, timezone.now()
        session["signed_in_at"] = now.isoformat()
        session.set_expiry(now + timedelta(seconds=LIFETIME))
        type(session).clear_expired()
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again."""
        response = super().form_invalid(form)
        if response.has_header("WWW-Authenticate"):
            response["WWW-Authenticate"] = challenge(BY_NAME[self.kwargs["store"]])
        return response

    def get_form(self, form_class: Any = None) -> Any:
        """Leave the focus alone where the form stands below what has just happened: it would scroll that away."""
        form = super().get_form(form_class)
        if self.request.user.is_authenticated:
            form.fields["username"].widget.attrs.pop("autofocus", None)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which store this is."""
        return super().get_context_data(store=BY_NAME[self.kwargs["store"]], **kwargs)


@method_decorator(on_store, name="dispatch")
class LogoutView(auth_views.LogoutView):
    """Django's own: POST only."""

    def get_default_redirect_url(self) -> str:
        """Go back to the form."""
        return reverse("stores:login", kwargs={"store": self.kwargs["store"]})


@on_store
@require_safe
def whoami(request: HttpRequest, store: str) -> JsonResponse:
    """Say as JSON whom this store takes the caller for."""
    chosen = BY_NAME[store]
    if not request.user.is_authenticated:
        body = {"detail": "No session on this store, or it has ended. Sign in first.", "code": "not_authenticated"}
        return JsonResponse(body, status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": challenge(chosen)})
    return JsonResponse(
        {
            "mechanism": "session",
            "user": {"id": str(request.user.pk), "username": request.user.get_username()},
            "credential": {
                "kind": "session cookie",
                "issued_at": rfc3339(opened_at(request)),
                "expires_at": rfc3339(request.session.get_expiry_date()),
                "revocable": chosen.keeps_records,
            },
            "served_by": settings.INSTANCE_NAME,
        }
    )
