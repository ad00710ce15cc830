"""The page "Where do I sign in from?": connect, disconnect, but never the last way in."""

from __future__ import annotations

from http import HTTPStatus

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.forms import DisconnectForm
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .accounts import known_as
from .pages import page


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def connections(request: HttpRequest) -> HttpResponse:
    """List the accounts that I sign in with."""
    providers = get_adapter(request).list_providers(request)
    names = {provider.sub_id: provider.name for provider in providers}
    form = DisconnectForm(request.POST if request.method == "POST" else None, request=request)
    # Another tab was quicker. (It is also what somebody hears who tries the number of another user's account.)
    form.fields["account"].error_messages["invalid_choice"] = "That account is no longer connected."
    if request.method == "POST" and _disconnect(request, form, names):
        return redirect("oauth:connections")
    code = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    accounts = [
        (account, names.get(account.provider, account.provider), known_as(account)) for account in form.accounts
    ]
    wanted = request.GET.get("connect")
    if any(account.provider == wanted for account in form.accounts):
        wanted = None  # done already
    offer = next((provider for provider in providers if provider.sub_id == wanted), None)
    return page(request, "connections", code, form=form, accounts=accounts, providers=providers, offer=offer)


def _disconnect(request: HttpRequest, form: DisconnectForm, names: dict[str, str]) -> bool:
    with transaction.atomic():
        # Two browsers that end the last two connections at once must take turns.
        get_user_model()._default_manager.select_for_update().get(pk=request.user.pk)  # type: ignore[misc]
        if not form.is_valid():
            return False
        account = form.cleaned_data["account"]
        name, label = names.get(account.provider, account.provider), known_as(account) or account.uid
        if account.provider in names:
            form.save()
        else:  # allauth wants to ask the provider for its name, and there is none any more
            account.delete()
    messages.success(request, f"{name} is disconnected: {label} no longer opens this user.")
    return True
