"""Pages around allauth's sign-in: the three buttons, start, callback, what happened."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login, render_authentication_error
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import AuthProcess, ProviderException
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import UpdateError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from requests import ConnectionError as CannotConnect
from requests import RequestException, Timeout

from .accounts import known_as, number_there
from .adapter import FIRST_VISIT
from .leftovers import keep_or_end
from .login import CarefulLogin
from .once import CannotTell, is_first
from .pages import page, used_up
from .provider import local_path
from .set_up import may_see
from .transport import trouble_at

PROVIDER_COOKIE = "oauth_provider"  # whom this browser last signed in with, to say that it has a session of its own


def _provider(request: HttpRequest, provider_id: str) -> Any:
    """Return the configured provider of this id, or answer 404."""
    for provider in get_adapter(request).list_providers(request):
        if provider.sub_id == provider_id:
            return provider
    raise Http404


def _provider_here(request: HttpRequest, provider_id: str) -> Any:
    """The same, at its own paths only: /oidc/github/login/ is nobody's."""
    provider = _provider(request, provider_id)
    if request.path not in (provider.login_url, provider.get_callback_url()):
        raise Http404
    return provider


def _step(
    request: HttpRequest, provider: Any, step: Callable[[HttpRequest], HttpResponse], adapter: Any = None
) -> HttpResponse:
    """Do one step of the sign-in; say what happened where allauth's own handling does not reach.

    `adapter` is the one that knows the state, once the browser is back.
    """
    try:
        return step(request)
    except (RequestException, ProviderException) as error:  # a provider with discovery is asked before each step
        known = {"state": adapter.state} if adapter else {}
        response: HttpResponse = render_authentication_error(request, provider, exception=error, extra_context=known)
        return response
    except CannotTell:
        reason = "This site could not note that your sign-in comes back for the first time, so it does not count."
        again = get_adapter(request).once_again(request, provider, adapter.state)
        return page(request, "failed", HTTPStatus.SERVICE_UNAVAILABLE, provider=provider, reason=reason, **again)
    except (IntegrityError, UpdateError):  # the same account connected twice, or the session ended, in this moment
        return used_up(request, HTTPStatus.CONFLICT, provider)


def _stopped(request: HttpRequest, provider: Any) -> HttpResponse | None:
    """Return the page that says so if a stand-in does not answer; without it the browser would show an error.

    One that hangs is not said to be off: to start it would not help.
    """
    url = provider.app.settings.get("health_url")
    trouble = trouble_at(url) if url else None
    if trouble is None:
        return None
    error = trouble if isinstance(trouble, Timeout) else CannotConnect(url)
    response: HttpResponse = render_authentication_error(request, provider, exception=error)
    return response


