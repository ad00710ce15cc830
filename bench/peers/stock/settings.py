"""Stock SimpleJWT on top of what startproject wrote, as its documentation sets it up.

Key, algorithm, issuer and audience are those of the copy of jwt_app beside it, and so is the one renderer: REST
framework's second one is for pages, and choosing between two costs time at each request.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bare.settings import *  # noqa: F403
from bare.settings import INSTALLED_APPS
from cryptography.hazmat.primitives import serialization as pem

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework"]
ROOT_URLCONF = "stock.urls"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

PRIVATE_KEY = (Path(__file__).resolve().parents[1] / "jwt_signing_key.pem").read_text()

SIMPLE_JWT = {
    "ALGORITHM": "RS256",
    "SIGNING_KEY": PRIVATE_KEY,
    "VERIFYING_KEY": pem.load_pem_private_key(PRIVATE_KEY.encode(), None)
    .public_key()
    .public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)
    .decode(),
    "ISSUER": "https://www.example.com",
    "AUDIENCE": "example-api",
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "TOKEN_OBTAIN_SERIALIZER": "stock.views.TokenSerializer",
}
