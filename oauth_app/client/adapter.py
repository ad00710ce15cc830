"""What allauth leaves to us: who may come in, under which name, and what is said when it does not work."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NoReturn

import requests
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.utils import user_email, user_field, user_username
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount import app_settings
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess, Provider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.utils import generate_unique_username
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from .accounts import connected_providers, owner_of, verified
from .endpoints import why_no_token
from .id_token import IDTokenRefused
from .login import CarefulLogin, nobody_to_connect
from .pages import page, used_up
from .provider import local_path
from .transport import ProviderSession

FIRST_VISIT = "oauth_first_visit"  # session key: this sign-in made the user
ATTEMPTS = 3

# RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6. Other text from the URL is not shown: anybody can write it there.
ERROR_CODES = {
    "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope", "server_error",
    "temporarily_unavailable", "interaction_required", "login_required", "account_selection_required",
    "consent_required",
}  # fmt: skip
# The first that fits is said. Timeout stands before ConnectionError: a ConnectTimeout is both.
FAILURES: tuple[tuple[type[Exception], HTTPStatus, str], ...] = (
    (requests.Timeout, HTTPStatus.GATEWAY_TIMEOUT, "It did not answer in time."),
    (requests.ConnectionError, HTTPStatus.SERVICE_UNAVAILABLE, "It cannot be reached."),
    (requests.HTTPError, HTTPStatus.BAD_GATEWAY, "It answered one of our calls with an error."),
    (IDTokenRefused, HTTPStatus.BAD_GATEWAY, "Its ID token is not one for this sign-in."),
    (OAuth2Error, HTTPStatus.BAD_GATEWAY, "It gave no token."),
    (Exception, HTTPStatus.BAD_GATEWAY, "Its answer is not one that the specification allows."),
)


def refuse(request: HttpRequest, name: str, status: int, **context: Any) -> NoReturn:
    """End allauth's journey here, with a page of ours."""
    raise ImmediateHttpResponse(page(request, name, status, **context))


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """`SOCIALACCOUNT_ADAPTER`."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": "This is your only way in: your account here has no password. Connect another account first.",
    }

    def get_requests_session(self) -> requests.Session:
        """Return the session for each call to a provider."""
        return ProviderSession(app_settings.REQUESTS_TIMEOUT)

    # ---- The provider has said who it is. May they come in?

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Return to let allauth go on: sign in, make a user, or connect. Everything else ends here."""
        request.session.pop(FIRST_VISIT, None)
        request.named_login = sociallogin  # type: ignore[attr-defined]  # whose the tokens are, if it is refused
        provider = sociallogin.provider
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            self._may_connect(request, sociallogin)
        elif request.user.is_authenticated:
            # The stock flow would sign the present user out and the other one in, without a word.
            same = sociallogin.user == request.user
            refuse(request, "signed_in_already", HTTPStatus.CONFLICT, provider=provider, same=same, answered=True)
        elif not sociallogin.is_existing:
            self._may_sign_up(request, sociallogin)
        elif not sociallogin.user.is_active:
            refuse(request, "inactive", HTTPStatus.FORBIDDEN)
        # For the view, which keeps the tokens when all is done.
        request.accepted_login = sociallogin  # type: ignore[attr-defined]
        sociallogin.token = None  # allauth would write it into the session where its sign-up takes a detour

    def _may_connect(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if not request.user.is_authenticated:
            nobody_to_connect(request)
        if sociallogin.state.get("began") != str(request.user.pk):
            text = "Nothing was connected: it was not you who began this. Try again."
            get_account_adapter(request).add_message(request, messages.WARNING, message=text)
            raise ImmediateHttpResponse(redirect("oauth:connections"))
        if sociallogin.is_existing and sociallogin.user != request.user:
            back = local_path(sociallogin.state.get("next"))
            refuse(request, "connected_elsewhere", HTTPStatus.CONFLICT, provider=sociallogin.provider, next=back)

    def _may_sign_up(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Look at the addresses: verified or none at all, and nobody's here."""
        provider, addresses = sociallogin.provider, verified(sociallogin.email_addresses)
        if sociallogin.email_addresses and not addresses:
            # Before we look whether the address is known here, so that the answer does not tell.
            refuse(request, "unverified", HTTPStatus.FORBIDDEN, provider=provider)
        sociallogin.email_addresses = addresses
        user_email(sociallogin.user, addresses[0].email if addresses else "")
        if owner := owner_of(addresses):
            account = sociallogin.account
            if SocialAccount.objects.filter(provider=account.provider, uid=account.uid).exists():
                self._once_more(request, sociallogin)  # another tab was quicker: the owner came by this very account
            refuse(request, "account_exists", HTTPStatus.CONFLICT, **self._ways_in(request, owner, sociallogin))

    def _ways_in(self, request: HttpRequest, owner: AbstractUser, sociallogin: SocialLogin) -> dict[str, Any]:
        """Return how the owner of the address signs in, and where to connect the new provider after that."""
        provider, ids = sociallogin.provider, connected_providers(owner)
        known = [provider for provider in self.list_providers(request) if provider.sub_id in ids]
        after = f"{reverse('oauth:connections')}?{urlencode({'connect': provider.sub_id})}"
        with_password = f"{reverse('account_login')}?{urlencode({'next': after})}"
        # Where the project signs people in with providers only, its LOGIN_URL is our first page: no password there.
        asks_for_one = resolve_url(settings.LOGIN_URL) != reverse("oauth:index")
        return {
            "provider": provider,
            "email": sociallogin.email_addresses[0].email,
            "others": sorted(known, key=lambda provider: ids.index(provider.sub_id)),
            "login_url": with_password if owner.has_usable_password() and asks_for_one else "",
            "connect_url": after,
        }

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        """Return where to go after connecting, unless the form said another page."""
        return reverse("oauth:connections")

    def validate_disconnect(self, account: SocialAccount, accounts: QuerySet[SocialAccount]) -> None:
        """Keep the last way in. An account of a provider that is no longer set up is none."""
        ids = [provider.sub_id for provider in self.list_providers(self.request)]
        others = accounts.exclude(pk=account.pk).filter(provider__in=ids)
        if not others.exists() and not account.user.has_usable_password():
            raise self.validation_error("no_password")

    # ---- A new user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> AbstractUser:
        """Make the user. Of several first visits at once the database's constraints let one win."""
        spare = sociallogin.serialize()
        user_username(sociallogin.user, self._free_username(sociallogin))
        try:
            with transaction.atomic():
                user: AbstractUser = super().save_user(request, sociallogin, form)
        except IntegrityError:
            self._once_more(request, CarefulLogin.deserialize(spare))
        request.session[FIRST_VISIT] = True
        return user

    def _free_username(self, sociallogin: SocialLogin) -> str:
        """Return a name that nobody has: the part before any `@`, with a number where it is taken."""
        said = sociallogin.provider.extract_common_fields(sociallogin.account.extra_data).get("username")
        wishes = [said, user_field(sociallogin.user, "first_name"), user_email(sociallogin.user)]
        return str(generate_unique_username([*(wish[:100] for wish in wishes if isinstance(wish, str)), "user"]))

    def _once_more(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        """Somebody took the account, the address or the name in this very moment: look again, from the start."""
        attempt = sociallogin.state.get("attempt", 1)
        if attempt >= ATTEMPTS:
            reason = "Too many sign-ins with the same name came at once."
            status = HTTPStatus.SERVICE_UNAVAILABLE
            refuse(request, "failed", status, provider=sociallogin.provider, reason=reason)
        sociallogin.state["attempt"] = attempt + 1
        raise ImmediateHttpResponse(complete_social_login(request, sociallogin))

    # ---- It did not work

    def on_authentication_error(
        self, request: HttpRequest, provider: Provider, error: str | None = None,
        exception: Exception | None = None, extra_context: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Say what happened, with a status that fits."""
        if exception is None and "state" not in (extra_context or {}):
            # RFC 6749 §10.12: no state that this browser was given, and has not used up, so no sign-in of ours.
            raise ImmediateHttpResponse(used_up(request, HTTPStatus.BAD_REQUEST, provider))
        again = self.once_again(request, provider, (extra_context or {}).get("state"))
        if error == AuthError.CANCELLED:
            refuse(request, "denied", HTTPStatus.FORBIDDEN, provider=provider, **again)
        if exception is None:
            code = request.GET.get("error")
            reason = f"It said: {code}." if code in ERROR_CODES else "It sent you back without a code."
            status = HTTPStatus.BAD_GATEWAY if code else HTTPStatus.BAD_REQUEST
        else:
            status, reason = next((s, text) for kind, s, text in FAILURES if isinstance(exception, kind))
            reason = why_no_token(exception) if type(exception) is OAuth2Error else reason
        stopped = status == HTTPStatus.SERVICE_UNAVAILABLE and "health_url" in provider.app.settings
        again |= {
            "asked_for": next(iter(getattr(exception, "__notes__", [])), ""),  # endpoints.usable_answer
            "id_token": getattr(exception, "token", None),  # one that was refused: by which check?
        }
        refuse(request, "failed", status, provider=provider, reason=reason, stopped=stopped, **again)

    def once_again(self, request: HttpRequest, provider: Any, state: dict[str, Any] | None) -> dict[str, Any]:
        """Return what the button "Try again" must send to ask for the same as before.

        `state` has what was asked for once the browser is back; before it leaves, the form has.
        """
        asked = request.POST if state is None else state
        connect = asked.get("process") == AuthProcess.CONNECT
        return {
            "process": AuthProcess.CONNECT if connect else "",
            "next": local_path(asked.get("next")),
            "more": asked.get("more") if connect and asked.get("more") in provider.more_scopes else "",
        }
