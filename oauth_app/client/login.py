"""allauth's `SocialLogin`, holding a row wherever it writes what it has read before."""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from .accounts import still_signed_in


class CarefulLogin(SocialLogin):
    """Without it, who connects or comes in while an account is disconnected, or a sign-in ended, undoes that."""

    def lookup(self) -> None:
        """Find whose account it is. allauth saves it again: a row that was deleted meanwhile would be back."""
        same = SocialAccount.objects.filter(provider=self.account.provider, uid=self.account.uid)
        with transaction.atomic():
            same.select_for_update().first()
            super().lookup()

    def connect(self, request: HttpRequest, user: Any) -> None:
        """Connect, unless the sign-in has ended while the provider was asked.

        allauth saves the user, too: the whole row, as it is now and not as it was when the request began.
        """
        with transaction.atomic():
            request.user = still_signed_in(request)  # type: ignore[assignment]
            if request.user.is_authenticated:
                super().connect(request, request.user)
                return
        nobody_to_connect(request)


def nobody_to_connect(request: HttpRequest) -> NoReturn:
    """End allauth's journey: whoever began is not signed in any more."""
    text = "Nothing was connected: your session had ended. Sign in and try again."
    get_account_adapter(request).add_message(request, messages.WARNING, message=text)
    raise ImmediateHttpResponse(redirect_to_login(reverse("oauth:connections")))
