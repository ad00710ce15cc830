"""`manage.py check`: without these, allauth is content and the token endpoint answers 500, or is less strict."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from . import engine
from .adapter import ProviderAdapter

MAKE_ONE = "Make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048"
OURS = ("jwks", "authorization", "token", "revoke", "userinfo", "device_code", "device_authorization")


@register
def signing_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a key that is missing, or none. Its value is never said."""
    try:
        engine.public_jwk(get_adapter().get_signing_key().pem)
    except (ImproperlyConfigured, ValueError, TypeError):
        text = "IDP_OIDC_PRIVATE_KEY must be an RSA private key in PEM form: it signs ID tokens."
        return [Error(text, hint=MAKE_ONE, id="oauth_provider.E001")]
    return []


@register
def settings_of_the_provider(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report an issuer that would follow the host's name, and allauth's own adapter."""
    found: list[CheckMessage] = []
    issuer = getattr(settings, "OAUTH_ISSUER", "")
    if not issuer.startswith(("https://", "http://")) or issuer.endswith("/"):
        text = "OAUTH_ISSUER must be this site's address, without a slash at its end."
        found.append(Error(text, id="oauth_provider.E002"))
    if not isinstance(get_adapter(), ProviderAdapter):
        text = "IDP_OIDC_ADAPTER must be oauth_app.provider.adapter.ProviderAdapter, or a subclass of it."
        found.append(Error(text, id="oauth_provider.E003"))
    if getattr(settings, "IDP_OIDC_ACCESS_TOKEN_FORMAT", "opaque") != "opaque":
        text = "IDP_OIDC_ACCESS_TOKEN_FORMAT must be opaque, which is the default: the API looks tokens up."
        found.append(Error(text, id="oauth_provider.E004"))
    if "oauth_app.provider.hashers.ClientSecretHasher" not in settings.PASSWORD_HASHERS[1:]:
        text = "PASSWORD_HASHERS must name oauth_app.provider.hashers.ClientSecretHasher, and not as the first."
        found.append(Error(text, hint="The first one is for users' passwords.", id="oauth_provider.E006"))
    return found


@register
def our_views_stand_first(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a URLconf in which allauth's views answer."""
    try:
        modules = {resolve(reverse(f"idp:oidc:{name}")).func.__module__ for name in OURS}
    except (NoReverseMatch, Resolver404):
        modules = set()
    if modules and all(module.startswith("oauth_app.provider.") for module in modules):
        return []
    text = 'URLs: path("", include("oauth_app.provider.protocol")) must stand before any include of allauth.idp.urls.'
    return [Error(text, id="oauth_provider.E005")]
