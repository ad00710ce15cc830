"""`/jwt/algorithms/<algorithm>/`: get a token for one that you have, ask who it makes you, fetch the public key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings

from jwt_app.authentication import StatelessAuthentication
from jwt_app.denylist import CLAIM
from jwt_app.models import RefreshFamily
from jwt_app.tokens import FAMILY, AccessToken, RefreshToken
from jwt_app.views import describe

from .tokens import TOKENS, LabAuthentication, key_of


class AskedSerializer(serializers.Serializer):
    """For how many seconds, and shall it be checked against the deny-list? Then `refresh` says which sign-in it is of.

    An access token does not name its sign-in where JWT_DENYLIST is off.
    """

    lifetime = serializers.IntegerField(min_value=10, max_value=300, default=30)
    checked = serializers.BooleanField(default=False)
    refresh = serializers.CharField(default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for what a checked one needs."""
        if attrs["checked"] and not attrs["refresh"]:
            raise serializers.ValidationError({"refresh": "A token that is checked needs it."})
        return attrs


class TokenView(APIView):
    """Never more than the caller has: the same user and role, an end that is no later, a check more."""

    authentication_classes = [StatelessAuthentication]

    def post(self, request: Request, algorithm: str) -> Response:
        """Return `{"access"}`, signed by this algorithm's key."""
        asked = AskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted, callers = asked.validated_data, request.auth
        token = TOKENS[algorithm]()
        token.payload = dict(callers.payload)  # type: ignore[union-attr]
        token.set_iat(at_time=token.current_time)
        token.set_exp(lifetime=timedelta(seconds=wanted["lifetime"]))
        token.payload["exp"] = min(token.payload["exp"], callers.payload["exp"])  # type: ignore[union-attr]
        if wanted["checked"]:
            cover(token, wanted["refresh"])
        return Response({"access": str(token)})


def cover(token: AccessToken, refresh: str) -> None:
    """Have the token checked, and denied when its sign-in ends. Raises InvalidToken for somebody else's sign-in."""
    try:
        of = RefreshToken(refresh)
        of.check()  # it has not ended: that would be told to nobody any more
    except TokenError as error:
        raise InvalidToken(str(error)) from error
    if of.payload[api_settings.USER_ID_CLAIM] != token.payload[api_settings.USER_ID_CLAIM]:
        raise InvalidToken("Both tokens must be of one user")
    # Who ended it since then has denied nothing, so the row is asked once more.
    if not RefreshFamily.objects.filter(pk=of.payload[FAMILY], revoked_at=None).update(checked=True):
        raise InvalidToken("This sign-in has ended.")
    token.payload |= {CLAIM: True, FAMILY: of.payload[FAMILY]}


class WhoAmIView(APIView):
    """Who the token speaks for, by the token alone: nothing is looked up, unless it is to be checked."""

    def get_authenticators(self) -> Any:
        """Believe this algorithm's tokens."""
        return [LabAuthentication(self.kwargs["algorithm"])]

    def get(self, request: Request, algorithm: str) -> Response:
        """Answer as the site's own."""
        user: Any = request.user
        return Response(describe(request.auth, {"id": user.id, "username": user.username}))


class JWKSView(APIView):
    """The public key. There is none for HS256: its one secret verifies and signs, so it is told to nobody."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def get(self, request: Request, algorithm: str) -> Response:
        """Return the JWK Set (RFC 7517 §5)."""
        key = key_of(algorithm)
        return Response({"keys": [key.public_jwk] if key.kid else []})
