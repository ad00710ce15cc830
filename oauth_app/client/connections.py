"""The page "Where do I sign in from?": connect, disconnect, but never the last way in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.forms import DisconnectForm
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import ProviderException
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from requests import ConnectionError as CannotConnect
from requests import RequestException, Timeout

from .accounts import known_as, number_there
from .models import ProviderToken
from .on_behalf import NotRevoked, revoke
from .pages import page
from .stored import NoToken, Secrets, Unreadable, secrets_of, token_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def connections(request: HttpRequest) -> HttpResponse:
    """List the accounts that I sign in with."""
    providers = get_adapter(request).list_providers(request)
    by_id = {provider.sub_id: provider for provider in providers}
    form = DisconnectForm(request.POST if request.method == "POST" else None, request=request)
    # Another tab was quicker. (It is also what somebody hears who tries the number of another user's account.)
    form.fields["account"].error_messages["invalid_choice"] = "That account is no longer connected."
    if request.method == "POST" and _disconnect(request, form, by_id):
        return redirect("oauth:connections")
    code = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    tokens = {token.account_id: token for token in ProviderToken.objects.filter(account__user=request.user.pk)}
    accounts = [
        {
            "account": account,
            "provider": by_id.get(account.provider),
            "name": by_id[account.provider].name if account.provider in by_id else account.provider,
            "known_as": known_as(account),
            "number": number_there(account, by_id.get(account.provider)),
            "token": tokens.get(account.pk),
        }
        for account in form.accounts
    ]
    prefixes = {str(one["account"].uid).removesuffix(one["number"]) for one in accounts} - {""}
    wanted = request.GET.get("connect")
    if any(account.provider == wanted for account in form.accounts):
        wanted = None  # done already
    offer = next((provider for provider in providers if provider.sub_id == wanted), None)
    context = {
        "form": form,
        "accounts": accounts,
        "providers": providers,
        "offer": offer,
        "prefixes": sorted(prefixes),
    }
    return page(request, "connections", code, **context)


def _disconnect(request: HttpRequest, form: DisconnectForm, providers: dict[str, Any]) -> bool:
    """End the connection here, then the token there. Returns whether it was ended here."""
    with transaction.atomic():
        # Two browsers that end the last two connections at once must take turns.
        get_user_model()._default_manager.select_for_update().get(pk=request.user.pk)  # type: ignore[misc]
        if not form.is_valid():
            return False
        account = form.cleaned_data["account"]
        # A refresh that is under way would bring tokens that nobody revokes: wait for it.
        token = ProviderToken.objects.select_for_update().filter(account=account).first()
        provider, (secrets, unread) = providers.get(account.provider), _secrets(account)
        name = provider.name if provider else account.provider
        label = known_as(account) or number_there(account, provider)
        if provider:
            form.save()
        else:  # allauth wants to ask the provider for its name, and there is none any more
            account.delete()
    # After the end here is certain, and outside of the transaction: the provider may take its time.
    lives_on = unread or _revoke(provider, secrets)
    said = f"{name} is disconnected: {label} no longer opens this user."
    if lives_on:
        said = f"{said} But its token lives on there: {lives_on} End it at {name} itself."
        messages.warning(request, _with_link(said, name, provider))
    else:
        over = token is not None and token.problem == ProviderToken.Problem.ENDED
        ended = "was over there already" if over else "was revoked there, too"
        messages.success(request, f"{said} The token that we had {ended}." if secrets else said)
    return True


def _secrets(account: SocialAccount) -> tuple[Secrets | None, str]:
    """Return the tokens, and why those that are kept cannot be read."""
    try:
        return secrets_of(token_of(account)), ""
    except Unreadable:
        return None, "it was encrypted with another key than the one that is set now, so this site cannot name it."
    except NoToken:
        return None, ""


def _with_link(said: str, name: str, provider: Any) -> str:
    """Add the address of the provider's list of apps with access, where the settings know it."""
    url = provider.app.settings.get("apps_url") if provider else ""
    link = format_html(' <a href="{}">Apps with access to your account at {}</a>', url, name) if url else ""
    return format_html("{}{}", said, link)


def _revoke(provider: Any, secrets: Secrets | None) -> str:
    """Return why the token may live on at the provider, "" where it does not."""
    if secrets is None:
        return ""
    if provider is None:
        return "it is not set up here any more."
    try:
        with get_adapter().get_requests_session() as session:
            revoke(secrets, provider.endpoints(), session)
    except NotRevoked as why:
        return str(why)
    except Timeout:  # this and what follows: of its discovery page
        return "It did not answer in time."
    except CannotConnect:
        return "It cannot be reached."
    except (RequestException, ProviderException):
        return "It did not say where a token is taken back."
    return ""
