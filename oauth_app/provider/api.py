"""What an app may call with a token: who is it, and the user's notes. Each call needs a scope."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    NotAuthenticated,
    ParseError,
    PermissionDenied,
    ValidationError,
)
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from . import grants, signals
from .bearer import bearer_token, challenge, value_of
from .models import NOTE_LENGTH, Note

SHOWN = 100  # notes in one answer


class BearerAuthentication(BaseAuthentication):
    """An opaque token in the header: one look-up. Never in the URL, where logs and histories have it.

    allauth's own takes three statements, and parses the private key for whatever looks like a JWT.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return user and token. Raises AuthenticationFailed where one came that opens nothing."""
        header = request.headers.get("Authorization", "")
        if value_of(header) is None:
            return None
        token = bearer_token(header)
        if token is None:
            raise AuthenticationFailed("The token is unknown, expired or revoked.", "invalid_token")
        return token.user or AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401; without it, REST framework would answer 403."""
        return challenge(request.headers.get("Authorization", ""))


class InsufficientScope(PermissionDenied):
    """403: the token is good, but not for this."""

    default_code = "insufficient_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"The token needs the scope {scope}.")
        self.challenge = challenge("", error="insufficient_scope", scope=scope)


class HasScope(BasePermission):
    """Compares the token with what the view says for this method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raise NotAuthenticated or InsufficientScope where the answer is no."""
        token: Any = request.auth
        if token is None:
            raise NotAuthenticated("Send an access token.")
        needed = view.scope_for(request)  # type: ignore[attr-defined]
        if needed and needed not in token.get_scopes():
            signals.denied_by_scope.send(sender=HasScope, user=token.user, client=token.client, scope=needed)
            raise InsufficientScope(needed)
        grants.note_use(token)
        return True


@method_decorator(never_cache, name="dispatch")
class ResourceView(APIView):
    """What all have in common."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [HasScope]
    renderer_classes = [JSONRenderer]
    scopes: ClassVar[dict[str, str]] = {}

    def scope_for(self, request: Request) -> str:
        """Return the scope that this call needs, "" for none."""
        return self.scopes.get(request.method or "", "")

    def get_exception_handler(self) -> Any:
        """Return ours, whatever the project's settings name."""
        return refusal


class WhoAmIView(ResourceView):
    """Whose token is this? A machine's has no user, and says so: `profile` is leave to see a name."""

    scopes = {"GET": "profile", "HEAD": "profile"}

    def scope_for(self, request: Request) -> str:
        """Return `profile` where there is somebody to tell about."""
        return super().scope_for(request) if request.user.is_authenticated else ""

    def get(self, request: Request) -> Response:
        """Answer from the token's row."""
        user: Any = request.user
        token: Any = request.auth
        credential = {
            "kind": "access token",
            "issued_at": token.created_at,
            "expires_at": token.expires_at,
            "revocable": True,
        }
        who = {"id": str(user.pk), "username": user.get_username()} if user.is_authenticated else None
        served_by = getattr(settings, "INSTANCE_NAME", "A")
        return Response({"mechanism": "oauth2", "user": who, "credential": credential, "served_by": served_by})


class NoteSerializer(serializers.ModelSerializer):
    """A note, as an app sees it."""

    text = serializers.CharField(max_length=NOTE_LENGTH)

    class Meta:
        model = Note
        fields = ("id", "text", "created_at")

    def validate_text(self, text: str) -> str:
        """Refuse half a character: JSON can write one, and no database can keep it."""
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValidationError("Not valid Unicode.", "invalid") from None
        return text


class NotesView(ResourceView):
    """The user's notes: the newest first."""

    scopes = {"GET": "notes:read", "HEAD": "notes:read", "POST": "notes:write"}

    def get(self, request: Request) -> Response:
        """List them."""
        notes = Note.objects.filter(user=request.user.pk)[:SHOWN]
        return Response({"notes": NoteSerializer(notes, many=True).data})

    def post(self, request: Request) -> Response:
        """Add one."""
        form = NoteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        form.save(user=request.user)
        return Response(form.data, status=status.HTTP_201_CREATED)


class TooLarge(APIException):
    """413: more than DATA_UPLOAD_MAX_MEMORY_SIZE."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request is too large."
    default_code = "too_large"


def refusal(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error as `{"detail", "code"}`, with `errors` for fields; None for what is a bug."""
    if isinstance(exc, RequestDataTooBig):
        exc = TooLarge()
    elif isinstance(exc, SuspiciousOperation | RecursionError):  # the second: thousands of brackets
        exc = ParseError()
    response = exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, ValidationError):
        errors = response.data if isinstance(response.data, dict) else {"non_field_errors": response.data}
        response.data = {"detail": "Some fields are missing or wrong.", "code": "invalid", "errors": errors}
    else:
        detail = response.data["detail"]
        response.data = {"detail": detail, "code": detail.code}
    if isinstance(exc, InsufficientScope):
        response["WWW-Authenticate"] = exc.challenge
    return response
