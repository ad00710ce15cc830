"""Pages of the three companies: who they are, sign in, sign out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .companies import COMPANIES, company_of


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the three."""
    return render(request, "outside/index.html", {"companies": COMPANIES.values()})


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say who this company is and who is signed in."""
    return render(request, "outside/home.html")


class SignInView(LoginView):
    """User name or e-mail, and the password of this company."""

    template_name = "outside/sign_in.html"

    def get_default_redirect_url(self) -> str:
        """Return the company's first page."""
        return company_of(self.request).home

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again, with the status that says why."""
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNAUTHORIZED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether somebody came here from an app."""
        company = company_of(self.request)
        return super().get_context_data(**kwargs, for_an_app=self.get_redirect_url().startswith(company.authorize))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask, then end this company's session. Sessions that other sites have opened since then live on."""
    if request.method != "POST":
        return render(request, "outside/sign_out.html")
    logout(request)
    return HttpResponseRedirect(company_of(request).home)


def not_offered(request: HttpRequest) -> HttpResponse:
    """Answer 404 where allauth has a page that these companies do not offer (the device flow)."""
    raise Http404


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    cache.get("healthz")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 with each check "ok", or 503 with the failing one named."""
    checks = {}
    for name, check in {"database": _database, "cache": _cache}.items():
        try:
            check()
            checks[name] = "ok"
        except Exception:  # noqa: BLE001  whatever a driver raises is a failed check
            checks[name] = "failed"
    healthy = set(checks.values()) == {"ok"}
    return JsonResponse({"status": "ok" if healthy else "failed", "checks": checks}, status=200 if healthy else 503)
