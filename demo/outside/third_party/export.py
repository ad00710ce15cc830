"""The nightly export: a program asks in its own name (RFC 6749 §4.4). Nobody signs in, and nobody is asked."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .site import EXPORT
from .tokens import phrase
from .trouble import understood

SCOPE = "notes:export"
CALLS = ("/oauth/api/export/", "/oauth/api/whoami/", "/oauth/api/notes/")
LONG = 2000  # characters of an answer that are shown


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Say what came of the last run; run it now on POST. A scheduler would do that at night, without a page."""
    if request.method == "POST":
        request.session["export"] = run()
        return redirect("export")
    return render(request, "paper/export.html", {"run": request.session.get("export")})


def run() -> dict[str, Any]:
    """Get a token, make three calls with it, give it back. Returns what is shown. Raises Trouble."""
    answer = EXPORT.fetched(grant_type="client_credentials", scope=SCOPE)
    token = answer["access_token"]
    try:
        calls = [called(path, token) for path in CALLS]
    finally:
        given_back = EXPORT.give_back(token)  # a token that nobody has is one that nobody can lose
    refresh = bool(answer.get("refresh_token"))
    return {"at": f"{timezone.now():%H:%M:%S} UTC", "calls": calls, "given_back": given_back, "refresh": refresh}


def called(path: str, token: str) -> dict[str, Any]:
    """Make one call, and return what is shown of it."""
    answer = EXPORT.ask("GET", path, token)
    with understood():
        body = json.dumps(answer.json(), indent=2, ensure_ascii=False)
    return {"path": path, "status": answer.status_code, "phrase": phrase(answer.status_code), "body": body[:LONG]}
