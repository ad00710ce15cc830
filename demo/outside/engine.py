"""allauth's authorization server, tightened and tied to one company at a time.

The engine does the protocol. Its subclasses here add what it leaves open. Among it: redirect URIs are compared as
exact strings, PKCE with S256 is required of all but the naive app, and a client is known at its own company only.
"""

# mypy: disable-error-code="no-any-return"
# (what the engine returns has no types)

from __future__ import annotations

import base64
import binascii
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus, urlencode

from allauth.idp.oidc import views
from allauth.idp.oidc.models import Client, Token
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from . import offline, tampering
from .companies import GOOGLE, Company, company_of

PARAMETERS = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "prompt")
GOOGLES_OWN = ("access_type", "include_granted_scopes")
PKCE_PARAMETERS = ("code_challenge", "code_challenge_method")


def error_page(request: HttpRequest, code: str, sentence: str, status: int = HTTPStatus.BAD_REQUEST) -> HttpResponse:
    """Say here what is wrong, and redirect nowhere: an address that is not registered gets nothing from us."""
    return render(request, "outside/error.html", {"code": code, "sentence": sentence}, status=status)


def use_query(request: HttpRequest, query: QueryDict) -> None:
    """Put these parameters in the place of those that came: Django reads the one, the engine the other."""
    request.GET = query  # type: ignore[assignment]
    request.META["QUERY_STRING"] = query.urlencode()


def refusal(query: QueryDict, company: Company) -> tuple[str, str] | None:
    """Return error code and sentence where an authorization request must not be answered by a redirect."""
    for name in (*PARAMETERS, *PKCE_PARAMETERS):
        if len(query.getlist(name)) > 1:  # RFC 6749 §3.1
            return "invalid_request", f"The parameter {name} was sent more than once."
    client = Client.objects.filter(id__in=company.client_ids, id=query.get("client_id", "")).first()
    if client is None:
        return "invalid_client", f"No app with this client_id is registered at {company.name}."
    # RFC 9700 §2.1: exact string matching. allauth compares the parts and ignores the port on 127.0.0.1.
    if query.get("redirect_uri") not in client.get_redirect_uris():
        return (
            "redirect_uri_mismatch",
            "The redirect_uri is not, character for character, one that the app registered.",
        )
    # RFC 7636 §4.3: "plain" protects nothing once the request was seen, so it counts as missing.
    pkce = "code_challenge" in query or company.needs_pkce(client.id)
    if pkce and (not query.get("code_challenge") or query.get("code_challenge_method") != "S256"):
        return "invalid_request", "The request has no PKCE code_challenge with code_challenge_method=S256."
    return None


@method_decorator(never_cache, name="dispatch")
class AuthorizeView(views.AuthorizationView):
    """Asks the user: this app, these scopes, allow or deny?"""

    http_method_names = ["get", "head", "post"]
    template_name = "outside/consent.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Drop the parameters that we do not know (RFC 6749 §3.1) before the engine reads the raw query string."""
        super().setup(request, *args, **kwargs)
        self.company = company_of(request)
        query = QueryDict(mutable=True)
        for name in (*PARAMETERS, *PKCE_PARAMETERS, *(GOOGLES_OWN if self.company == GOOGLE else ())):
            if name in request.GET:
                query.setlist(name, request.GET.getlist(name))
        use_query(request, query)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse, or ask to sign in, or show the consent page."""
        refused = refusal(request.GET, self.company)
        if refused:
            return error_page(request, *refused)
        if response := self._prompted(request):
            return response
        if request.GET.get("include_granted_scopes") == "true" and request.user.is_authenticated:
            self._include_granted(request)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the user's answer, or (OpenID Connect Core §3.1.2.1) an authorization request sent by POST."""
        if "request" not in request.POST:
            query = {name: request.POST[name] for name in (*PARAMETERS, *PKCE_PARAMETERS) if name in request.POST}
            return HttpResponseRedirect(f"{request.path}?{urlencode(query)}")
        response = super().post(request, *args, **kwargs)
        if response.status_code == HTTPStatus.FORBIDDEN:
            return error_page(request, "csrf_failed", "This form is not one that you opened here.", 403)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Send the code to the client. A form signed for a client of another company is worth nothing here."""
        if self._request_info["client_id"] not in self.company.client_ids:
            return error_page(self.request, "invalid_client", "This request was made for another company.")
        response = super().form_valid(form)
        if self.request.GET.get("access_type") == "offline":
            offline.note(response.get("Location", ""))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the consent page again: no scope of those asked for was allowed."""
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.BAD_REQUEST)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is asked for in words, and where the answer will go."""
        words = [self.company.scopes.get(scope, scope) for scope in self._scopes]
        redirect_uri = self._request_info["redirect_uri"]
        return super().get_context_data(
            **kwargs, scope_words=list(zip(self._scopes, words, strict=True)), redirect_uri=redirect_uri
        )

    def _login_required(self, request: HttpRequest) -> HttpResponse | None:
        if request.user.is_authenticated:
            return None
        return redirect_to_login(request.get_full_path(), f"{self.company.home}login")

    def _include_granted(self, request: HttpRequest) -> None:
        """Ask for what the account has allowed this app before as well: Google's incremental authorization."""
        query = request.GET.copy()
        granted = offline.granted_scopes(request.user, self.company)
        query["scope"] = " ".join(dict.fromkeys([*query.get("scope", "").split(), *granted]))
        use_query(request, query)

    def _prompted(self, request: HttpRequest) -> HttpResponse | None:
        """Answer `prompt` (OpenID Connect Core §3.1.2.1): consent is asked each time, so "none" never succeeds."""
        wanted = request.GET.get("prompt", "").split()
        query = request.GET.copy()
        query.pop("prompt", None)
        use_query(request, query)
        if "none" in wanted:
            error = "consent_required" if request.user.is_authenticated else "login_required"
            answer = {"error": error, "state": query.get("state", "")}
            return HttpResponseRedirect(f"{query['redirect_uri']}?{urlencode(answer)}")
        if {"login", "select_account"} & set(wanted):
            return redirect_to_login(request.get_full_path(), f"{self.company.home}login")
        return None


