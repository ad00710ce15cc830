"""What an access token opens besides "who is this?": one API for each company, with its own way to say no."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.idp.oidc.models import Token
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import belongings
from .engine import bearer_token
from .models import Account

REPOSITORIES = ("public_repo",)
CALENDAR = "https://www.googleapis.com/auth/calendar.readonly"
TIMETABLE = "timetable"
GOOGLE_REALM = 'Bearer realm="https://accounts.google.com/"'


def _account(token: Token | None) -> Account | None:
    return token.user if token is not None and isinstance(token.user, Account) else None


@never_cache
@require_safe
def repositories(request: HttpRequest) -> JsonResponse:
    """`GET /github/api/v3/user/repos`. The real GitHub shows public ones without any scope."""
    token = bearer_token(request)
    account = _account(token)
    if token is None or account is None:
        refused = {"message": "Bad credentials", "documentation_url": "/rest", "status": "401"}
        return JsonResponse(refused, status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    scopes = {
        "X-OAuth-Scopes": ", ".join(token.get_scopes()),
        "X-Accepted-OAuth-Scopes": ", ".join(REPOSITORIES),
    }
    if not set(REPOSITORIES) & set(token.get_scopes()):
        refused = {"message": "Resource not accessible by this token", "documentation_url": "/rest", "status": "403"}
        return JsonResponse(refused, status=HTTPStatus.FORBIDDEN, headers=scopes)
    return JsonResponse(belongings.repositories(account), safe=False, headers=scopes)


@never_cache
@require_safe
def calendars(request: HttpRequest) -> JsonResponse:
    """`GET /google/calendar/v3/users/me/calendarList`."""
    token = bearer_token(request)
    account = _account(token)
    if token is None or account is None:
        text = "Request had invalid authentication credentials. Expected OAuth 2 access token."
        challenge = f'{GOOGLE_REALM}, error="invalid_token"'
        return _google_says(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", text, "authError", challenge)
    if CALENDAR not in token.get_scopes():
        text = "Request had insufficient authentication scopes."
        challenge = f'{GOOGLE_REALM}, error="insufficient_scope", scope="{CALENDAR}"'
        details = [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "domain": "googleapis.com",
            }
        ]
        return _google_says(
            HTTPStatus.FORBIDDEN, "PERMISSION_DENIED", text, "insufficientPermissions", challenge, details=details
        )
    return JsonResponse(belongings.calendars(account))


def _google_says(code: HTTPStatus, status: str, text: str, reason: str, challenge: str, **more: Any) -> JsonResponse:
    errors = [{"message": text, "domain": "global", "reason": reason}]
    error = {"code": code.value, "message": text, "errors": errors, "status": status} | more
    return JsonResponse({"error": error}, status=code, headers={"WWW-Authenticate": challenge})


@never_cache
@require_safe
def timetable(request: HttpRequest) -> JsonResponse:
    """`GET /oidc/api/timetable`, with the errors of RFC 6750 §3.1."""
    token = bearer_token(request)
    account = _account(token)
    if token is None or account is None:
        return _bearer_error(HTTPStatus.UNAUTHORIZED, "invalid_token", "")
    if TIMETABLE not in token.get_scopes():
        return _bearer_error(HTTPStatus.FORBIDDEN, "insufficient_scope", f', scope="{TIMETABLE}"')
    return JsonResponse(belongings.timetable(account))


def _bearer_error(status: HTTPStatus, error: str, more: str) -> JsonResponse:
    challenge = f'Bearer realm="outside", error="{error}"{more}'
    return JsonResponse({"error": error}, status=status, headers={"WWW-Authenticate": challenge})