def _stand_ins(request: HttpRequest) -> dict[str, Any]:
    """Return the providers, and whether those that are played on this machine do not answer, or not in time."""
    providers = get_adapter(request).list_providers(request)
    urls = {url for provider in providers if (url := provider.app.settings.get("health_url"))}
    troubles = [trouble for url in urls if (trouble := trouble_at(url))]
    slow = any(isinstance(trouble, Timeout) for trouble in troubles)
    return {"providers": providers, "down": bool(troubles), "slow": slow}


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show a button for each provider."""
    context = _stand_ins(request)
    known = [provider for provider in context["providers"] if provider.sub_id == request.COOKIES.get(PROVIDER_COOKIE)]
    context |= {"known": known[0] if known else None, "next": local_path(request.GET.get("next"))}
    context["set_up"] = may_see(request)
    return page(request, "index", **context)


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Return the part of the first page that says whether the stand-ins answer."""
    return page(request, "_status", polled=True, **_stand_ins(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider (RFC 6749 §4.1.1). Only by POST; GET shows the button."""
    provider = _provider_here(request, provider_id)
    connect = (request.POST.get("process") or request.GET.get("process")) == AuthProcess.CONNECT
    if connect and not request.user.is_authenticated:
        return redirect_to_login(f"{reverse('oauth:connections')}?connect={provider.sub_id}")
    if request.method != "POST":
        return page(request, "login", provider=provider, connect=connect, next=local_path(request.GET.get("next")))
    if request.user.is_authenticated and not connect:
        return page(request, "signed_in_already", HTTPStatus.CONFLICT, provider=provider)
    return _stopped(request, provider) or _step(request, provider, provider.redirect_from_request)


@never_cache
@require_POST
def switch(request: HttpRequest, provider_id: str) -> HttpResponse:
    """End this session, then sign in with the provider: what allauth would do without being told."""
    provider = _provider(request, provider_id)
    if stopped := _stopped(request, provider):  # before the session is gone
        return stopped
    logout(request)
    return _step(request, provider, provider.redirect_from_request)


class CallbackView(OAuth2CallbackView):
    """allauth's view, with a state that counts once."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        """Take the state, once. Tell the adapter which nonce the ID token must have, and which scopes were asked for.

        There is no public hook: a test names the version.
        """
        state, response = super()._get_state(request, provider)
        self.adapter.state = state
        if state is not None and not is_first(request.GET["state"]):
            return None, used_up(request, HTTPStatus.BAD_REQUEST, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        self.adapter.asked = (state or {}).get("asked", "")
        return state, response


@never_cache
@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the code (RFC 6749 §4.1.2). allauth checks the state, exchanges the code, and asks our adapter."""
    provider = _provider_here(request, provider_id)
    adapter = provider.get_oauth2_adapter(request)
    view = CallbackView.adapter_view(adapter)
    was_anonymous = not request.user.is_authenticated
    response = _step(request, provider, view, adapter)
    done = response.status_code == HTTPStatus.FOUND and request.user.is_authenticated
    keep_or_end(request, provider, adapter, done=done)
    if not done:
        return response
    if was_anonymous and response["Location"] != reverse("oauth:signed_in"):  # that page says it itself
        text = f"OAuth has finished: {provider.name} said who you are. This is an ordinary Django session now."
        messages.success(request, text)
    response.set_cookie(
        PROVIDER_COOKIE,
        provider.sub_id,
        path=reverse("oauth:index"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@never_cache
@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Say what has happened: OAuth has finished, which user this is, and why."""
    records = get_authentication_records(request, request.user) if request.user.is_authenticated else []
    social = [record for record in records if record["method"] == "socialaccount"]
    if not social:
        return redirect("oauth:index")
    provider_id, uid = social[-1]["provider"], social[-1]["uid"]
    account = SocialAccount.objects.filter(user_id=request.user.pk, provider=provider_id, uid=uid).first()
    if account is None:  # disconnected since then
        return redirect("oauth:connections")
    first_visit = request.session.get(FIRST_VISIT, False)
    provider = _provider(request, provider_id)
    context = {"account": account, "known_as": known_as(account), "provider": provider, "first_visit": first_visit}
    return page(request, "signed_in", number=number_there(account, provider), **context)


@require_safe
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Redirect `account_login`, which allauth knows by name, to the project's own LOGIN_URL."""
    return redirect_to_login(local_path(request.GET.get("next")) or reverse("oauth:connections"))


@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    """Show what allauth knows as `account_inactive`: the user was deactivated here."""
    return page(request, "inactive", HTTPStatus.FORBIDDEN)


@never_cache
@require_safe
def sign_up(request: HttpRequest) -> HttpResponse:
    """Answer for `socialaccount_signup`: no form, look again.

    allauth comes here only if an address was taken between our look and its own.
    """
    pending = request.session.pop("socialaccount_sociallogin", None)  # it holds the provider's token: never keep it
    if pending is None:
        return used_up(request, HTTPStatus.CONFLICT)
    response: HttpResponse = complete_social_login(request, CarefulLogin.deserialize(pending))
    return response
