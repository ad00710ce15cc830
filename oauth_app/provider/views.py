"""The endpoints of the protocol: ask the user, change code for tokens, take tokens back, say who it is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from . import asking, authorization, clients, engine, exchange, freshness, grants
from .adapter import GRANTS
from .authorization import Asked, Refused, SentBack
from .bearer import bearer_token, challenge
from .clients import ProtocolError
from .endpoint import ClientView
from .models import Consent

SIGN_IN_AGAIN = {"login", "select_account"}  # values of `prompt`


@method_decorator([never_cache, xframe_options_deny, csrf_exempt], name="dispatch")
class AuthorizationView(View):
    """Asks the user: this app, these scopes, allow or deny? RFC 6749 §4.1.1, OpenID Connect Core §3.1.2."""

    http_method_names = ["get", "head", "post"]
    asked: Asked | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say no where it has to be said: here, or at the app's address."""
        try:
            response: Any = super().dispatch(request, *args, **kwargs)
            # For who sends a Content-Security-Policy: `form-action` is checked where a form's answer redirects, too.
            response.form_leads_to = authorization.leads_to(self.asked.redirect_uri) if self.asked else ""
            return response  # type: ignore[no-any-return]
        except Refused as why:
            return render(request, "oauth_provider/error.html", {"why": why}, status=HTTPStatus.BAD_REQUEST)
        except SentBack as why:
            assert self.asked  # noqa: S101  it has an address to be sent back to
            back = self._back(self.asked, error=why.error, error_description=why.description)
            if self._by_a_link_alone(request, self.asked):
                context = {"why": why, "client": self.asked.client, "go_on": back["Location"]}
                return render(request, "oauth_provider/error.html", context, status=HTTPStatus.BAD_REQUEST)
            return back

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the consent page, unless it is not needed, or nobody may be bothered."""
        asked, scopes = self._read(request)
        here = request.user.is_authenticated and not self._once_more(request, asked)
        remembered = here and Consent.covers(request.user, asked.client, scopes)
        if "none" in asked.prompts and not remembered:
            raise SentBack("consent_required" if here else "login_required", "The user has to be asked.")
        if not request.user.is_authenticated:
            return _sign_in(request, asked)
        if not here:
            # The sign-in page would let who is signed in pass. So the session is ended first, by a form of ours.
            return render(request, "oauth_provider/again.html", {"client": asked.client})
        if remembered and "consent" not in asked.prompts:
            return self._allow(request, asked, scopes, scopes)
        return asking.page(request, asked.client, scopes, redirect_uri=asked.redirect_uri)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the user's answer; or an authorization request sent by POST, which no form of ours has made."""
        if "action" in request.POST:
            return self._decided(request)
        return HttpResponseRedirect(f"{request.path}?{authorization.known(request.POST).urlencode()}")

    @method_decorator(csrf_protect)
    def _decided(self, request: HttpRequest) -> HttpResponse:
        """Allow or deny. The form carries nothing of the request: its address is read once more, and checked."""
        asked, scopes = self._read(request)
        if request.POST["action"] == "again":
            logout(request)
        if not request.user.is_authenticated:
            return _sign_in(request, asked)
        if request.POST["action"] != "allow":
            raise SentBack("access_denied", "The user said no.")
        if self._once_more(request, asked):
            return render(request, "oauth_provider/again.html", {"client": asked.client})
        chosen = asking.ticked(request, scopes)
        if not chosen:
            return asking.page(request, asked.client, scopes, redirect_uri=asked.redirect_uri, nothing_ticked=True)
        return self._allow(request, asked, scopes, chosen)

    def _by_a_link_alone(self, request: HttpRequest, asked: Asked) -> bool:
        """Tell whether this would be an open redirect: to the app of some user, for somebody who never allowed it.

        RFC 9700 §4.11.2: then the user decides whether to go there. An app that staff has registered is trusted.
        """
        if asked.client.owner_id is None or request.method == "POST":
            return False
        return not Consent.objects.filter(user=request.user.pk, client=asked.client).exists()

    def _once_more(self, request: HttpRequest, asked: Asked) -> bool:
        """Tell whether the app wants another sign-in than this one (OpenID Connect Core §3.1.2.1)."""
        if SIGN_IN_AGAIN & asked.prompts or (asked.max_age is not None and freshness.is_older(request, asked.max_age)):
            return True
        expected = freshness.subject_of_hint(asked)
        return expected is not None and expected != get_adapter().get_user_sub(asked.client, request.user)

    def _read(self, request: HttpRequest) -> tuple[Asked, list[str]]:
        asked = self.asked = authorization.read(request.GET)  # until here nothing redirects
        authorization.check(asked)
        return asked, engine.scopes_of(asked)

    def _allow(self, request: HttpRequest, asked: Asked, scopes: list[str], chosen: list[str]) -> HttpResponse:
        with transaction.atomic():
            if freshness.is_over(request):
                return _sign_in(request, asked)
            consent = Consent.given(request.user, asked.client, scopes, chosen)
            code = engine.code_for(asked, consent, chosen, freshness.auth_time(request))
        return self._back(asked, code=code)

    def _back(self, asked: Asked, **parameters: str) -> HttpResponse:
        issuer = get_adapter().get_issuer()
        given = [*parameters.items(), ("state", asked.query.get("state"))]
        # RFC 9700 §4.12: 303, so that no browser sends our form on. Django's redirect refuses the schemes of apps.
        address = authorization.answer(asked.redirect_uri, issuer, given)
        return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": address})


