"""The page and the API. Neither stores or logs what it was given, and neither has it in an address."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwt_app.exceptions import RequestTooLarge

from .forms import CHOICES, KNOWN, InspectForm
from .inspection import Inspection, TooLong, inspect
from .keyring import TooMuch
from .serializers import InspectSerializer
from .signing import SAMPLE_SECRET, CannotSign, sample, sign


class ASCIIRenderer(JSONRenderer):
    """JSON in ASCII: a token can say half a character (`\\ud800`), which no UTF-8 can."""

    ensure_ascii = True


@method_decorator(never_cache, name="dispatch")
class InspectView(APIView):
    """Read a token, and verify it where a key comes along. Nobody has to say who they are."""

    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [ASCIIRenderer]

    def post(self, request: Request) -> Response:
        """Answer 200 with what was found, 413 or 400 beyond a limit."""
        asked = InspectSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        try:
            found = inspect(given["token"], given.get("key"), given.get("key_format"), given.get("algorithms"))
        except TooLong as why:
            raise RequestTooLarge(str(why)) from None
        except TooMuch as why:
            raise ValidationError({"key": [str(why)]}) from None
        return Response(found.as_dict())


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the form, and what was found of what was sent. The answer holds it, and nothing else does."""
    form = InspectForm(request.POST or None)
    form.is_valid()  # what is no choice is left out
    asked: dict[str, Any] = getattr(form, "cleaned_data", {})
    context: dict[str, Any] = {"asked": asked, "formats": CHOICES, "known": KNOWN}
    status = HTTPStatus.OK
    if request.method == "POST":
        status = answer(request.POST.get("act", ""), asked, context)
    return render(request, "inspector/page.html", context, status=status)


def answer(act: str, asked: dict[str, Any], context: dict[str, Any]) -> HTTPStatus:
    """Do what the button says. Adds what was found, or why it was not looked at, and returns the status."""
    try:
        if act == "sample":
            asked.update(token=sample(), key=SAMPLE_SECRET, key_format="secret", algorithms=[])
        elif act == "sign":
            context["edited"] = asked
            asked["token"] = sign(asked["header"], asked["payload"], asked["key"], asked.get("key_format", ""))
            context["signed"] = True
        context["found"] = look(asked)
    except CannotSign as why:
        context["not_signed"] = str(why)
        context["found"] = look(asked)
    except TooLong as why:
        context["too_much"] = str(why)
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    except TooMuch as why:
        context["too_much"] = str(why)
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.OK


def look(asked: dict[str, Any]) -> Inspection:
    """Inspect what the form says. A key counts only where it says that it is to be used."""
    form = asked.get("key_format") or None
    return inspect(asked.get("token", ""), asked.get("key") if form else None, form, asked.get("algorithms") or None)
