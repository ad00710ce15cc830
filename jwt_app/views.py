"""What a token opens, the public keys, and the page with a client for the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.generic import TemplateView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from . import denylist
from .authentication import StatelessAuthentication
from .backend import token_backend


class WhoAmIView(APIView):
    """Say who the token speaks for. Nothing is looked up, unless the deny-list covers the token."""

    authentication_classes = [StatelessAuthentication]

    def get(self, request: Request) -> Response:
        """Answer from the payload alone."""
        user: Any = request.user
        return Response(describe(request.auth, {"id": user.id, "username": user.username}))


class MeView(APIView):
    """Say who the user is by the database. A user who is inactive or gone gets 401."""

    def get(self, request: Request) -> Response:
        """Answer from the user's row."""
        user: Any = request.user
        role = "staff" if getattr(user, "is_staff", False) else "user"
        return Response(describe(request.auth, {"id": str(user.pk), "username": user.get_username(), "role": role}))


def describe(token: Any, user: dict[str, str]) -> dict[str, Any]:
    """Return the answer of `whoami`: who, by which credential, answered by which instance."""
    credential = {
        "kind": "access token",
        "issued_at": datetime.fromtimestamp(token["iat"], UTC),
        "expires_at": datetime.fromtimestamp(token["exp"], UTC),
        "revocable": denylist.covers(token),
    }
    served_by = getattr(settings, "INSTANCE_NAME", "A")
    return {"mechanism": "jwt", "user": user, "credential": credential, "served_by": served_by}


# A verifier keeps the keys as long as it likes, and comes back for a name that it does not know (OpenID Connect Core
# §10.1.1). A cache between the two must not answer that with the keys of before.
@method_decorator(cache_control(no_cache=True), name="dispatch")
class JWKSView(APIView):
    """The public keys: with these, any service can verify a token and none can make one."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        """Return the JWK Set."""
        return Response(token_backend().jwks())


class ClientPage(TemplateView):
    """A page with a small client that holds tokens in the browser and calls the API."""

    template_name = "jwt_app/client.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the page and its script have to know."""
        return super().get_context_data(
            **kwargs,
            no_users=not get_user_model().objects.exists(),
            origin=f"{self.request.scheme}://{self.request.get_host()}",
            orders_url=getattr(settings, "ORDERS_URL", ""),
            orders_command=getattr(settings, "ORDERS_COMMAND", ""),
        )