class TokenView(ClientView):
    """Changes what a client may show for tokens: once. RFC 6749 §4.1.3, §6; each kind in `exchange.HOW`."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer with tokens. `durable`: what ended because it came back stays ended, although the answer is 400."""
        client = clients.authenticated(request)
        body = {name: str(value) for name, value in request.POST.items() if value and name != "client_secret"}
        body["client_id"] = client.pk
        kind = body.get("grant_type", "")
        if kind not in GRANTS:
            error = "unsupported_grant_type" if kind else "invalid_request"
            raise ProtocolError(error, f"grant_type must be one of: {', '.join(GRANTS)}.")
        if kind not in client.get_grant_types():
            raise ProtocolError("unauthorized_client", "This client is not registered for that grant.")
        with transaction.atomic(durable=True):
            try:
                return exchange.HOW[kind](client, body, request.headers.get("Origin", ""))
            except ProtocolError as error:
                failed = error  # raised below, where nothing is rolled back
        raise failed


class RevokeView(ClientView):
    """Ends a token, for the client that it was given to (RFC 7009)."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer 200 also where there is nothing to end: RFC 7009 §2.2."""
        client = clients.authenticated(request)
        if not request.POST.get("token"):
            raise ProtocolError("invalid_request", "The token is missing.")
        try:
            grants.revoke(client, request.POST["token"])
        except grants.ForeignToken:
            raise ProtocolError("invalid_grant", "The token was given to another client.") from None
        return HttpResponse(content_type="text/plain")


@method_decorator([never_cache, csrf_exempt], name="dispatch")
class UserInfoView(View):
    """Says whose access token it is (OpenID Connect Core §5.3)."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with the claims that the scopes allow. The token is read from the header alone (RFC 9700 §4.3.2)."""
        token = bearer_token(request.headers.get("Authorization", ""))
        if token is None:
            return _no(HTTPStatus.UNAUTHORIZED, "invalid_token", challenge(request.headers.get("Authorization", "")))
        if "openid" not in token.get_scopes():
            missing = challenge("", error="insufficient_scope", scope="openid")
            return _no(HTTPStatus.FORBIDDEN, "insufficient_scope", missing)
        grants.note_use(token)
        claims = get_adapter().get_claims("userinfo", token.user, token.client, token.get_scopes())
        return JsonResponse(claims)

    post = get


def _sign_in(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Go to the sign-in page and back. What that fulfils is left out of the address then."""
    kept = " ".join(sorted(asked.prompts - SIGN_IN_AGAIN))
    query = asked.encoded("prompt", "max_age") + (f"&prompt={kept}" if kept else "")
    return redirect_to_login(f"{request.path}?{query}")


def _no(status: int, error: str, www_authenticate: str) -> JsonResponse:
    return JsonResponse({"error": error}, status=status, headers={"WWW-Authenticate": www_authenticate})


class JWKSView(View):
    """The public keys that ID tokens are verified with. allauth's own view parses the private keys each time."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> JsonResponse:
        """Return the JWK Set (RFC 7517 §5)."""
        adapter = get_adapter()
        keys = [engine.public_jwk(key.pem) for key in adapter.list_private_keys(is_active=True)]
        age = f"max-age={adapter.get_jwks_cache_control()}, must-revalidate"
        return JsonResponse({"keys": keys}, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": age})


def not_offered(request: HttpRequest) -> HttpResponse:
    """Answer 404 where allauth has an endpoint that is not offered here."""
    raise Http404
