"""Print the notes, add one, fetch new tokens, disconnect."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import Response
from requests.utils import parse_dict_header

from . import tokens
from .connecting import connection_of
from .tokens import Ended, Use
from .trouble import Trouble, understood

NOTES = "/oauth/api/notes/"
SCOPES = {
    "openid": "know which account is yours",
    "profile": "see your user name",
    "notes:read": "read your notes",
    "notes:write": "add notes in your name",
}


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
    draft = request.session.pop("draft", "")
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
        request.session["draft"] = text  # so that it need not be typed again
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
    connection = connection_of(request)
    if connection is not None:
        connection.delete()
        if tokens.give_back(connection):
            messages.success(request, "Disconnected. The site has taken the tokens back, and nothing of them is here.")
        else:
            messages.warning(request, "Nothing is here any more, but the site did not confirm it. Take it back there.")
    return redirect("home")


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
    context = context_of(use) | {"needed": needed if needed in SCOPES else "", "words": SCOPES.get(needed, "")}
    return render(request, "paper/narrow.html", context, status=HTTPStatus.FORBIDDEN)
