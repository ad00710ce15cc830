"""One button for a clean start."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import ending
from .signals import started_over


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start_over(request: HttpRequest) -> HttpResponse:
    """End everything by POST; GET shows what will end. To do it again does no harm."""
    if request.method != "POST":
        return render(
            request,
            "start_over/index.html",
            {"exchanges": ending.exchanges_of(request), "apps": ending.apps_of(request)},
        )
    ending.clear_exchanges(request)
    started_over.send(sender=None, request=request)
    # The token lies in a tab, not in a cookie: the page's script adds it to the form.
    by_token = ending.end_tokens(request.POST.get("refresh", ""))
    ending.end_apps(request)
    by_session = ending.end_session(request)
    messages.success(request, said(by_session, by_token))
    response = redirect("overview:index")
    ending.put_device_away(request, response)
    ending.forget_cookies(request, response)
    return response


def said(by_session: str, by_token: str) -> str:
    """Return the sentence that says what ended."""
    ended = [f"the session of {by_session}"] if by_session else []
    ended += [f"the tokens of {by_token}"] if by_token else []
    return f"You start over. Ended: {' and '.join(ended)}." if ended else "You start over. Nobody was signed in."
