"""Keys in PEM (RFC 7468): public keys, certificates, and the public half of private keys. Read by `cryptography`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from .keyring import BROKEN, PRIVATE, Key, TooMuch, Unusable, from_public

CERTIFICATE = "Only the key was taken out of the certificate: not who issued it, nor until when it is good."
MORE = "There is more than one block. The first one that holds a key was used."
LABELS = ("PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE", "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")


def blocks(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield label and text of the first few blocks."""
    at = 0
    for _ in range(8):
        if (start := text.find("-----BEGIN ", at)) < 0 or (close := text.find("-----", start + 11)) < 0:
            return
        label = text[start + 11 : close]
        end = f"-----END {label}-----"
        if (stop := text.find(end, close)) < 0:
            return
        at = stop + len(end)
        yield label, text[start:at].encode("ascii", "replace") + b"\n"


def from_pem(text: str) -> Key:
    """Read a public key, a certificate, or the public half of a private key. Raises Unusable or TooMuch."""
    found = [(label, block) for label, block in blocks(text) if label in LABELS]
    if not found:
        if "-----BEGIN ENCRYPTED PRIVATE KEY-----" in text:
            raise Unusable("The private key has a passphrase, and is not opened here. The public key is enough.")
        raise Unusable(f"No PEM: nothing between “-----BEGIN {LABELS[0]}-----” and “-----END {LABELS[0]}-----”.")
    (label, block), remarks = found[0], [MORE] * (len(found) > 1)
    try:
        if "PRIVATE" in label:
            # Its numbers are not tested, which takes seconds for a long key: only the public ones are used.
            loaded: Any = serialization.load_pem_private_key(block, None, unsafe_skip_rsa_key_validation=True)
            return from_public(loaded.public_key(), None, PRIVATE, *remarks)
        if label == "CERTIFICATE":
            return from_public(x509.load_pem_x509_certificate(block).public_key(), None, CERTIFICATE, *remarks)
        return from_public(serialization.load_pem_public_key(block), None, *remarks)
    except TooMuch:
        raise
    except BROKEN:
        raise Unusable(
            f"The block “{label}” cannot be read: it is damaged, has a passphrase, or is too short."
        ) from None
