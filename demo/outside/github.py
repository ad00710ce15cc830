"""GitHub's shapes: tokens form-encoded, errors with status 200, and an API in the place of an ID token."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from .companies import GITHUB
from .engine import AuthorizeView, TokenView, basic_credentials, bearer_token, use_query
from .models import Account

ERRORS = {
    "invalid_client": ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect."),
    "invalid_grant": ("bad_verification_code", "The code passed is incorrect or expired."),
    "redirect_uri": ("redirect_uri_mismatch", "The redirect_uri must be that of the authorization request."),
}


class GitHubAuthorizeView(AuthorizeView):
    """GitHub needs no `response_type`, and takes scopes with commas between them as well."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Bring the request into the form of RFC 6749."""
        super().setup(request, *args, **kwargs)
        query = request.GET.copy()
        query.setdefault("response_type", "code")
        if "scope" in query:
            query.setlist("scope", [scope.replace(",", " ") for scope in query.getlist("scope")])
        use_query(request, query)


class GitHubTokenView(TokenView):
    """`POST /github/login/oauth/access_token`."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer in GitHub's manner: also an error comes with status 200."""
        body = request.POST.copy()
        body.setdefault("grant_type", "authorization_code")
        request.POST = body  # type: ignore[assignment]
        response = super().post(request, *args, **kwargs)
        if response.status_code == HTTPStatus.OK:
            return response
        refused = json.loads(response.content)
        # The engine has no code of its own for this one.
        error = "redirect_uri" if "redirect URI" in refused.get("error_description", "") else refused["error"]
        code, sentence = ERRORS.get(error, (error, "The request is not one that this endpoint understands."))
        return answer(request, {"error": code, "error_description": sentence})

    def shaped(self, response: HttpResponse, tokens: dict[str, Any]) -> HttpResponse:
        """Return the token, which does not expire: GitHub's OAuth apps get no expiry and no refresh token."""
        super().shaped(response, tokens)
        Token.objects.by_value(tokens["access_token"]).update(expires_at=None)
        scope = ",".join(tokens.get("scope", "").split())
        return answer(self.request, {"access_token": tokens["access_token"], "scope": scope, "token_type": "bearer"})


def answer(request: HttpRequest, data: dict[str, str]) -> HttpResponse:
    """Return the data form-encoded, or as JSON to those who ask for it."""
    if "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse(data)
    else:
        response = HttpResponse(urlencode(data), content_type="application/x-www-form-urlencoded; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def _refused(status: int, message: str) -> JsonResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return JsonResponse({"message": message}, status=status, headers=headers)


@never_cache
@require_safe
def user(request: HttpRequest) -> JsonResponse:
    """`GET /github/api/v3/user`: the account that the token belongs to."""
    token = bearer_token(request)
    if token is None or not isinstance(token.user, Account):
        return _refused(HTTPStatus.UNAUTHORIZED, "Bad credentials")
    account = token.user
    profile = {
        "login": account.username,
        "id": account.pk,
        "name": account.get_full_name(),
        # The address shown in public, which GitHub allows for verified ones only.
        "email": account.email if account.email_verified else None,
        "html_url": f"{settings.PROVIDERS_URL}/github/{account.username}",
        "avatar_url": f"{settings.PROVIDERS_URL}/static/outside/avatar.svg",
        "type": "User",
    }
    return JsonResponse(profile, headers={"X-OAuth-Scopes": ", ".join(token.get_scopes())})


@never_cache
@require_safe
def emails(request: HttpRequest) -> JsonResponse:
    """`GET /github/api/v3/user/emails`: needs the scope user:email; without it GitHub says 404."""
    token = bearer_token(request)
    if token is None or not isinstance(token.user, Account):
        return _refused(HTTPStatus.UNAUTHORIZED, "Bad credentials")
    if "user:email" not in token.get_scopes():
        return _refused(HTTPStatus.NOT_FOUND, "Not Found")
    address = {
        "email": token.user.email,
        "primary": True,
        "verified": token.user.email_verified,
        "visibility": "public" if token.user.email_verified else None,
    }
    return JsonResponse([address], safe=False, headers={"X-OAuth-Scopes": ", ".join(token.get_scopes())})


@csrf_exempt
@never_cache
@require_http_methods(["DELETE"])
def delete_token(request: HttpRequest, client_id: str) -> HttpResponse:
    """`DELETE /github/api/v3/applications/{client_id}/token`: GitHub's own way to revoke, in the place of RFC 7009.

    The app says who it is by Basic authentication, and names a token of its own in JSON. 204, or 404 for any other.
    """
    found = _named(request, client_id)
    if isinstance(found, Token):
        found.delete()
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return found


@csrf_exempt
@never_cache
@require_http_methods(["DELETE"])
def delete_grant(request: HttpRequest, client_id: str) -> HttpResponse:
    """`DELETE /github/api/v3/applications/{client_id}/grant`: the same, for all that the app has of that user."""
    found = _named(request, client_id)
    if isinstance(found, Token):
        Token.objects.filter(client_id=found.client_id, user_id=found.user_id).delete()
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return found


def _named(request: HttpRequest, client_id: str) -> Token | HttpResponse:
    """Return the token that the app has named, or the refusal."""
    client = Client.objects.filter(pk=GITHUB.client_id).first()
    name, secret = basic_credentials(request) or ("", "")
    if client is None or {name, client_id} != {client.pk} or not client.check_secret(secret):
        return _refused(HTTPStatus.UNAUTHORIZED, "Bad credentials")
    try:
        token = json.loads(request.body)["access_token"]
    except (ValueError, LookupError, TypeError, RecursionError):
        token = None
    if not isinstance(token, str):
        return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, "Invalid request: access_token is needed.")
    found: Token | None = Token.objects.by_value(token).filter(client=client, type=Token.Type.ACCESS_TOKEN).first()
    return found or _refused(HTTPStatus.NOT_FOUND, "Not Found")
