"""What a lock answers: 429 with `Retry-After` (RFC 6585 §4), as a page or as JSON."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from authdemo.accounts.demo import is_local_demo


def locked(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """Return the answer in the place of the view's: AXES_LOCKOUT_CALLABLE. It is the same for a name nobody has."""
    seconds: int = request.guard_standing.seconds_left  # type: ignore[attr-defined]
    if "/api/" in request.path:
        detail = f"Too many wrong passwords for this name. Wait {in_words(seconds)}, then try again."
        answer: HttpResponse = JsonResponse({"detail": detail, "code": "throttled"})
    else:
        answer = _page(request, seconds)
    answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
    answer["Retry-After"] = str(seconds)
    add_never_cache_headers(answer)
    return answer


def _page(request: HttpRequest, seconds: int) -> HttpResponse:
    match = request.resolver_match
    in_admin = match is not None and "admin" in match.app_names
    target = request.POST.get("next") or request.GET.get("next")
    context = {
        "seconds": seconds,
        "in_words": in_words(seconds),
        "local": is_local_demo(),
        "form": request.path + (f"?{urlencode({'next': target})}" if target else ""),
    }
    if in_admin:
        return render(request, "guard/locked_admin.html", admin.site.each_context(request) | context)
    return render(request, "guard/locked.html", context)


def in_words(seconds: int) -> str:
    """Return "1 second", "43 seconds", "15 minutes"; minutes are rounded up."""
    number, unit = (seconds, "second") if seconds <= 120 else (-(-seconds // 60), "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"
