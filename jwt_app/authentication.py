"""Who is calling? Two answers: what the token says, or what the database says about the user in the token."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework_simplejwt import authentication as simplejwt
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken, TokenError

from . import denylist
from .tokens import AccessToken


class AccessTokenMixin:
    """SimpleJWT tries a list of token classes and then forgets why each refused; here is one, with its reason."""

    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        """Return the token. Raises InvalidToken, with the reason as its cause."""
        try:
            token = AccessToken(raw_token)
            denylist.check(token)
        except TokenError as error:
            raise InvalidToken(str(error)) from error
        return token


def access_token_of(request: Any) -> AccessToken | None:
    """Return the access token that a request brings, None where it brings none that is good. Refuses nobody."""
    reader = simplejwt.JWTStatelessUserAuthentication()
    try:
        raw = reader.get_raw_token(reader.get_header(request) or b"")
        return AccessToken(raw) if raw else None
    except (TokenError, AuthenticationFailed):
        return None


class StatelessAuthentication(AccessTokenMixin, simplejwt.JWTStatelessUserAuthentication):
    """Believe the token. No database: fast, anywhere, and blind for a user who was deactivated or deleted.

    With JWT_DENYLIST it asks a cache whether the token was taken back.
    """


class JWTAuthentication(AccessTokenMixin, simplejwt.JWTAuthentication):
    """Believe the token about who it is, and the database about the rest: one statement a request."""

    def get_user(self, validated_token: AccessToken) -> Any:
        """Return the user's row. Raises AuthenticationFailed for a user who is inactive or gone."""
        try:
            return super().get_user(validated_token)
        except (ValueError, OverflowError, ValidationError) as error:
            raise InvalidToken("The user id is none of ours") from error
