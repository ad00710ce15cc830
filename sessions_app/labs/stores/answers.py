"""The two refusals of a store: "sign in first", and "this store is not there"."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from .stores import Store


def challenge(store: Store) -> str:
    """Return the `WWW-Authenticate` of a 401, as `sessions_app.views.challenge` does for the site's session."""
    form = reverse("stores:login", kwargs={"store": store.name})
    return f'Cookie realm="{store.name}", form-action="{form}", cookie-name="{store.cookie}"'


def not_there(request: HttpRequest, store: Store, why: str) -> HttpResponse:
    """Return the 503: JSON for `whoami`, a page for people."""
    if request.path == reverse("stores:whoami", kwargs={"store": store.name}):
        body = {"detail": why, "code": "store_unavailable"}
        return JsonResponse(body, status=HTTPStatus.SERVICE_UNAVAILABLE)
    context = {"store": store, "why": why}
    return render(request, "session_stores/missing.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
