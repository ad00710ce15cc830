"""What each endpoint of the API takes and answers, by the name of its URL."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from rest_framework.serializers import Serializer

from . import shapes

REASONS = {
    HTTPStatus.BAD_REQUEST: "The body does not fit, or is no JSON.",
    HTTPStatus.UNAUTHORIZED: "Refused; `code` says why.",
    HTTPStatus.FORBIDDEN: "The CSRF token is missing or does not fit.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Too large.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body must be JSON.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many wrong passwords for this name. `Retry-After` says for how many seconds.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Nobody can say whether the token was taken back, so it is not accepted.",
}
BODY = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
REFUSED = (HTTPStatus.UNAUTHORIZED,)
GUARDED = (HTTPStatus.TOO_MANY_REQUESTS,)
CSRF = (HTTPStatus.FORBIDDEN,)
DENIABLE = (HTTPStatus.SERVICE_UNAVAILABLE,)


@dataclass(frozen=True)
class Operation:
    """An endpoint: a name for programs, a line for people, the group it stands in, and its shapes.

    `takes` is the serializer that reads the body, by its dotted name; "" for no body.
    """

    name: str
    summary: str
    tag: str
    gives: type[Serializer]
    says: str
    takes: str = ""
    errors: tuple[HTTPStatus, ...] = ()
    labs: bool = False  # 404 where LABS is off, and then not described

    def answers(self) -> dict[int, tuple[type[Serializer], str]]:
        """Return shape and meaning of each answer, by its status."""
        found: dict[int, tuple[type[Serializer], str]] = {HTTPStatus.OK: (self.gives, self.says)}
        for status in self.errors:
            shape = shapes.FieldErrors if status == HTTPStatus.BAD_REQUEST else shapes.Refusal
            found[status] = (shape, REASONS[status])
        return dict(sorted(found.items()))


GROUPS = ("Tokens", "What a token opens", "The refresh token in a cookie", "Keys", "Inspector")
TOKENS, WHO, COOKIE, KEYS, LAB = GROUPS
SERIALIZERS = "jwt_app.serializers."
OPERATIONS: dict[str, Operation] = {
    "jwt:login": Operation(
        "get_tokens", "Get a pair of tokens", TOKENS, shapes.Pair, "Two tokens.",
        SERIALIZERS + "LoginSerializer", (*BODY, *REFUSED, *GUARDED),
    ),
    "jwt:refresh": Operation(
        "refresh", "Exchange the refresh token, once", TOKENS, shapes.Pair, "A new pair; the old one is used up.",
        SERIALIZERS + "RefreshSerializer", (*BODY, *REFUSED),
    ),
    "jwt:logout": Operation(
        "log_out", "End the family of a refresh token", TOKENS, shapes.Empty, "It has ended, now or before.",
        SERIALIZERS + "LogoutSerializer", (*BODY, *REFUSED, *DENIABLE),
    ),
    "jwt:verify": Operation(
        "verify", "Ask whether a token would be taken", TOKENS, shapes.Kind, "It would, and this is its kind.",
        SERIALIZERS + "VerifySerializer", (*BODY, *REFUSED, *DENIABLE),
    ),
    "jwt:cookie-login": Operation(
        "cookie_login", "Sign in", COOKIE, shapes.Access, "The access token; the cookie has the other one.",
        SERIALIZERS + "LoginSerializer", (*BODY, *REFUSED, *CSRF, *GUARDED),
    ),
    "jwt:cookie-refresh": Operation(
        "cookie_refresh", "Exchange the cookie", COOKIE, shapes.Access, "A new access token and a new cookie.",
        errors=(*REFUSED, *CSRF),
    ),
    "jwt:cookie-logout": Operation(
        "cookie_log_out", "Sign out", COOKIE, shapes.Empty, "It has ended, and the cookie is gone.",
        errors=(*CSRF, *DENIABLE),
    ),
    "jwt:whoami": Operation(
        "whoami", "Who am I, by the token alone?", WHO, shapes.WhoAmI, "What the token says.",
        errors=(*REFUSED, *DENIABLE),
    ),
    "jwt:me": Operation(
        "me", "Who am I, by the user's row?", WHO, shapes.Me, "What the row says.", errors=(*REFUSED, *DENIABLE),
    ),
    "jwt:jwks": Operation(
        "jwks", "The public keys", KEYS, shapes.Keys, "With these anybody can check a token, and nobody can make one.",
    ),
    "inspector:api": Operation(
        "inspect", "Read a token, and verify it where a key comes along", LAB, shapes.Inspected, "What was found.",
        "jwt_app.labs.inspector.serializers.InspectSerializer", BODY, labs=True,
    ),
}  # fmt: skip
