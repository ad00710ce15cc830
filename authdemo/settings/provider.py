"""Mechanism 3, the other end: this site is the provider, and other people's apps ask its users for access."""

from __future__ import annotations

from django.conf import global_settings

from jwt_app import keys

from .base import SITE_URL
from .env import env, generated, problems, text

# `iss` of ID tokens and the address in discovery: one, by whatever name this site is asked.
OAUTH_ISSUER = SITE_URL
# Our subclass of allauth's adapter: the issuer, and no more offered in discovery than there is.
IDP_OIDC_ADAPTER = "oauth_app.provider.adapter.ProviderAdapter"

# Signs ID tokens. A key of its own: who may sign "alice is here" for other people's apps need not sign our own tokens.
IDP_OIDC_PRIVATE_KEY = text("OAUTH_PROVIDER_KEY").replace("\\n", "\n")
if IDP_OIDC_PRIVATE_KEY:
    try:
        keys.public_key("RS256", IDP_OIDC_PRIVATE_KEY)
    except ValueError as _error:
        problems.append(f"OAUTH_PROVIDER_KEY must be an RSA private key: {_error}")
        IDP_OIDC_PRIVATE_KEY = ""
if not IDP_OIDC_PRIVATE_KEY:
    IDP_OIDC_PRIVATE_KEY = generated("oauth_provider_key.pem", lambda: keys.new_key("RS256"))

# Opaque tokens: nothing can be read in one, each call looks it up, and what was taken back is refused at once.
IDP_OIDC_ACCESS_TOKEN_FORMAT = "opaque"  # noqa: S105  the name of a format
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 15 * 60  # seconds; an app that may refresh gets the next one without the user
# A refresh token that nobody uses for this long is over. Each exchange brings a new one.
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 60 * 60  # seconds
# RFC 6749 §4.1.2: ten minutes at most. It only has to get from the browser to the app's server.
IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN = 60  # seconds

# RFC 8628: how long a code waits on a television's screen, and how often the television may ask.
IDP_OIDC_DEVICE_CODE_EXPIRES_IN = 10 * 60  # seconds
IDP_OIDC_DEVICE_CODE_INTERVAL = 5  # seconds

# Which clients may ask about other clients' tokens (RFC 7662): services that are called with them, and nobody else.
OAUTH_RESOURCE_SERVERS = [name.strip() for name in env.list("OAUTH_RESOURCE_SERVERS", default=["orders"])]

# For the secrets of clients, which are random. The first in the list is the one for users' passwords.
PASSWORD_HASHERS = [*global_settings.PASSWORD_HASHERS, "oauth_app.provider.hashers.ClientSecretHasher"]
