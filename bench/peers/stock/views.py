"""The jobs with what Django, REST framework and SimpleJWT bring: one view each, and the same answers as ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer


class TokenSerializer(TokenObtainPairSerializer):
    """Puts the name and the role into the token, as SimpleJWT's documentation says under "custom claims"."""

    @classmethod
    def get_token(cls, user: Any) -> Any:
        """Return the refresh token; the access token copies its claims."""
        token = super().get_token(user)
        token["username"] = user.get_username()
        token["role"] = "staff" if user.is_staff else "user"
        return token


class WhoAmIView(APIView):
    """Who the token speaks for. Nothing is looked up."""

    authentication_classes = [JWTStatelessUserAuthentication]

    def get(self, request: Request) -> Response:
        """Answer from the payload alone."""
        user: Any = request.user
        return Response(describe(request.auth, {"id": user.id, "username": user.username}))


class MeView(APIView):
    """Who the user is by the database."""

    def get(self, request: Request) -> Response:
        """Answer from the user's row."""
        user: Any = request.user
        role = "staff" if user.is_staff else "user"
        return Response(describe(request.auth, {"id": str(user.pk), "username": user.get_username(), "role": role}))


def describe(token: Any, user: dict[str, str]) -> dict[str, Any]:
    """Return who, and by which credential."""
    credential = {
        "kind": "access token",
        "issued_at": datetime.fromtimestamp(token["iat"], UTC),
        "expires_at": datetime.fromtimestamp(token["exp"], UTC),
        "revocable": False,
    }
    return {"mechanism": "jwt", "user": user, "credential": credential, "served_by": "stock"}


def session(request: HttpRequest) -> JsonResponse:
    """Who the session's user is: Django's own sessions and users, two statements."""
    if not request.user.is_authenticated:
        return JsonResponse({"detail": "Sign in first."}, status=401)
    credential = {
        "kind": "session cookie",
        "issued_at": None,
        "expires_at": request.session.get_expiry_date(),
        "revocable": True,
    }
    user = {"id": str(request.user.pk), "username": request.user.get_username()}
    return JsonResponse({"mechanism": "session", "user": user, "credential": credential, "served_by": "stock"})


def bare(request: HttpRequest) -> JsonResponse:
    """Nobody is asked for: what Django costs before anything is known about the caller."""
    user = {"id": "1", "username": "alice"}
    credential = {"kind": "none", "issued_at": None, "expires_at": None, "revocable": False}
    return JsonResponse({"mechanism": "none", "user": user, "credential": credential, "served_by": "stock"})
