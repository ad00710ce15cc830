"""What all endpoints that a client calls by itself have in common."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from .clients import ProtocolError


@method_decorator([never_cache, csrf_exempt], name="dispatch")
class ClientView(View):
    """What a client calls by itself: it proves who it is, and errors are those of RFC 6749 §5.2."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer an error in JSON."""
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]
        except ProtocolError as error:
            body = {"error": error.error, "error_description": error.description}
            headers = {"Pragma": "no-cache"}
            if error.status == HTTPStatus.UNAUTHORIZED:
                headers["WWW-Authenticate"] = 'Basic realm="clients"'
            return JsonResponse(body, status=error.status, headers=headers)
