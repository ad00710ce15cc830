"""Pages for the user: who has access, and the notes that it is about."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .models import NOTE_LENGTH, Consent, Grant, Note

SHOWN = 100  # notes on the page


@never_cache
@login_required
@require_safe
def apps(request: HttpRequest) -> HttpResponse:
    """List the apps that I have allowed something."""
    words = get_adapter().scope_display
    living = Token.objects.valid().filter(membership__grant__consent=OuterRef("pk"))
    ended = Grant.objects.filter(consent=OuterRef("pk")).exclude(reason="").order_by("-ended_at").values("pk")
    consents = (
        Consent.objects.filter(user=request.user.pk)
        .select_related("client__owner")
        .annotate(has_tokens=Exists(living), last_ended=Subquery(ended[:1]))
        .order_by("created_at")
    )
    grants = Grant.objects.in_bulk([consent.last_ended for consent in consents if consent.last_ended])
    listed = [
        {
            "consent": consent,
            "scopes": [(scope, words.get(scope, scope)) for scope in consent.scope_list],
            "ended": grants.get(consent.last_ended),
        }
        for consent in consents
    ]
    minutes = app_settings.ACCESS_TOKEN_EXPIRES_IN // 60
    return render(request, "oauth_provider/apps.html", {"apps": listed, "minutes": minutes})


@never_cache
@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what I have allowed an app. Its next call is refused. Of somebody else's there is none to find."""
    consent = Consent.objects.select_related("client", "user").filter(pk=pk, user=request.user.pk).first()
    if consent is not None:  # another tab was quicker
        consent.revoke()
        messages.success(request, f"{consent.client.name} has no access any more. Its next call is refused.")
    return redirect("provider:apps")


class NoteForm(forms.Form):
    """A new note."""

    text = forms.CharField(max_length=NOTE_LENGTH, label="New note", widget=forms.Textarea(attrs={"rows": 2}))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest) -> HttpResponse:
    """List my notes, and add one."""
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user: Any = request.user
        Note.objects.create(user=user, text=form.cleaned_data["text"])
        return redirect("provider:notes")
    mine: Any = Note.objects.filter(user=request.user.pk)
    context = {"form": form, "notes": mine[:SHOWN], "length": NOTE_LENGTH}
    code = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "oauth_provider/notes.html", context, status=code)


@never_cache
@login_required
@require_POST
def delete_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of my notes."""
    get_object_or_404(Note, pk=pk, user=request.user.pk).delete()
    return redirect("provider:notes")
