"""End a sign-in by token from the page of devices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jwt_app import denylist
from jwt_app.models import RefreshFamily
from sessions_app.views import login_required_for_post


@login_required_for_post
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of my families: no refresh token of it works from now on."""
    own: Any = request.user
    family = RefreshFamily.objects.select_related("user").filter(pk=pk, user=own).first()
    if family is None:  # one page for what never was and what is somebody else's
        return render(request, "sessions_app/not_mine.html", status=404)
    family.revoke(RefreshFamily.Reason.ELSEWHERE)
    before = "does not work any more" if denylist.is_on() else "works until it expires"
    messages.success(request, f"Ended. An access token from before {before}; no new one is given.")
    return redirect("sessions:devices")