class TokenView(views.TokenView):
    """Changes a code for tokens: once, for the company's own client."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the body only. RFC 6749 §2.3.1: credentials must not be in the URL."""
        super().setup(request, *args, **kwargs)
        request.META["QUERY_STRING"] = ""
        self.company = company_of(request)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with tokens, or with an error as RFC 6749 §5.2 says."""
        if client_of(request, self.company) is None:
            return invalid_client(self.company)
        # The engine's one transaction holds the code (a row of the cache table) and the tokens. SQLite locks at its
        # start, so of several exchanges of one code the second finds the code gone.
        response = super().post(request, *args, **kwargs)
        if response.status_code != HTTPStatus.OK:
            return response
        tokens = tampering.applied(request.POST.get("code", ""), json.loads(response.content), self.company)
        return self.shaped(response, tokens)

    def shaped(self, response: HttpResponse, tokens: dict[str, Any]) -> HttpResponse:
        """Return the answer as this company gives it: a refresh token only to a client that has the grant.

        At Google only to one that asked for `access_type=offline`.
        """
        first = self.request.POST.get("grant_type") == "authorization_code"
        unasked = self.company == GOOGLE and first and not offline.was_noted(self.request.POST.get("code", ""))
        if "refresh_token" in tokens and ("refresh_token" not in self.company.grants or unasked):
            Token.objects.by_value(tokens.pop("refresh_token")).filter(type=Token.Type.REFRESH_TOKEN).delete()
            tokens.pop("refresh_expires_in", None)
        response.content = json.dumps(tokens)
        return response


class UserInfoView(views.UserInfoView):
    """Says who the access token belongs to."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the header only. RFC 9700 §4.3.2: no access token in the URL."""
        super().setup(request, *args, **kwargs)
        request.META["QUERY_STRING"] = ""

    def _respond(self, request: HttpRequest) -> HttpResponse:
        if bearer_token(request) is None:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            return JsonResponse({"error": "invalid_token"}, status=HTTPStatus.UNAUTHORIZED, headers=challenge)
        response = super()._respond(request)
        if response.status_code == HTTPStatus.OK:
            access_token = request.headers["Authorization"].partition(" ")[2].strip()
            claims = tampering.user_info(access_token, json.loads(response.content), company_of(request))
            response.content = json.dumps(claims)
        return response


class RevokeView(views.RevokeView):
    """Ends a token (RFC 7009), for the client that it was given to."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the body only."""
        super().setup(request, *args, **kwargs)
        request.META["QUERY_STRING"] = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 200 also where there is nothing to end: RFC 7009 §2.2."""
        company = company_of(request)
        client_id = client_of(request, company)
        if client_id is None:
            return invalid_client(company)
        body = request.POST.copy()
        # RFC 7009 §2.1: the token must be the client's own. The engine deletes it whoever asks.
        found = Token.objects.by_value(body.get("token", ""))
        if found.exclude(client_id=client_id).exists():
            body["token"] = "unknown"
        own = found.filter(client_id=client_id).first()
        request.POST = body  # type: ignore[assignment]
        response = super().post(request, *args, **kwargs)
        if company == GOOGLE and own and response.status_code == HTTPStatus.OK:  # only now its secret was compared
            # At Google one token stands for all that the user has allowed the app.
            Token.objects.filter(client_id=client_id, user_id=own.user_id).delete()
        return response


def client_ids(request: HttpRequest) -> set[str]:
    """Return every client id that a request claims: by Basic authentication and in its body. Two differ: refuse."""
    ids = {request.POST["client_id"]} if "client_id" in request.POST else set()
    if (credentials := basic_credentials(request)) is not None:
        ids.add(credentials[0])
    return ids


def basic_credentials(request: HttpRequest) -> tuple[str, str] | None:
    """Return id and secret of Basic authentication (RFC 6749 §2.3.1): "" for nonsense, None for another scheme."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def client_of(request: HttpRequest, company: Company) -> str | None:
    """Return the one client of this company that a request claims to be, None for any other."""
    ids = client_ids(request)
    return ids.pop() if len(ids) == 1 and ids <= company.client_ids else None


def invalid_client(company: Company) -> HttpResponse:
    """Return the answer to a client that is unknown at this company."""
    challenge = {"WWW-Authenticate": f'Basic realm="{company.slug}"'}
    return JsonResponse({"error": "invalid_client"}, status=HTTPStatus.UNAUTHORIZED, headers=challenge)


def bearer_token(request: HttpRequest) -> Token | None:
    """Return the valid access token of an active account that this company gave out (GitHub: `token …`)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in {"bearer", "token"} or not value:
        return None
    token = Token.objects.select_related("user").filter(client_id__in=company_of(request).client_ids)
    found = token.lookup(Token.Type.ACCESS_TOKEN, value.strip())
    return found if found and found.user and found.user.is_active else None
