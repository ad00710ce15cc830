"""Keys that sign tokens: make one, read one, publish its public half.

Needs no Django, so settings can import it. `python -m jwt_app.keys RS256` prints a new key.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.utils import base64url_encode

RSA_KEY = "the PEM of an RSA private key of 2048 bits or more, without a passphrase"
EC_KEY = "the PEM of a private key on the curve {}, without a passphrase"
NEEDS = {
    **{f"HS{size}": f"a secret of {size // 8} bytes or more, and no PEM" for size in (256, 384, 512)},
    **{f"{kind}{size}": RSA_KEY for kind in ("RS", "PS") for size in (256, 384, 512)},
    "ES256": EC_KEY.format("P-256"),
    "ES384": EC_KEY.format("P-384"),
    "ES512": EC_KEY.format("P-521"),
    "EdDSA": "the PEM of an Ed25519 private key, without a passphrase",
}
"""The algorithms that sign a token (RFC 7518 §3.1, RFC 8037), each with the key that it needs."""

CURVES: dict[str, type[ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1]] = {
    "ES256": ec.SECP256R1,
    "ES384": ec.SECP384R1,
    "ES512": ec.SECP521R1,
}


def is_symmetric(algorithm: str) -> bool:
    """Say whether whoever can verify can also sign: HS256 and its like have one secret for both."""
    return algorithm.startswith("HS")


def new_key(algorithm: str) -> str:
    """Make a key for `algorithm`: a random secret for HS*, else a private key as PEM."""
    if is_symmetric(algorithm):
        return secrets.token_urlsafe(64)
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    if algorithm in CURVES:
        key = ec.generate_private_key(CURVES[algorithm]())
    elif algorithm == "EdDSA":
        key = ed25519.Ed25519PrivateKey.generate()
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption()).decode()


def public_key(algorithm: str, signing_key: str) -> str:
    """Return the public half as PEM; "" for HS*, which has none.

    Raises ValueError where the key does not fit the algorithm. The message says what is needed, never the value.
    """
    if algorithm not in NEEDS:
        raise ValueError(f"The algorithm must be one of: {', '.join(NEEDS)}.")
    method = jwt.get_algorithm_by_name(algorithm)
    try:
        key = method.prepare_key(signing_key)
        if method.check_key_length(key):
            raise ValueError("The key is too short.")
        if is_symmetric(algorithm):
            return ""
        return str(key.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo), "ascii")
    except (AttributeError, TypeError, ValueError, UnsupportedAlgorithm, jwt.PyJWTError):
        # A public key has no public_key(): AttributeError.
        raise ValueError(f"{algorithm} needs {NEEDS[algorithm]}.") from None


def jwk(algorithm: str, prepared_public_key: Any) -> dict[str, str]:
    """Return the public key as a JWK (RFC 7517). Its `kid` is the key's thumbprint (RFC 7638)."""
    members = jwt.get_algorithm_by_name(algorithm).to_jwk(prepared_public_key, as_dict=True)
    # RFC 7517 §4.3: a key that says `use` does not say `key_ops` as well.
    members.pop("key_ops", None)
    # RFC 7638 §3.3: the members that make the key, sorted, without blanks.
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    kid = base64url_encode(hashlib.sha256(canonical).digest()).decode()
    return {**members, "kid": kid, "alg": algorithm, "use": "sig"}


if __name__ == "__main__":
    sys.stdout.write(new_key(sys.argv[1]))
