"""A form that the visitor never asked for. Nothing is kept of anybody, and no cookie is set."""

from __future__ import annotations

import re
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# What the site put into the link, to recognise the attempt by. It is handed back and means nothing here.
RUN = re.compile(r"\A[\w:.-]{1,300}\Z", re.ASCII)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Say what is here."""
    return render(request, "hostile/index.html", {"site": settings.SITE_URL})


@never_cache
@require_safe
def attack(request: HttpRequest, target: str) -> HttpResponse:
    """Show the prize, and the form behind it. It sends itself only for who came here from the site's own page."""
    run = request.GET.get("run", "")
    run = run if RUN.match(run) else ""
    context = {
        "site": settings.SITE_URL,
        "action": f"{settings.SITE_URL}{target}" + (f"?run={run}" if run else ""),
        "path": target,
        "by_itself": bool(run),
        "address": request.get_host(),
    }
    return render(request, "hostile/attack.html", context)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that this process answers. It depends on nothing that could be checked."""
    return JsonResponse({"status": "ok", "checks": {}})


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing is here."""
    return render(request, "hostile/nothing.html", {"site": settings.SITE_URL}, status=HTTPStatus.NOT_FOUND)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say the same to who asks in a strange way: for another host name, say."""
    return render(request, "hostile/nothing.html", {"site": settings.SITE_URL}, status=HTTPStatus.BAD_REQUEST)
