"""The page "Where do I sign in from?": connect, disconnect, but never the last way in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.forms import DisconnectForm
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .accounts import known_as, number_there
from .disconnecting import remove, take
from .models import ProviderToken
from .pages import page


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
        provider = providers.get(account.provider)
        token, label = take(account, provider), known_as(account) or number_there(account, provider)
        if provider:
            form.save()
        else:  # allauth wants to ask the provider for its name, and there is none any more
            remove(request, account)
    said = f"{token.name} is disconnected: {label} no longer opens this user."
    if lives_on := token.end():
        said = f"{said} But its token lives on there: {lives_on} End it at {token.name} itself."
        messages.warning(request, _with_link(said, token.name, provider))
    else:
        ended = "was over there already" if token.was_over else "was revoked there, too"
        messages.success(request, f"{said} The token that we had {ended}." if token.secrets else said)
    return True


def _with_link(said: str, name: str, provider: Any) -> str:
    """Add the address of the provider's list of apps with access, where the settings know it."""
    url = provider.app.settings.get("apps_url") if provider else ""
    link = format_html(' <a href="{}">Apps with access to your account at {}</a>', url, name) if url else ""
    return format_html("{}{}", said, link)
