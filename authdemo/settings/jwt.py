"""Mechanism 2, JSON Web Tokens: the client holds everything, the server only checks a signature."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from jwt_app import keys
from jwt_app.keyring import KeyRing, KeyRingError

from .base import ORDERS_URL, SITE_URL
from .env import VAR_DIR, choice, flag, generated, problems, text, whole

REST_FRAMEWORK = {
    # The session cookie opens nothing here: an API that took it would need CSRF protection, too.
    "DEFAULT_AUTHENTICATION_CLASSES": ["jwt_app.authentication.JWTAuthentication"],
    # A view that forgets to say who may call it is closed.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    # JSON in, JSON out: no pages, no forms.
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["jwt_app.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "jwt_app.negotiation.ContentNegotiation",
    # Each error is {"detail", "code"}.
    "EXCEPTION_HANDLER": "jwt_app.exceptions.handler",
    # `?format=` chooses nothing, since there is nothing to choose.
    "URL_FORMAT_OVERRIDE": None,
    # What the description of the API is made with, see api_docs.py.
    "DEFAULT_SCHEMA_CLASS": "authdemo.api_docs.schema.AutoSchema",
}

# RS256: an RSA key signs, and its public half verifies. With HS256 one secret does both, so that every service that
# can check a token could also make one.
JWT_ALGORITHM = choice("JWT_ALGORITHM", "RS256", keys.NEEDS)


# One key that is kept elsewhere, or none: then a ring of keys lies in VAR_DIR, and they can be rotated.
# Many places allow one line for a variable: there, a PEM has "\n" where its lines end.
JWT_SIGNING_KEY = text("JWT_SIGNING_KEY").replace("\\n", "\n")
if JWT_SIGNING_KEY:
    try:
        keys.public_key(JWT_ALGORITHM, JWT_SIGNING_KEY)
    except ValueError as error:
        problems.append(f"JWT_SIGNING_KEY does not fit JWT_ALGORITHM: {error}")
        JWT_SIGNING_KEY = ""
if not JWT_SIGNING_KEY and keys.is_symmetric(JWT_ALGORITHM):
    # One secret signs and verifies. There is nothing to rotate: an old one that still verifies still signs.
    JWT_SIGNING_KEY = generated(f"jwt_signing_key.{JWT_ALGORITHM}", lambda: keys.new_key(JWT_ALGORITHM))

# The newest key signs, the ones before it verify until what they signed has expired: manage.py rotate_jwt_keys.
JWT_KEY_RING = None if JWT_SIGNING_KEY else VAR_DIR / "jwt_keys.json"

# Long, because it can be taken back: it is only ever sent here, where its row is looked at.
REFRESH_TOKEN_LIFETIME = timedelta(days=whole("JWT_REFRESH_DAYS", 7))

SIMPLE_JWT = {
    "ALGORITHM": JWT_ALGORITHM,
    # Never SECRET_KEY, which is SimpleJWT's default: that signs sessions and password resets as well. With a ring of
    # keys both are empty.
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "VERIFYING_KEY": keys.public_key(JWT_ALGORITHM, JWT_SIGNING_KEY) if JWT_SIGNING_KEY else "",
    # `iss`: who made the token. `aud`: for whom. Both are in each token, and both are compared.
    "ISSUER": SITE_URL,
    "AUDIENCE": "authdemo-api",
    # Short, because nothing can take an access token back. What is lost with it is lost for this long.
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=whole("JWT_ACCESS_MINUTES", 15)),
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    # Each refresh token is good for one exchange. One that comes back is a sign of theft. Our serializers do both in
    # any case; SimpleJWT's own, in the place of which they stand, would ask these two.
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    # A token is no visit: it would cost a write at each sign-in.
    "UPDATE_LAST_LOGIN": False,
    # The name of a scheme may be written in any case (RFC 9110 §11.1); SimpleJWT compares letters.
    "AUTH_HEADER_TYPES": ("Bearer", "bearer"),
    # So that SimpleJWT's own classes take our tokens, too.
    "AUTH_TOKEN_CLASSES": ("jwt_app.tokens.AccessToken",),
    "TOKEN_OBTAIN_SERIALIZER": "jwt_app.serializers.LoginSerializer",
    "TOKEN_REFRESH_SERIALIZER": "jwt_app.serializers.RefreshSerializer",
    "TOKEN_BLACKLIST_SERIALIZER": "jwt_app.serializers.LogoutSerializer",
    "TOKEN_VERIFY_SERIALIZER": "jwt_app.serializers.VerifySerializer",
}

# Seconds in which a used refresh token that comes back is refused without ending the family, for clients whose tabs do
# not agree on who refreshes. Its price: a thief who exchanges a stolen token this shortly before its owner does stays
# unnoticed, for the owner's alarm is taken for a slow tab. So 0, and clients that refresh once.
JWT_ROTATION_GRACE_SECONDS = whole("JWT_ROTATION_GRACE_SECONDS", 0, minimum=0, maximum=60)

# The refresh token of a page that keeps it in a cookie; `Secure` as the session's.
JWT_REFRESH_COOKIE_NAME = "authdemo_refresh"

if JWT_KEY_RING and not problems:  # a mistyped JWT_ALGORITHM changes no key
    try:
        # Made before any process needs it. Another JWT_ALGORITHM than before is a change of keys like any other.
        KeyRing(JWT_KEY_RING, REFRESH_TOKEN_LIFETIME).ensure(JWT_ALGORITHM)
    except KeyRingError as error:
        problems.append(str(error))

# Takes access tokens back as well: a sign-out denies them, and each request asks a cache whether its token was denied.
# The price: one cache call a request, no answer while that cache is down, and other services do not know of it.
JWT_DENYLIST = flag("JWT_DENYLIST", False)
JWT_DENYLIST_CACHE = "security"  # the alias that raises: what is not known must not be taken for "not denied"

# The page /jwt/ also calls a service that is not Django: this starts it.
ORDERS_COMMAND = f"waitress-serve --listen={urlsplit(ORDERS_URL).netloc} demo.orders.app:application"
