"""An attacker's key: it is published as a key set and as a certificate, and signs whatever it is asked to.

A verifier that fetches keys from where a token says (`jku`, `x5u`) finds this one. The key is made when it is first
asked for, is never written down, and opens nothing: no verifier of this demo knows it, but for two that are wrong on
purpose.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from jwt.utils import base64url_encode

ALGORITHM = "RS256"
LARGEST = 16 * 1024  # bytes of what is to be signed


@cache
def private_key() -> rsa.RSAPrivateKey:
    """Return the key of this process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@never_cache
@require_safe
def key_set(request: HttpRequest) -> JsonResponse:
    """Publish the public half (RFC 7517 §5)."""
    public = jwt.get_algorithm_by_name(ALGORITHM).to_jwk(private_key().public_key(), as_dict=True)
    key = {name: public[name] for name in ("kty", "n", "e")} | {"alg": ALGORITHM, "use": "sig", "kid": "hostile"}
    return JsonResponse({"keys": [key]})


@never_cache
@require_safe
def certificate(request: HttpRequest) -> HttpResponse:
    """Publish the same key in a certificate, signed by itself: nobody vouches for it."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Hostile on purpose")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(private_key(), SHA256())
    )
    return HttpResponse(made.public_bytes(Encoding.PEM), content_type="application/x-pem-file")


@never_cache
@require_POST
def sign(request: HttpRequest) -> JsonResponse:
    """Sign `{"header", "payload"}`. JSON only: no page of another site can make a browser send that."""
    try:
        found = asked(request)
        data = ".".join(_encoded(found[name]) for name in ("header", "payload"))
    except (ValueError, RecursionError, RequestDataTooBig):
        body = {"detail": "Send JSON: an object with header and payload, both objects.", "code": "invalid"}
        return JsonResponse(body, status=HTTPStatus.BAD_REQUEST)
    method: Any = jwt.get_algorithm_by_name(ALGORITHM)
    signature = base64url_encode(method.sign(data.encode(), private_key())).decode()
    return JsonResponse({"token": f"{data}.{signature}"})


def asked(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """Return what is to be signed. Raises ValueError."""
    if request.content_type != "application/json" or len(request.body) > LARGEST:
        raise ValueError
    found = json.loads(request.body)
    if not isinstance(found, dict) or not all(isinstance(found.get(name), dict) for name in ("header", "payload")):
        raise ValueError
    return found


def _encoded(part: dict[str, Any]) -> str:
    return base64url_encode(json.dumps(part, separators=(",", ":")).encode()).decode()
