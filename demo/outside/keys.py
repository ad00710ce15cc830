"""The key that signs ID tokens, in the two shapes in which providers publish its public half."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from allauth.core.internal.jwkkit import load_jwk_from_pem
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def new_private_key() -> str:
    """Return a new RSA key (2048 bits) as PEM."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@lru_cache(maxsize=1)
def certificates(pem: str) -> dict[str, str]:
    """Return `{kid: certificate}` as Google publishes its keys: the public key inside a self-signed X.509 certificate.

    The certificate proves nothing by itself. It is only a container that many libraries can read.
    """
    jwk, key = load_jwk_from_pem(pem)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Google (stand-in)")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, SHA256())
    )
    return {jwk["kid"]: certificate.public_bytes(Encoding.PEM).decode()}
