"""The same three acts with the refresh token in a cookie: no script can read it, one that an attacker got in neither.

A cookie comes along by itself, whoever wrote the form. So it is SameSite=Strict, it is sent to these paths only, and
each call needs Django's CSRF token, which REST framework does not ask for where nobody is signed in.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.authentication import CSRFCheck
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.views import TokenViewBase

from .serializers import LoginSerializer, LogoutSerializer, RefreshSerializer

NAME: str = getattr(settings, "JWT_REFRESH_COOKIE_NAME", "jwt_refresh")


def path() -> str:
    """Return the prefix of these endpoints: the cookie is sent nowhere else."""
    return reverse("jwt:cookie-login").removesuffix("login/")


def keep(response: HttpResponse, refresh: str) -> None:
    """Put the refresh token into the cookie."""
    response.set_cookie(
        NAME,
        refresh,
        max_age=int(api_settings.REFRESH_TOKEN_LIFETIME.total_seconds()),
        path=path(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def forget(response: HttpResponseBase) -> None:
    """Tell the browser to forget the cookie."""
    response.delete_cookie(NAME, path=path(), samesite="Strict")


class HasCSRFToken(BasePermission):
    """The check of Django's CsrfViewMiddleware: a token in `X-CSRFToken` that fits the CSRF cookie, and the Origin."""

    message = "The CSRF token is missing or does not fit. Load the page again."
    code = "csrf_failed"

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether a page of this site has sent it."""
        check = CSRFCheck(view.post)  # which is not called
        check.process_request(request._request)
        return check.process_view(request._request, view.post, (), {}) is None


class CookieView(TokenViewBase):
    """What the three have in common."""

    permission_classes = (HasCSRFToken,)

    def result(self, data: Any) -> Any:
        """Return what the serializer of the other endpoints makes of `data`. Raises InvalidToken, ValidationError."""
        serializer = self.serializer_class(data=data, context=self.get_serializer_context())
        try:
            serializer.is_valid(raise_exception=True)
        except TokenError as error:
            raise InvalidToken(str(error)) from error
        return serializer.validated_data

    @property
    def cookie(self) -> dict[str, str]:
        """The refresh token that came along. Raises NotAuthenticated where none did."""
        if not self.request.COOKIES.get(NAME):
            raise NotAuthenticated("No refresh token in a cookie. Sign in first.")
        return {"refresh": self.request.COOKIES[NAME]}

    def result_of_cookie(self) -> Any:
        """Return the result for the cookie. Raises InvalidToken, also for one that can be no token at all."""
        try:
            return self.result(self.cookie)
        except ValidationError:  # a blank, a NUL: the user cannot mend it, so it is no "400, send it otherwise"
            raise InvalidToken("No token") from None


class LoginView(CookieView):
    """User name and password: the access token in the answer, the refresh token in the cookie."""

    serializer_class = LoginSerializer

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sign in."""
        return answer(self.result(request.data))


class RefreshView(CookieView):
    """The cookie for a new access token and a new cookie. The body may be empty."""

    serializer_class: type[Serializer] = RefreshSerializer

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Rotate."""
        return answer(self.result_of_cookie())

    def handle_exception(self, exc: Exception) -> Response:
        """Let go of a cookie that was refused; not of one that was exchanged just now.

        All tabs have one jar: the answer to the tab that came second would take away what the first has got.
        """
        response: Response = super().handle_exception(exc)
        if response.status_code == 401 and response.data["code"] != "token_used":
            forget(response)
        return response


class LogoutView(CookieView):
    """End the family. Nothing that may have become of the cookie stops a sign-out."""

    serializer_class: type[Serializer] = LogoutSerializer

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sign out."""
        with suppress(InvalidToken, NotAuthenticated):  # expired, forged or not there: nothing is left to end
            self.result_of_cookie()
        response = Response({})
        forget(response)
        return response


def answer(pair: dict[str, str]) -> Response:
    """Return the access token; the refresh token goes into the cookie and nowhere else."""
    response = Response({"access": pair["access"]})
    keep(response, pair["refresh"])
    return response
