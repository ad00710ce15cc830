"""WRONG ON PURPOSE. Do not copy anything from this file.

One verifier for each attack. Each is right but for its line with WRONG, and takes an honest token as the site does.
What it opens is its own answer: whom it takes you for. All of it is 404 unless LABS is on (`services.py`).

Each returns the claims, or raises jwt.PyJWTError, ValueError, KeyError or TypeError.
"""

from __future__ import annotations

from collections.abc import Callable

import jwt
from cryptography import x509

from . import guesses, naive_claims, naive_keys
from .compact import split
from .means import public_pem
from .verifying import ALGORITHMS, DIGESTS, Claims, careful, claims_in, payload_by_secret, payload_of, site_jwk

# ---- Wrong about the signature


def believes_that_nobody_signed(token: str) -> Claims:
    """`alg: none`."""
    if split(token).header["alg"] == "none":  # WRONG: the token itself says whether to verify it
        return claims_in(split(token).payload)
    return careful(token)


def forbids_one_spelling(token: str) -> Claims:
    """`alg: none`, otherwise spelled."""
    algorithm = split(token).header["alg"]
    if algorithm == "none":  # WRONG: one spelling is forbidden, instead of a few algorithms allowed
        raise jwt.InvalidAlgorithmError("none is forbidden.")
    if algorithm.strip().lower() == "none":
        return claims_in(split(token).payload)
    return careful(token)


def skips_an_empty_signature(token: str) -> Claims:
    """A token whose signature was cut off."""
    parts = split(token)
    if not parts.signature and parts.header["alg"] in ALGORITHMS:  # WRONG: no signature is a wrong one
        return claims_in(parts.payload)
    return careful(token)


def only_reads(token: str) -> Claims:
    """A changed payload. `jwt.decode(token, options={"verify_signature": False})` comes to the same."""
    parts = split(token)
    if parts.header["alg"] not in ALGORITHMS or not parts.signature:
        raise jwt.InvalidAlgorithmError("Not allowed.")
    return claims_in(parts.payload)  # WRONG: it reads who that is, and verifies nothing


def has_a_weak_secret(token: str) -> Claims:
    """A secret that can be guessed."""
    if split(token).header["alg"] not in DIGESTS:
        return careful(token)
    secret = guesses.weak_secret()  # WRONG: a word that somebody thought of
    return claims_in(payload_by_secret(token, secret.encode()))


def takes_the_algorithm_from_the_token(token: str) -> Claims:
    """A public key that is taken for a shared secret."""
    algorithm = split(token).header["alg"]  # WRONG: the attacker chooses how the attacker's signature is verified
    if algorithm in DIGESTS:
        return claims_in(payload_by_secret(token, public_pem(site_jwk(token))))
    return careful(token)


# ---- Wrong about the key


def takes_the_key_from_the_token(token: str) -> Claims:
    """A key in the header."""
    header = split(token).header
    if "jwk" in header:
        # The fence: for a private key the library would look for its primes, and that takes as long as one likes.
        public = {name: header["jwk"][name] for name in ("kty", "n", "e")}
        return claims_in(payload_of(token, jwt.PyJWK(public)))  # WRONG: whoever forges brings a key along
    return careful(token)


def fetches_the_key_set(token: str) -> Claims:
    """An address in the header, of a key set."""
    header = split(token).header
    if "jku" in header:
        keys = jwt.PyJWKSet.from_json(naive_keys.fetched(header["jku"]).decode())  # WRONG: from any address
        return claims_in(payload_of(token, keys.keys[0]))
    return careful(token)


def fetches_the_certificate(token: str) -> Claims:
    """An address in the header, of a certificate."""
    header = split(token).header
    if "x5u" in header:
        certificate = x509.load_pem_x509_certificate(naive_keys.fetched(header["x5u"]))  # WRONG: from any address
        return claims_in(payload_of(token, certificate.public_key()))
    return careful(token)


def opens_the_file(token: str) -> Claims:
    """A key's name that is a path."""
    header = split(token).header
    if header["alg"] in DIGESTS:
        return claims_in(payload_by_secret(token, naive_keys.from_a_folder(header["kid"])))
    return careful(token)


def asks_the_database(token: str) -> Claims:
    """A key's name that is a piece of SQL."""
    header = split(token).header
    if header["alg"] in DIGESTS:
        return claims_in(payload_by_secret(token, naive_keys.from_a_table(header["kid"])))
    return careful(token)


VERIFIERS: dict[str, Callable[[str], Claims]] = {
    "readable-payload": has_a_weak_secret,
    "alg-none": believes_that_nobody_signed,
    "weak-secret": has_a_weak_secret,
    "key-confusion": takes_the_algorithm_from_the_token,
    "wrong-token-type": naive_claims.takes_any_type,
    "stripped-signature": skips_an_empty_signature,
    "changed-payload": only_reads,
    "none-spelled-otherwise": forbids_one_spelling,
    "jwk-in-header": takes_the_key_from_the_token,
    "jku-in-header": fetches_the_key_set,
    "x5u-in-header": fetches_the_certificate,
    "kid-as-path": opens_the_file,
    "kid-as-sql": asks_the_database,
    "expired": naive_claims.forgets_the_end,
    "not-yet": naive_claims.forgets_the_beginning,
    "wrong-audience": naive_claims.forgets_for_whom,
    "wrong-issuer": naive_claims.forgets_by_whom,
    "id-token": naive_claims.takes_an_id_token,
    "duplicate-claims": naive_claims.reads_twice,
    "huge": careful,
    "deeply-nested": naive_claims.reads_before_it_verifies,
    "unknown-crit": naive_claims.ignores_what_is_critical,
    "b64-false": naive_claims.decodes_in_any_case,
}
"""The verifier that each attack is for. `huge` has one without a mistake: what is large costs, and proves nothing."""
