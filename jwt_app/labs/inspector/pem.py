"""Keys in PEM (RFC 7468): public keys, certificates, and the public half of private keys. Read by `cryptography`."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from .keyring import BROKEN, PRIVATE, Key, TooMuch, Unusable, from_public

CERTIFICATE = "Only the key was taken out of the certificate: not who issued it, nor until when it is good."
MORE = "There is more than one block. The first one that holds a key was used."
LABELS = ("PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE", "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")

PKCS8 = "PRIVATE KEY"

# Of a private DSA key the library computes the public half as it reads it, however long the key is: minutes for 48 kB,
# while the whole process waits. So of a long one the kind is looked at before (RFC 5208 §5: version, then algorithm).
SHORT = 1024  # bytes; a DSA key of 3072 bits has 850
ALGORITHM = re.compile(
    rb"\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...)\x02\x01.\x30(?:[\x00-\x7f]|\x81.)(.{11})", re.DOTALL
)
KINDS = (
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",  # rsaEncryption
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a",  # id-RSASSA-PSS
    b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",  # id-ecPublicKey
    b"\x06\x03\x2b\x65\x70",  # id-Ed25519
    b"\x06\x03\x2b\x65\x71",  # id-Ed448
)


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
            return from_public(untested(label, block).public_key(), None, PRIVATE, *remarks)
        if label == "CERTIFICATE":
            return from_public(x509.load_pem_x509_certificate(block).public_key(), None, CERTIFICATE, *remarks)
        return from_public(serialization.load_pem_public_key(block), None, *remarks)
    except (TooMuch, Unusable):
        raise
    except BROKEN:
        raise Unusable(
            f"The block “{label}” cannot be read: it is damaged, has a passphrase, or is too short."
        ) from None


def untested(label: str, block: bytes) -> Any:
    """Load a private key without testing its numbers, which takes seconds for a long one.

    Raises Unusable for a long one of a kind that signs no token, and one of BROKEN for what is no key.
    """
    if label == PKCS8 and not _is_short_or_known(block):
        raise Unusable("The private key is long, and of a kind that signs no token here. Or it is damaged.")
    return serialization.load_pem_private_key(block, None, unsafe_skip_rsa_key_validation=True)


def _is_short_or_known(block: bytes) -> bool:
    inside = block.strip().removeprefix(b"-----BEGIN PRIVATE KEY-----").removesuffix(b"-----END PRIVATE KEY-----")
    try:
        # To the letter: what another reader would skip must not hide a key of another kind.
        der = base64.b64decode(b"".join(inside.split()), validate=True)
    except ValueError:
        return False
    found = ALGORITHM.match(der)
    return len(der) <= SHORT or (found is not None and found[1].startswith(KINDS))
