"""Where a user registers apps of their own. A secret is in the answer to the form that made it, and nowhere else."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..models import Consent
from . import registration

# RFC 7636, Appendix B: everybody knows this pair. It is for a first try by hand.
EXAMPLE_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
EXAMPLE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
KINDS = (
    (Client.Type.CONFIDENTIAL, "It runs on a server of mine, which can keep a secret."),
    (Client.Type.PUBLIC, "It runs on its users' devices: a phone, a desktop, a browser. It gets no secret."),
)


class ClientForm(forms.Form):
    """What is to be known of an app."""

    ticket = forms.CharField(widget=forms.HiddenInput, max_length=300)
    name = forms.CharField(max_length=60, validators=[registration.check_name])
    kind = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect, label="Where does it run?")
    addresses = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}))
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="What may it ask its users for?")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scopes"]
        field.choices = [(scope, f"{words} ({scope})") for scope, words in get_adapter().scope_display.items()]

    def clean_addresses(self) -> list[str]:
        """Return the addresses, one a line."""
        found = list(
            dict.fromkeys(line.strip() for line in self.cleaned_data["addresses"].splitlines() if line.strip())
        )
        if len(found) > registration.MOST_ADDRESSES:
            raise ValidationError(f"At most {registration.MOST_ADDRESSES} addresses.")
        return [registration.checked_address(address) for address in found]


@never_cache
@login_required
@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """List my apps."""
    mine = Client.objects.filter(owner=request.user.pk).order_by("created_at")
    users = dict(Consent.objects.filter(client__in=mine).values_list("client").annotate(Count("pk")))
    listed = [
        {
            "client": client,
            "version": registration.version(client),
            "users": users.get(client.pk, 0),
            "by_hand": by_hand(client),
        }
        for client in mine
    ]
    return render(request, "oauth_provider/clients.html", {"clients": listed, "most": registration.MOST_APPS})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Register one, and tell its secret."""
    form = ClientForm(request.POST or None, initial={"ticket": registration.ticket(request.user), "kind": KINDS[0][0]})
    if request.method == "POST" and form.is_valid():
        try:
            client, secret = registration.register(request.user, **form.cleaned_data)
        except registration.NotRegistered as why:
            messages.error(request, str(why))
            return redirect("provider:clients")
        return told(request, client, secret, HTTPStatus.CREATED)
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    return render(request, "oauth_provider/client_add.html", {"form": form}, status=status)


@never_cache
@login_required
@require_POST
def renew(request: HttpRequest, pk: str) -> HttpResponse:
    """Make a new secret, and tell it."""
    client = get_object_or_404(Client, pk=pk, owner=request.user.pk)
    try:
        secret = registration.renew(client, request.POST.get("version", ""))
    except registration.NotRegistered as why:
        messages.error(request, str(why))
        return redirect("provider:clients")
    return told(request, client, secret, renewed=True)


@never_cache
@login_required
@require_POST
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    """Delete one of mine."""
    client = Client.objects.filter(pk=pk, owner=request.user.pk).first()
    if client is not None:  # another tab was quicker
        registration.delete(client)
        messages.success(request, f"{client.name} is deleted. Whatever it had access to, its next call is refused.")
    return redirect("provider:clients")


def told(
    request: HttpRequest, client: Client, secret: str, status: int = HTTPStatus.OK, *, renewed: bool = False
) -> HttpResponse:
    """Return the page with the secret: in this answer alone, which no cache keeps. No redirect could carry it."""
    context = {"client": client, "secret": secret, "renewed": renewed, "issuer": get_adapter().get_issuer()}
    context["by_hand"] = by_hand(client)
    return render(request, "oauth_provider/client_secret.html", context, status=status)


def by_hand(client: Client) -> dict[str, Any]:
    """Return what the page needs to lead somebody from the question to the first call, without an app."""
    issuer, scopes = get_adapter().get_issuer(), client.get_scopes()
    redirect_uri = next(iter(client.get_redirect_uris()), "")
    query = {
        "client_id": client.pk, "redirect_uri": redirect_uri, "response_type": "code", "scope": " ".join(scopes),
        "state": "by-hand", "code_challenge": EXAMPLE_CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    name = "provider:notes_api" if "notes:read" in scopes else "provider:whoami"
    return {
        "ask": f"{issuer}{reverse('idp:oidc:authorization')}?{urlencode(query)}",
        "redirect_uri": redirect_uri,
        "verifier": EXAMPLE_VERIFIER,
        "token": issuer + reverse("idp:oidc:token"),
        "call": issuer + reverse(name),
        "seconds": app_settings.AUTHORIZATION_CODE_EXPIRES_IN,
    }
