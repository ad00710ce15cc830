"""What the endpoints take and give. The work is done in `tokens`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework_simplejwt import serializers as simplejwt

from . import denylist
from .authentication import access_token_of
from .tokens import AccessToken, RefreshToken, RefusedToken


class LoginSerializer(simplejwt.TokenObtainPairSerializer):
    """User name and password for a pair of tokens."""

    token_class = RefreshToken

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As long as an e-mail address can be, like Django's own form: a comparison without case reads "LIKE", and
        # SQLite refuses a pattern of 50,000 characters with an error.
        self.fields[self.username_field] = serializers.CharField(write_only=True, max_length=254)
        # A password may begin or end with a blank.
        self.fields["password"].trim_whitespace = False

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Sign in. Raises AuthenticationFailed. The order is that of `RefreshSerializer`."""
        pair = super().validate(attrs)
        return {"access": pair["access"], "refresh": pair["refresh"]}


class RefreshSerializer(serializers.Serializer):
    """A refresh token for a new pair (RFC 6749 §6)."""

    refresh = serializers.CharField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Rotate. Raises TokenError."""
        refresh = RefreshToken(attrs["refresh"]).rotate()
        return {"access": str(refresh.access_token), "refresh": str(refresh)}


class LogoutSerializer(serializers.Serializer):
    """A refresh token whose family ends. It may have ended before: what was asked for is so (RFC 7009 §2.2).

    An access token may come along as always, in the header: it is denied, where that can be checked.
    """

    refresh = serializers.CharField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Revoke. Raises TokenError for what is no refresh token of ours, Unavailable (503) for half of it."""
        family = RefreshToken(attrs["refresh"]).revoke()
        denylist.signed_out(family, access_token_of(self.context["request"]))
        return {}


class VerifySerializer(serializers.Serializer):
    """A token of either kind."""

    token = serializers.CharField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Say of which kind it is. Raises TokenError where it would be refused."""
        try:
            access = AccessToken(attrs["token"])
        except RefusedToken:  # well signed, and no access token
            RefreshToken(attrs["token"]).check()
            return {"token_type": RefreshToken.token_type}
        denylist.check(access)
        return {"token_type": AccessToken.token_type}
