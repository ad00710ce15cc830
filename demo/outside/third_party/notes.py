"""Print the notes, add one, fetch new tokens, disconnect."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import Response
from requests.utils import parse_dict_header

from . import news, tokens
from .connecting import READ, connection_of
from .models import Connection
from .news import SCOPES
from .tokens import Ended, Use
from .trouble import Trouble, understood

NOTES = "/oauth/api/notes/"


class NoteForm(forms.Form):
    """A note to add at the site."""

    text = forms.CharField(max_length=500, label="Add a note from here", widget=forms.Textarea(attrs={"rows": 2}))


@never_cache
@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """Fetch the notes, now, and print them."""
    use = used(request)
    try:
        answer = use.call("GET", NOTES)
    except Ended:
        return ended(request, use)
    if answer.status_code == HTTPStatus.FORBIDDEN:
        return narrow(request, use, answer)
    draft = news.draft_of(request, use.connection)
    request.session.pop("drafts", None)
    context = context_of(use) | {"notes": read(answer), "form": NoteForm(initial={"text": draft}), "draft": draft}
    return render(request, "paper/notes.html", context)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Send a note to the site with the token that we have, whatever it may do: the site decides."""
    use, form = used(request), NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A note has at least one character, and 500 at most.")
        return redirect("notes")
    text = form.cleaned_data["text"]
    try:
        answer = use.call("POST", NOTES, json={"text": text})
    except Ended:
        return ended(request, use)
    if answer.status_code == HTTPStatus.FORBIDDEN:
        news.keep_draft(request, use.connection, text)
        return narrow(request, use, answer)
    if answer.status_code == HTTPStatus.BAD_REQUEST:
        messages.error(request, "The site did not take this note.")
    elif answer.status_code != HTTPStatus.CREATED:
        raise Trouble("failing")
    else:
        messages.success(request, f"Added at the site. {' '.join(use.story)}")
    return redirect("notes")


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Fetch the next tokens, although those that we have are still good."""
    use = used(request)
    try:
        if use.connection.ended:
            raise Ended
        use.renew()
    except Ended:
        return ended(request, use)
    messages.success(request, " ".join(use.story))
    return redirect("notes")


@require_POST
def disconnect(request: HttpRequest) -> HttpResponse:
    """Give the tokens back at the site, and forget them here, whatever the site says."""
    news.forget(request)
    connection = connection_of(request)
    if connection is not None:
        connection.delete()
        if connection.ended:
            messages.success(request, "Forgotten: nothing of it is here any more.")
        elif tokens.give_back(connection):
            messages.success(request, _disconnected(connection))
        else:
            messages.warning(request, "Nothing is here any more, but the site did not confirm it. Take it back there.")
    return redirect("home")


def _disconnected(connection: Connection) -> str:
    """Say what follows: tokens have ended, and what the user has allowed is the site's to remember."""
    there = format_html('<a href="{}/oauth/apps/">take it back there</a>', settings.SITE_URL)
    if set(READ) <= set(connection.scopes):
        return format_html(
            "Disconnected: our tokens have ended. The site remembers that you allowed us, so connecting again asks "
            "nothing. To be asked again, {}.", there,
        )  # fmt: skip
    return format_html(
        "Disconnected: our tokens have ended. The site remembers what you allowed us. To end that as well, {}.", there
    )


def used(request: HttpRequest) -> Use:
    """Return what this browser has connected. Raises Trouble where that is nothing."""
    connection = connection_of(request)
    if connection is None:
        raise Trouble("unconnected")
    return Use(connection)


def context_of(use: Use) -> dict[str, Any]:
    """Return what all pages about a connection show."""
    connection = use.connection
    left = (connection.expires_at - timezone.now()).total_seconds() if connection.expires_at else None
    return {
        "connection": connection,
        "story": use.story,
        "scopes": [(scope, SCOPES.get(scope, "")) for scope in connection.scopes],
        "minutes": max(0, round(left / 60)) if left is not None else None,
        "may_add": "notes:write" in connection.scopes,
    }


def read(answer: Response) -> list[dict[str, Any]]:
    """Return the notes in an answer of the API. Raises Trouble where it is something else."""
    if answer.status_code != HTTPStatus.OK:
        raise Trouble("failing")
    with understood():
        return [
            {"text": str(note["text"]), "at": parse_datetime(note["created_at"])} for note in answer.json()["notes"]
        ]


def ended(request: HttpRequest, use: Use) -> HttpResponse:
    """Say in plain words that the site does not take our tokens any more, and what that was not."""
    now = used(request)  # as it is written by now: another tab may have disconnected
    now.story = use.story
    return render(request, "paper/ended.html", context_of(now), status=HTTPStatus.FORBIDDEN)


def narrow(request: HttpRequest, use: Use, answer: Response) -> HttpResponse:
    """Say that the token is good, but not for this (RFC 6750 §3.1), and how to get one that is."""
    challenge = parse_dict_header(  # type: ignore[no-untyped-call]
        answer.headers.get("WWW-Authenticate", "").partition(" ")[2]
    )
    if challenge.get("error") != "insufficient_scope":
        raise Trouble("failing")
    needed = challenge.get("scope") or ""
    context = context_of(use) | {
        "needed": needed if needed in SCOPES else "",
        "words": SCOPES.get(needed, ""),
        "lost": needed in request.session.get("lost", ()),
        "draft": news.draft_of(request, use.connection),
    }
    return render(request, "paper/narrow.html", context, status=HTTPStatus.FORBIDDEN)
