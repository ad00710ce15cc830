"""Every forged token of the lesson: the inspector refuses it, fails a check, or warns."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwt_app import keys
from jwt_app.backend import token_backend
from tests.jwt_app.conftest import claims
from tests.jwt_app.labs.inspector.conftest import failed, site_token


def part(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def unsigned(**header: Any) -> str:
    return f"{part({'typ': 'JWT'} | header)}.{part(claims())}."


def confused() -> str:
    """The site's public key, which everybody has, as a secret. PyJWT refuses to make it, so by hand."""
    pem = token_backend().signing.prepared_verifying_key.public_bytes(*_spki())
    text = f"{part({'alg': 'HS256'})}.{part(claims(role='staff'))}"
    signature = jwt.get_algorithm_by_name("HS256").sign(text.encode(), pem)
    return f"{text}.{jwt.utils.base64url_encode(signature).decode()}"


def _spki() -> tuple[Any, Any]:
    return Encoding.PEM, PublicFormat.SubjectPublicKeyInfo


def own_key(**header: Any) -> str:
    """Signed by the forger, who says in the header how to verify it."""
    private = keys.new_key("RS256")
    if header.get("jwk") is ...:
        public = jwt.get_algorithm_by_name("RS256").prepare_key(keys.public_key("RS256", private))
        header["jwk"] = keys.jwk("RS256", public)
    return jwt.encode(claims(role="staff"), private, "RS256", headers=header)


def edited() -> str:
    head, _, signature = site_token().split(".")
    return f"{head}.{part(claims(role='staff'))}.{signature}"


NOW = int(time.time())
FORGED: dict[str, tuple[Callable[[], str], str]] = {
    **{f"alg {name}": (partial(unsigned, alg=name), "alg") for name in ("none", "None", "nOnE", "NONE")},
    "signature stripped": (lambda: site_token().rpartition(".")[0] + ".", "signature"),
    "signature and dot stripped": (lambda: site_token().rpartition(".")[0], "signature"),
    "payload changed": (edited, "signature"),
    "RS256 taken for HS256": (confused, "alg"),
    "a key that comes along": (lambda: own_key(jwk=...), "its own key"),
    "jku": (lambda: own_key(jku="http://127.0.0.1:9002/jwks.json"), "fetch the key"),
    "x5u": (lambda: own_key(x5u="http://127.0.0.1:9002/cert.pem"), "fetch the certificate"),
    "kid of a path": (lambda: own_key(kid="../../../../dev/null"), "looks like a path"),
    "kid of SQL": (lambda: own_key(kid="x' UNION SELECT 'key' --"), "looks like a piece of SQL"),
    "kid with a NUL": (lambda: own_key(kid="key\x00.pem"), "cannot be seen"),
    "kid of a shell": (lambda: own_key(kid="key|id"), "a shell"),
    "expired": (lambda: site_token(exp=NOW - 60), "exp"),
    "not yet": (lambda: site_token(nbf=NOW + 3600), "nbf"),
    "another issuer": (lambda: other(iss="https://evil.example"), "iss"),
    "another audience": (lambda: other(aud="another-api"), "aud"),
    "a refresh token": (lambda: site_token(kind="refresh"), "a refresh token"),
    "an ID token": (lambda: other(token_type=..., nonce="n", aud="client"), "no access token"),
    "crit": (lambda: critical("exp-2"), "crit"),
    "b64": (lambda: critical("b64", b64=False), "RFC 7797"),
    "nested deeply": (lambda: other(deep=nested()), "nested"),
    "the same claim twice": (lambda: signed('{"role": "user", "role": "staff"}'), "stands twice in the payload"),
}


def signed(payload: str, **header: Any) -> str:
    """Anything, signed by the site's own key."""
    backend = token_backend().signing
    head = {"kid": backend.public_jwk["kid"]} | header
    return jwt.PyJWS().encode(payload.encode(), backend.prepared_signing_key, "RS256", head)


def other(**changes: Any) -> str:
    return signed(json.dumps(claims(**changes)))


def critical(name: str, **header: Any) -> str:
    """PyJWT would not make it for itself."""
    backend = token_backend().signing
    text = f"{part({'alg': 'RS256', 'crit': [name], name: 1} | header)}.{part(claims())}"
    signature = jwt.get_algorithm_by_name("RS256").sign(text.encode(), backend.prepared_signing_key)
    return f"{text}.{jwt.utils.base64url_encode(signature).decode()}"


def nested(levels: int = 200) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(("forge", "reason"), FORGED.values(), ids=FORGED)
def test_a_forged_token_is_never_passed_without_a_word(ask: Any, forge: Callable[[], str], reason: str) -> None:
    answer = ask(forge(), key_format="site")
    wrong = failed(answer)
    assert answer["signature_valid"] is False or wrong or answer["warnings"]
    assert reason in wrong or any(reason in said for said in (*wrong.values(), *answer["warnings"])), answer


SIGNED_BY_US = {"expired", "not yet", "another issuer", "another audience", "a refresh token", "an ID token"}
SIGNED_BY_US |= {"nested deeply", "the same claim twice"}


@pytest.mark.parametrize("name", [name for name in FORGED if name not in SIGNED_BY_US | {"b64"}])
def test_what_the_site_did_not_sign_is_not_valid(ask: Any, name: str) -> None:
    assert ask(FORGED[name][0](), key_format="site")["signature_valid"] is False


def test_a_token_of_the_site_is_good(ask: Any) -> None:
    answer = ask(site_token(), key_format="site")
    assert answer["signature_valid"] is True
    assert failed(answer) == {}
    assert answer["warnings"] == []
    assert {"form", "alg", "signature", "exp", "iat", "iss", "aud"} == {check["name"] for check in answer["checks"]}


def test_the_public_key_as_a_secret_is_refused_even_where_the_caller_says_so(ask: Any) -> None:
    pem = token_backend().signing.prepared_verifying_key.public_bytes(*_spki()).decode()
    as_jwk = json.dumps({"kty": "oct", "k": part(pem)})
    for key, form in ((pem, "secret"), (as_jwk, "jwk"), (pem, "pem"), (pem, None)):
        answer = ask(confused(), key=key, key_format=form, algorithms=["HS256"])
        assert answer["signature_valid"] is not True
        assert failed(answer)


def test_a_key_that_comes_along_is_not_used_although_it_fits(ask: Any) -> None:
    token = own_key(jwk=...)
    assert ask(token)["signature_valid"] is None
    brought = json.dumps(ask(token)["header"]["jwk"])
    assert ask(token, key=brought)["signature_valid"] is True  # the caller's choice, not the token's


def test_a_huge_token_is_refused_by_its_length(client: Any) -> None:
    token = site_token(role="x" * 70_000)
    response = client.post("/jwt/api/inspect/", {"token": token}, content_type="application/json")
    assert response.status_code == 413
    assert response.json()["code"] == "too_large"
