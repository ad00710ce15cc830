"""The page at each company where an account sees which apps may act in its name, and takes that back."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.models import Client, Token
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .companies import Company, company_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apps(request: HttpRequest) -> HttpResponse:
    """List the apps by GET. By POST remove one, or (as no real company offers) let its access tokens expire now."""
    company = company_of(request)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path, f"{company.home}login")
    if request.method != "POST":
        return render(request, "outside/apps.html", {"apps": listed(request.user, company)})
    tokens = Token.objects.filter(user=request.user.pk, client=request.POST.get("client_id", ""))
    match request.POST.get("action"):
        case "remove":
            tokens.delete()
        case "expire":
            # GitHub's tokens have no end, so there is none to move.
            tokens.filter(type=Token.Type.ACCESS_TOKEN, expires_at__isnull=False).update(expires_at=timezone.now())
        case _:
            return HttpResponseBadRequest()
    return HttpResponseRedirect(request.path)


def listed(account: Any, company: Company) -> list[dict[str, Any]]:
    """Return each app that has a valid token of the account: what it may, since when, until when."""
    found: dict[str, list[Token]] = {}
    for token in Token.objects.valid().filter(user=account.pk).order_by("pk"):
        found.setdefault(token.client_id, []).append(token)
    names = dict(Client.objects.filter(pk__in=found).values_list("pk", "name"))
    return [described(client_id, names[client_id], tokens, company) for client_id, tokens in found.items()]


def described(client_id: str, name: str, tokens: list[Token], company: Company) -> dict[str, Any]:
    """Return one app as the page shows it."""
    scopes = dict.fromkeys(scope for token in tokens for scope in token.get_scopes())
    access = [token for token in tokens if token.type == Token.Type.ACCESS_TOKEN]
    return {
        "client_id": client_id,
        "name": name,
        "scopes": [(scope, company.scopes.get(scope, scope)) for scope in scopes],
        "since": min(token.created_at for token in tokens),
        "access_tokens": len(access),
        "until": max((token.expires_at for token in access if token.expires_at), default=None),
        "refreshes": any(token.type == Token.Type.REFRESH_TOKEN for token in tokens),
    }
