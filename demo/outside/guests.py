"""Accounts to be thrown away: made by one click, without a password; the next one clears those older than an hour.

For experiments that end an account's grants: no account of a learner shall be in their way. Only in the demo (LABS),
and from this machine.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .companies import company_of
from .engine import error_page
from .models import Account

PREFIX = "guest-"  # no account of `seed_outside` begins so
AGE = timedelta(hours=1)
LOOPBACK = ("127.0.0.1", "::1")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account at this company and sign in with it. 404 without LABS, 403 from another machine."""
    company = company_of(request)
    if not settings.LABS:
        raise Http404
    if request.META.get("REMOTE_ADDR") not in LOOPBACK:
        return error_page(request, "forbidden", "Accounts are made on this machine only.", HTTPStatus.FORBIDDEN)
    if request.method != "POST":
        return render(request, "outside/sign_up.html")
    guests = Account.objects.filter(username__startswith=PREFIX, company=company.slug)
    guests.filter(last_login__lt=timezone.now() - AGE).delete()
    name = f"{PREFIX}{secrets.token_hex(6)}"
    account = Account(company=company.slug, username=name, email=f"{name}@guest.example", email_verified=True)
    account.given_name, account.family_name = "Guest", name.removeprefix(PREFIX)
    account.set_unusable_password()
    account.save()
    login(request, account, backend="demo.outside.backends.CompanyBackend")  # type: ignore[arg-type]
    return HttpResponseRedirect(company.home)
