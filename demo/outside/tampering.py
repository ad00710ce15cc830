"""The tampering switch: one ID token is made wrong in one named way, so that a client can be seen to refuse it.

No provider has such a thing. Here it exists in the demo only (LABS), for programs on this machine, and never stays on:
it belongs to one code, works once, and is forgotten after a minute. Whoever has no code can tamper with nothing.

Each token is a good one of Alice's, given to whoever the code belongs to, but for what its name says: a client that
leaves out that one check signs them in as Alice. User-info says Alice, too, but for `changed-sub`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias

import jwt
from allauth.core.internal.jwkkit import load_jwk_from_pem
from allauth.idp.oidc import app_settings
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .companies import Company
from .keys import new_private_key
from .models import Account

Claims: TypeAlias = dict[str, Any]
AGE = 60  # seconds
HOUR = 60 * 60
LOOPBACK = {"127.0.0.1", "::1"}
WHOSE = "alice.outside"
OWN = ("sub", "email", "email_verified", "name", "given_name", "family_name", "preferred_username")


def as_it_is(claims: Claims, company: Company) -> None:
    """Change nothing: that it is Alice's is what is wrong."""


def foreign_nonce(claims: Claims, company: Company) -> None:
    """It answers another sign-in."""
    claims["nonce"] = "of-another-sign-in"


def no_nonce(claims: Claims, company: Company) -> None:
    """It answers nobody's question."""
    claims.pop("nonce", None)


def other_issuer(claims: Claims, company: Company) -> None:
    """Somebody else says it, with this company's key: keys can be shared."""
    claims["iss"] = f"{settings.PROVIDERS_URL}/another"


def other_audience(claims: Claims, company: Company) -> None:
    """It was made for Mallory's quiz."""
    quiz = company.others[1].client_id
    claims["aud"] = quiz
    if "azp" in claims:
        claims["azp"] = quiz


def an_hour_old(claims: Claims, company: Company) -> None:
    """It has expired."""
    now = int(time.time())
    claims |= {"iat": now - 2 * HOUR, "exp": now - HOUR}


CHANGES: dict[str, Callable[[Claims, Company], None]] = {
    "wrong-key": as_it_is,
    "alg-none": as_it_is,
    "changed-sub": as_it_is,
    "foreign-nonce": foreign_nonce,
    "missing-nonce": no_nonce,
    "wrong-issuer": other_issuer,
    "wrong-audience": other_audience,
    "expired": an_hour_old,
}


@csrf_exempt  # a program sends this, and no cookie counts
@never_cache
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """`POST /tampering/` `{"code", "kind"}`: the ID token that this code is changed for will be wrong. 204.

    404 without LABS or from another machine; 415 for anything but JSON, which no page of another site can make a
    browser send; 400 for what is no order. A code that nobody has is kept for a minute, and nothing comes of it.
    """
    if not settings.LABS or request.META.get("REMOTE_ADDR") not in LOOPBACK:
        raise Http404
    if request.content_type != "application/json":
        return JsonResponse({"error": "invalid_request"}, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        asked = json.loads(request.body)
        code, kind = asked["code"], asked["kind"]
        if not isinstance(code, str) or not code or kind not in CHANGES:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError, RequestDataTooBig):
        return JsonResponse({"error": "invalid_request"}, status=HTTPStatus.BAD_REQUEST)
    cache.set(_key(code), kind, AGE)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def applied(code: str, tokens: dict[str, Any], company: Company) -> dict[str, Any]:
    """Return the answer to the exchange of this code, with another ID token where one was ordered. It works once."""
    if not settings.LABS or "id_token" not in tokens:
        return tokens
    kind = cache.get(_key(code))
    if kind not in CHANGES or not cache.delete(_key(code)):
        return tokens
    if kind != "changed-sub":
        cache.set(_key(tokens["access_token"]), WHOSE, AGE)  # else user-info would give it away, whatever is wrong
    return tokens | {"id_token": tampered(kind, tokens["id_token"], company)}


def user_info(access_token: str, said: Claims, company: Company) -> Claims:
    """Return what user-info says to this access token: for a minute that it is Alice's, where `applied` said so."""
    ordered = settings.LABS and cache.get(_key(access_token)) == WHOSE
    return _of_alice(said, company) if ordered else said


def tampered(kind: str, id_token: str, company: Company) -> str:
    """Return Alice's ID token in the place of this one, wrong as `kind` says."""
    made = jwt.decode_complete(id_token, options={"verify_signature": False})
    claims = _of_alice(made["payload"], company)
    CHANGES[kind](claims, company)
    if kind == "alg-none":
        return jwt.encode(claims, "", algorithm="none")
    pem = new_private_key() if kind == "wrong-key" else app_settings.PRIVATE_KEY
    kid = {"kid": load_jwk_from_pem(app_settings.PRIVATE_KEY)[0]["kid"]}  # also the wrong key calls itself so
    return jwt.encode(claims, pem, algorithm=made["header"]["alg"], headers=kid)


def _of_alice(claims: Claims, company: Company) -> Claims:
    """Return the claims with what they say of a person changed to Alice: the same names, her values."""
    alice = Account.objects.get(company=company.slug, username=WHOSE)
    hers = {
        "sub": str(alice.pk),
        "email": alice.email,
        "email_verified": alice.email_verified,
        "name": alice.get_full_name(),
        "given_name": alice.given_name,
        "family_name": alice.family_name,
        "preferred_username": alice.username,
    }
    return claims | {name: hers[name] for name in OWN if name in claims}


def _key(code: str) -> str:
    """A code in a key would be a credential in another place."""
    return f"tampering.{hashlib.sha256(code.encode('utf-8', 'surrogatepass')).hexdigest()}"
