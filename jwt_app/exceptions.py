"""Every error of the API as `{"detail", "code"}`, and 401 with the challenge of RFC 6750 §3."""

from __future__ import annotations

from typing import Any

import jwt
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

from .tokens import RefusedToken


class RequestTooLarge(APIException):
    """413: more than DATA_UPLOAD_MAX_MEMORY_SIZE."""

    status_code = 413
    default_detail = "The request is too large."
    default_code = "too_large"


# PyJWT's reasons, the special before the general. ASCII without quotes: RFC 6750 §3 allows no more in a header.
REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (jwt.ExpiredSignatureError, "token_expired", "The token has expired."),
    (jwt.InvalidAudienceError, "token_wrong_audience", "The token is meant for another service."),
    (jwt.InvalidIssuerError, "token_wrong_issuer", "The token was made by somebody else."),
    (jwt.InvalidAlgorithmError, "token_not_valid", "The token names an algorithm that is not accepted."),
    (jwt.MissingRequiredClaimError, "token_not_valid", "The token lacks a claim that is required."),
    (jwt.InvalidSignatureError, "token_not_valid", "The signature does not fit the token."),
    (jwt.DecodeError, "token_not_valid", "This is not a token."),
)


def explain(error: BaseException | None) -> tuple[str, str]:
    """Return detail and code for a refused token.

    SimpleJWT says "Token is invalid" for nearly everything; what PyJWT found stands in the chain of causes.
    """
    while error is not None:
        if isinstance(error, RefusedToken):
            return str(error), error.code
        for kind, code, detail in REASONS:
            if isinstance(error, kind):
                return detail, code
        error = error.__cause__
    return "The token is not valid.", "token_not_valid"


def handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception of a view; None for what is a bug, so that it is seen as one."""
    if isinstance(exc, RequestDataTooBig):
        exc = RequestTooLarge()
    elif isinstance(exc, SuspiciousOperation):
        exc = ParseError()
    response = exception_handler(exc, context)
    if response is None:
        return None
    response.data = _body(exc, response.data)
    if isinstance(exc, AuthenticationFailed) and response.status_code == 401:
        # SimpleJWT's own class: a token came and was refused. A wrong password, or no token at all, is not that.
        challenge = response["WWW-Authenticate"]
        response["WWW-Authenticate"] = (
            f'{challenge}, error="invalid_token", error_description="{response.data["detail"]}"'
        )
    return response


def _body(exc: Exception, data: Any) -> dict[str, Any]:
    if isinstance(exc, InvalidToken):
        detail, code = explain(exc)
        return {"detail": detail, "code": code}
    if isinstance(exc, ValidationError):
        errors = data if isinstance(data, dict) else {"non_field_errors": data}
        return {"detail": "Some fields are missing or wrong.", "code": "invalid", "errors": errors}
    detail = data["detail"]
    return {"detail": detail, "code": data.get("code") or detail.code}
