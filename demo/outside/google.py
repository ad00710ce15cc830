"""Google's shapes: OpenID Connect, with keys published as certificates and as JWKS."""

from __future__ import annotations

from allauth.idp.oidc import app_settings
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from .companies import GOOGLE
from .keys import certificates


@require_safe
def certs(request: HttpRequest) -> JsonResponse:
    """`GET /google/certs`: `{kid: certificate}`."""
    return JsonResponse(certificates(app_settings.PRIVATE_KEY), headers={"Cache-Control": "max-age=3600"})


@require_safe
def discovery(request: HttpRequest) -> JsonResponse:
    """`GET /google/.well-known/openid-configuration`."""
    metadata = {
        "issuer": GOOGLE.issuer,
        "authorization_endpoint": settings.PROVIDERS_URL + GOOGLE.authorize,
        "token_endpoint": f"{GOOGLE.issuer}/token",
        "userinfo_endpoint": f"{GOOGLE.issuer}/userinfo",
        "revocation_endpoint": f"{GOOGLE.issuer}/revoke",
        "jwks_uri": f"{GOOGLE.issuer}/jwks.json",
        "response_types_supported": ["code"],
        "grant_types_supported": list(GOOGLE.grants),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": list(GOOGLE.scopes),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }
    return JsonResponse(metadata, headers={"Access-Control-Allow-Origin": "*"})
