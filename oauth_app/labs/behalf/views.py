"""The page: what the site may do in your name at each provider, tried with the token that it keeps."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo.device.store import NO_CACHE, Busy
from authdemo.device.use import a_thread_to_spare
from authdemo.experiments import NO_RESULTS, NotTried
from oauth_app.client.accounts import known_as
from oauth_app.client.models import ProviderToken

from . import acts, remaining
from .calls import calls_at


def providers_of(request: HttpRequest) -> dict[str, Any]:
    """Return what is set up, by the id that accounts name."""
    return {provider.sub_id: provider for provider in get_adapter(request).list_providers(request)}


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show each connected account, its token in words, and what came of the last press."""
    return show(request)


def show(request: HttpRequest, refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Render the page."""
    providers = providers_of(request)
    accounts = SocialAccount.objects.filter(user=request.user.pk, provider__in=providers).order_by("pk")
    tokens = {token.account_id: token for token in ProviderToken.objects.filter(account__in=accounts)}
    try:
        outcomes = acts.kept([account.pk for account in accounts])
    except NO_CACHE:
        outcomes, refused, status = {}, NO_RESULTS, HTTPStatus.SERVICE_UNAVAILABLE
    cards = [card(one, providers[one.provider], tokens.get(one.pk), outcomes.get(one.pk)) for one in accounts]
    context = {"cards": cards, "refused": refused, "here": reverse("behalf:index")}
    return render(request, "behalf/index.html", context, status=status)


def card(
    account: SocialAccount, provider: Any, token: ProviderToken | None, outcome: dict[str, Any] | None
) -> dict[str, Any]:
    """Return one account as the page shows it."""
    scopes = token.scope_list if token else []
    at = parse_datetime(outcome["at"]) if outcome else None
    if token and at and token.updated_at > at:  # another token has come since then: of that it says nothing
        outcome = None
    ended = bool(token and token.problem == ProviderToken.Problem.ENDED)
    return {
        "account": account,
        "provider": provider,
        "known_as": known_as(account) or account.uid,
        "token": token,
        "ended": ended,
        "over": ended or bool(outcome and outcome["kind"] == "over"),
        "here": f"{reverse('behalf:index')}#account-{account.pk}",
        "never_refreshes": provider.sub_id == "github",
        "calls": [(call, not call.scope or call.scope in scopes) for call in calls_at(provider)],
        "more": [(scope, words) for scope, words in provider.more_scopes.items() if scope not in scopes],
        "outcome": outcome | {"at": at} if outcome else None,
    }


@never_cache
@require_POST
@login_required
def act(request: HttpRequest) -> HttpResponse:
    """Do one thing with the token of one of my accounts."""
    number, action = request.POST.get("account", ""), request.POST.get("action", "")
    found = SocialAccount.objects.filter(user=request.user.pk)
    account = (
        found.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 10 else None
    )
    provider = providers_of(request).get(account.provider) if account else None
    if account is None or provider is None:
        return show(request, "That account is no longer connected.", HTTPStatus.NOT_FOUND)
    name, _, how = action.partition(":")
    if action == "refresh":
        outcome = acts.refresh(request, account, provider)
    elif name in {one.name for one in calls_at(provider)} and how in {"", "as-it-is"}:
        outcome = acts.call(request, account, provider, name, refreshing=not how)
    else:
        return HttpResponseBadRequest()
    try:
        acts.keep(account, outcome)
    except NO_CACHE:
        return show(request, NO_RESULTS, HTTPStatus.SERVICE_UNAVAILABLE)
    return redirect(f"{reverse('behalf:index')}#account-{account.pk}")


@never_cache
@require_POST
@login_required
def remains(request: HttpRequest) -> HttpResponse:
    """Try one line of the table "what remains where", with an account that is thrown away afterwards."""
    name, provider = request.POST.get("act", ""), providers_of(request).get(request.POST.get("provider", ""))
    if name not in remaining.ACTS or provider is None or not provider.app.settings.get("stand_in"):
        raise Http404
    try:
        with a_thread_to_spare():
            remaining.keep(request.user.pk, provider.sub_id, name, remaining.trial(request, provider, name))
    except (Busy, NotTried) as why:
        request.session[remaining.FAILED] = str(why)
    except NO_CACHE:
        request.session[remaining.FAILED] = NO_RESULTS
    return redirect(f"{reverse('oauth:connections')}?remains={provider.sub_id}#remains")
