"""How often may somebody guess here? django-axes counts; this is what it is told. The site has a guard of its own."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from math import ceil
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_cool_off
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac

from .companies import company_of
from .models import Account

FROM_ELSEWHERE = 10
"""So many failures from all addresses weigh as much as one from a single address: 50, where 5 are the limit."""


def account_key(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return whom a try is counted for: the account of a name or an e-mail address at this company.

    A name that nobody has counts under a keyed hash: it may be a password in the wrong field. No slug has a colon.
    """
    name, company = str((credentials or {}).get("username") or ""), company_of(request).slug
    if account := Account.objects.named(name, company).first():
        return f"{company}/{account.username}"
    folded = unicodedata.normalize("NFKC", name).casefold()
    return f"unknown:{salted_hmac('outside.guard', f'{company}/{folded}', algorithm='sha256').hexdigest()}"


class CompanyHandler(AxesDatabaseHandler):
    """axes' own, with a second and higher limit for an account from everywhere."""

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Return how many failures weigh on this try, by the order of AXES_LOCKOUT_PARAMETERS."""
        here, everywhere = (
            sum(attempts.values_list("failures_since_start", flat=True))
            for attempts in self.get_user_attempts(request, credentials)
        )
        return int(max(here, everywhere // FROM_ELSEWHERE))

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        """Count it, in one row for each account and address, whatever the program says of itself."""
        if request is not None:
            request.axes_user_agent = request.axes_http_accept = ""
        super().user_login_failed(sender, credentials, request, **kwargs)

    def reset_user_attempts(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Forget the failures from this address: those from elsewhere were somebody else's, perhaps."""
        here, _ = self.filter_user_attempts(request, credentials)
        return int(here.delete()[0])


def locked(request: Any, response: Any = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """Answer 429 with `Retry-After` (RFC 6585 §4). It is the same for a name that nobody has."""
    here, everywhere = CompanyHandler().get_user_attempts(request, credentials)
    last = (here if here.exists() else everywhere).aggregate(last=Max("attempt_time"))["last"]
    end = (last or timezone.now()) + (get_cool_off(request) or timedelta())
    seconds = max(1, ceil((end - timezone.now()).total_seconds()))
    page = render(request, "outside/locked.html", {"seconds": seconds, "form": request.get_full_path()}, status=429)
    page["Retry-After"] = str(seconds)
    add_never_cache_headers(page)
    return page
