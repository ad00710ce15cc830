"""The naive service, as others see it: its verifiers, and the tokens that it issues itself. 404 unless LABS is on.

What is wrong there stands in `naive.py`. Nothing here opens anything but its own answer.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import jwt
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from authdemo.labs import labs_only
from jwt_app.exceptions import explain

from .forging import chatty
from .naive import VERIFIERS
from .verifying import careful

NO_TOKEN = (KeyError, TypeError, ValueError, AttributeError)  # what rubbish makes of code that expects a token


def bearer(request: HttpRequest) -> str:
    """Return the token of the header, "" where there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def refusal(code: str, detail: str, status: HTTPStatus = HTTPStatus.UNAUTHORIZED) -> JsonResponse:
    """Return an answer without a user; 401 with its challenge (RFC 6750 §3)."""
    response = JsonResponse({"detail": detail, "code": code}, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="naive"'
    return response


@labs_only
@never_cache
@require_safe
def whoami(request: HttpRequest, slug: str) -> JsonResponse:
    """Say whom the naive verifier of this attack takes the caller for."""
    token = bearer(request)
    if not token:
        return refusal("not_authenticated", "Send a token in the header Authorization: Bearer ...")
    try:
        claims: Any = VERIFIERS[slug](token)
    except RecursionError:
        # As a server answers that does not expect it; only the traceback stays out of the log.
        return refusal("broken_down", "The naive verifier broke down.", HTTPStatus.INTERNAL_SERVER_ERROR)
    except jwt.PyJWTError as error:
        detail, code = explain(error)
        return refusal(code, detail)
    except NO_TOKEN:
        return refusal("token_not_valid", "This is not a token.")
    user = {name: str(claims.get(name, "")) for name in ("username", "role")}
    return JsonResponse({"user": user, "detail": "The naive verifier takes you for this user."})


@csrf_exempt  # a program's call: the token in the header says who it is, no cookie does
@labs_only
@never_cache
@require_POST
def token(request: HttpRequest) -> JsonResponse:
    """Issue a naive token to whoever has a good one of the site: with more in it than anybody needs, weakly signed."""
    try:
        claims = careful(bearer(request))
    except (jwt.PyJWTError, RecursionError, *NO_TOKEN):
        return refusal("token_not_valid", "Send an access token of the site.")
    return JsonResponse({"access": chatty(claims)})
