"""Two calls for programs: look at a family, and let two tabs race."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import APIException, PermissionDenied, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.views import TokenViewBase

from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import Busy
from authdemo.device.use import a_thread_to_spare
from authdemo.experiments import NotTried
from jwt_app.tokens import RefreshToken, ended

from .race import MOST, run
from .tree import describe, family_of


class Unavailable(APIException):
    """503: it cannot be tried now; the text says why."""

    status_code = 503
    default_code = "unavailable"


class FamilySerializer(serializers.Serializer):
    """Any refresh token of the family, also one that was used."""

    refresh = serializers.CharField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the tree. Raises TokenError for what is no refresh token of ours, or has expired."""
        token = RefreshToken(attrs["refresh"])
        family = family_of(token)
        if family is None:
            raise ended("")
        return describe(family, token["jti"])


class RaceSerializer(serializers.Serializer):
    """How many copies of one token are sent at once, and with how many seconds of grace."""

    grace = serializers.ChoiceField([0, 5], default=0)
    times = serializers.IntegerField(min_value=2, max_value=MOST, default=2)


class FamilyView(TokenViewBase):
    """Say what became of each token of a family, to whoever holds one of them."""

    serializer_class = FamilySerializer


class RaceView(TokenViewBase):
    """Run it, for who sits at this machine: it signs in with the demo's password.

    It takes JSON only, which no page of another site can make a browser send.
    """

    serializer_class = RaceSerializer

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer what came back for each copy, and whether the winner's token still works."""
        if not asked_on_this_machine(request._request):
            raise PermissionDenied("It signs in with the demo's password, only for who sits at this machine.")
        # REST framework asks for the type only where there is a body, and an empty form comes without one.
        if request.content_type.partition(";")[0].strip().lower() != "application/json":
            raise UnsupportedMediaType(request.content_type)
        asked = RaceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            with a_thread_to_spare():
                return Response(run(request._request, **asked.validated_data))
        except (Busy, NotTried) as error:
            raise Unavailable(str(error)) from error
