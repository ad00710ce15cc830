"""The key decides: which algorithms there are, what it is good for, and what is said of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from cryptography.x509.oid import NameOID

from jwt_app import keys
from jwt_app.labs.weak import weak_secrets
from tests.jwt_app.labs.inspector.conftest import SECRET, failed, hs256, pair, site_token

CLAIMS = {"sub": "1", "exp": 4102444800}
EVERY = list(keys.NEEDS)


def token_of(private: str, algorithm: str, **header: Any) -> str:
    return jwt.encode(CLAIMS, private, algorithm, headers=header)


def jwk_of(public: str, algorithm: str, **more: Any) -> dict[str, Any]:
    method = jwt.get_algorithm_by_name(algorithm)
    return {**method.to_jwk(method.prepare_key(public), as_dict=True), **more}


def pem_of(private: Any) -> str:
    how = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    text: str = private.private_bytes(*how).decode()
    return text


@pytest.mark.parametrize("algorithm", EVERY)
def test_each_algorithm_in_each_format(ask: Any, algorithm: str) -> None:
    private, public = pair(algorithm)
    token, jwk = token_of(private, algorithm), jwk_of(public, algorithm)
    form = "secret" if algorithm.startswith("HS") else "pem"
    given = [(public, form), (private, form), (json.dumps(jwk), "jwk"), (json.dumps({"keys": [jwk]}), "jwks")]
    for key, name in given:
        for chosen in (name, None):
            assert ask(token, key=key, key_format=chosen)["signature_valid"] is True
    stranger = pair(algorithm)[1]
    assert ask(token, key=stranger)["signature_valid"] is False


@pytest.mark.parametrize("algorithm", EVERY)
def test_a_list_narrows_and_never_widens(ask: Any, algorithm: str) -> None:
    private, public = pair(algorithm)
    token = token_of(private, algorithm)
    assert ask(token, key=public, algorithms=[algorithm])["signature_valid"] is True
    for others in ([], ["none"], [name for name in EVERY if name != algorithm]):
        answer = ask(token, key=public, algorithms=others)
        assert answer["signature_valid"] is False
        assert "nothing was tried" in failed(answer)["alg"].lower()


def test_the_alg_of_a_jwk_narrows_too(ask: Any) -> None:
    private, public = pair("RS256")
    token = token_of(private, "RS512")
    assert ask(token, key=json.dumps(jwk_of(public, "RS256")))["signature_valid"] is True
    answer = ask(token, key=json.dumps(jwk_of(public, "RS256", alg="RS256")))
    assert answer["signature_valid"] is False
    assert "RS512" in failed(answer)["alg"]


def test_in_a_set_the_name_chooses(ask: Any) -> None:
    private, public = pair("ES256")
    named = json.dumps({"keys": [jwk_of(pair("ES256")[1], "ES256", kid="a"), jwk_of(public, "ES256", kid="b")]})
    assert ask(token_of(private, "ES256", kid="b"), key=named)["signature_valid"] is True
    assert ask(token_of(private, "ES256"), key=named)["signature_valid"] is True
    assert ask(token_of(private, "ES256", kid="a"), key=named)["signature_valid"] is False
    assert "is called c" in failed(ask(token_of(private, "ES256", kid="c"), key=named))["kid"]


def test_a_private_key_serves_by_its_public_half_with_a_warning(ask: Any) -> None:
    for algorithm in ("RS256", "ES256", "EdDSA"):
        private, _ = pair(algorithm)
        loaded: Any = serialization.load_pem_private_key(private.encode(), None)
        jwk = jwt.get_algorithm_by_name(algorithm).to_jwk(loaded, as_dict=True)
        for key in (private, json.dumps(jwk), json.dumps({"keys": [jwk]})):
            answer = ask(token_of(private, algorithm), key=key)
            assert answer["signature_valid"] is True
            assert any("private key" in warning for warning in answer["warnings"])


def test_a_certificate_serves_by_its_key_with_a_warning(ask: Any) -> None:
    private = rsa.generate_private_key(65537, 2048)
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")]), datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
    made = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(private, hashes.SHA256())
    key = made.public_bytes(serialization.Encoding.PEM).decode()
    answer = ask(token_of(pem_of(private), "PS256"), key=key, key_format="pem")
    assert answer["signature_valid"] is True
    assert any("certificate" in warning for warning in answer["warnings"])


@pytest.mark.parametrize("size", [1024, 2048])
def test_a_short_rsa_key_works_with_a_warning(ask: Any, size: int) -> None:
    private = rsa.generate_private_key(65537, size)
    method = jwt.get_algorithm_by_name("RS256")
    head = jwt.utils.base64url_encode(b'{"alg":"RS256"}') + b"." + jwt.utils.base64url_encode(b'{"exp":4102444800}')
    token = (head + b"." + jwt.utils.base64url_encode(method.sign(head, private))).decode()
    answer = ask(token, key=pem_of(private))
    assert answer["signature_valid"] is True
    assert any(f"{size} bits" in warning for warning in answer["warnings"]) == (size < 2048)


def test_a_short_secret_works_with_a_warning(ask: Any) -> None:
    answer = ask(hs256(CLAIMS, "x"), key="x", key_format="secret")
    assert answer["signature_valid"] is True
    assert any("The secret has 1 bytes" in warning for warning in answer["warnings"])


def test_a_weak_secret_is_found_without_being_given(ask: Any) -> None:
    for word in ("secret", weak_secrets()[-1]):
        answer = ask(hs256(CLAIMS, word))
        assert answer["signature_valid"] is None
        assert any(f"“{word}”" in warning and "weak" in warning for warning in answer["warnings"])
    assert not any("weak" in warning for warning in ask(hs256(CLAIMS))["warnings"])


@pytest.mark.parametrize(
    "said", [{"use": "enc"}, {"use": 1}, {"key_ops": ["encrypt"]}, {"key_ops": "verify"}, {"key_ops": []}], ids=str
)
def test_a_key_for_something_else_is_warned_of(ask: Any, said: dict[str, Any]) -> None:
    private, public = pair("ES256")
    answer = ask(token_of(private, "ES256"), key=json.dumps(jwk_of(public, "ES256") | said))
    assert any("not meant for signatures" in warning for warning in answer["warnings"])
    fine = ask(token_of(private, "ES256"), key=json.dumps(jwk_of(public, "ES256") | {"use": "sig"}))
    assert not any("not meant" in warning for warning in fine["warnings"])


def unusable() -> dict[str, tuple[str, str | None]]:
    _, public = pair("ES256")
    point = jwk_of(public, "ES256")
    return {
        "no PEM": ("hello", "pem"),
        "a PEM that is cut": (public[:90], "pem"),
        "a PEM that is damaged": (public.replace("M", "N"), "pem"),
        "a passphrase": ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", None),
        "no JSON": ("{", "jwk"),
        "a number": ("1", "jwk"),
        "a set as a key": (json.dumps({"keys": []}), "jwk"),
        "a key as a set": (json.dumps(point), "jwks"),
        "an empty set": (json.dumps({"keys": []}), "jwks"),
        "kty unknown": (json.dumps(point | {"kty": "ec"}), "jwk"),
        "kty a list": (json.dumps(point | {"kty": ["EC"]}), "jwk"),
        "no x": (json.dumps({name: value for name, value in point.items() if name != "x"}), "jwk"),
        "x a number": (json.dumps(point | {"x": 5}), "jwk"),
        "x with padding": (json.dumps(point | {"x": point["x"] + "="}), "jwk"),
        "not on the curve": (json.dumps(point | {"x": "A" * 43}), "jwk"),
        "another curve": (json.dumps(point | {"crv": "P-384"}), "jwk"),
        "an empty secret": (json.dumps({"kty": "oct", "k": ""}), "jwk"),
        "twice the same member": (json.dumps(point)[:-1] + ', "kty": "EC"}', "jwk"),
        "a PEM as a secret": (public, "secret"),
        "a JWK as a secret": (json.dumps(point), "secret"),
        "RSA of nothing": (json.dumps({"kty": "RSA", "n": "AA", "e": "AA"}), "jwk"),
    }


@pytest.mark.parametrize("name", unusable())
def test_a_key_that_is_none_verifies_nothing_and_is_told_why(ask: Any, name: str) -> None:
    key, form = unusable()[name]
    answer = ask(token_of(pair("ES256")[0], "ES256"), key=key, key_format=form)
    assert answer["signature_valid"] is None
    assert failed(answer)["key"]


def test_keys_of_other_kinds_are_named_and_not_used(ask: Any) -> None:
    token = token_of(pair("EdDSA")[0], "EdDSA")
    kinds = {
        "Ed448": ed448.Ed448PrivateKey.generate(),
        "secp256k1": ec.generate_private_key(ec.SECP256K1()),
        "another kind": dsa.generate_private_key(2048),
    }
    for kind, private in kinds.items():
        answer = ask(token, key=pem_of(private))
        assert answer["signature_valid"] is False
        assert kind in failed(answer)["alg"]


def test_a_format_without_a_key_says_so(ask: Any) -> None:
    for form in ("secret", "pem", "jwk", "jwks"):
        answer = ask(hs256(CLAIMS), key_format=form)
        assert answer["signature_valid"] is None
        assert "no key" in failed(answer)["key"]


def test_the_sites_secret_verifies_and_stays_here(ask: Any, use_algorithm: Any) -> None:
    secret = use_algorithm("HS256")
    answer = ask(site_token(), key_format="site")
    assert answer["signature_valid"] is True
    assert secret not in json.dumps(answer)
    assert ask(hs256(CLAIMS, SECRET), key_format="site")["signature_valid"] is False
