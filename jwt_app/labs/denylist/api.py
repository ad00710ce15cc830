"""`POST /jwt/denylist/token/`: your access token once more, with a shorter life, and checked where you ask for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwt_app.authentication import StatelessAuthentication
from jwt_app.denylist import CLAIM

LIFETIME = timedelta(seconds=30)  # short enough to wait for


class LabTokenSerializer(serializers.Serializer):
    """Shall the token be checked, although JWT_DENYLIST may be off?"""

    checked = serializers.BooleanField(default=False)


class LabTokenView(APIView):
    """Never more than the caller has: the same user and role, an earlier end, a check more."""

    authentication_classes = [StatelessAuthentication]

    def post(self, request: Request) -> Response:
        """Return `{"access"}`."""
        asked = LabTokenSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        token: Any = request.auth
        ends = token.payload["exp"]
        token.set_exp(lifetime=LIFETIME)
        token.payload["exp"] = min(ends, token.payload["exp"])
        if asked.validated_data["checked"]:
            token.payload[CLAIM] = True
        return Response({"access": str(token)})
