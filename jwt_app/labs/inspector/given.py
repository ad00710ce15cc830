"""Which keys a request means: what somebody pasted, in one of four formats, or this site's own."""

from __future__ import annotations

from dataclasses import dataclass, field

from jwt_app import keys as site_keys
from jwt_app.backend import token_backend

from .keyring import Key, Unusable, from_jwk, from_set, json_keys, secret
from .pem import from_pem
from .strict import Unreadable, json_value

FORMATS = {
    "site": "this site’s keys",
    "secret": "a secret",
    "pem": "a PEM: public key, certificate or private key",
    "jwk": "a JWK",
    "jwks": "a JWK Set",
}


@dataclass
class Given:
    """The keys to try. `problem` says why there is none although one was given; "" where none was."""

    format: str = ""
    keys: list[Key] = field(default_factory=list)
    problem: str = ""
    remarks: list[str] = field(default_factory=list)


def read(text: str | None, form: str | None) -> Given:
    """Read the key. Raises keyring.TooMuch beyond a limit, and nothing else."""
    if form == "site":
        return Given("site", this_sites())
    if not text:
        # A format without a key is an answer that was begun; neither of both is the wish only to read.
        return Given(form or "", problem="There is no key to verify it with." if form else "")
    given = Given(form or guess(text))
    try:
        if given.format == "secret":
            given.keys = [secret(text)]
        elif given.format == "pem":
            given.keys = [from_pem(text)]
        elif given.format == "jwk":
            given.keys = [from_jwk(json_keys(text))]
        else:
            given.keys, given.remarks = from_set(json_keys(text))
            if not given.keys:
                raise Unusable("No key of the set can be used.")
    except Unusable as why:
        given.problem = str(why)
    given.remarks += [remark for key in given.keys for remark in key.remarks]
    return given


def guess(text: str) -> str:
    """Return what the text looks like. The token is not asked: it must not choose how it is verified."""
    if "-----BEGIN " in text:
        return "pem"
    if text.lstrip().startswith("{"):
        try:
            value, _ = json_value(text)
        except Unreadable:
            return "secret"
        if isinstance(value, dict) and "keys" in value:
            return "jwks"
        if isinstance(value, dict) and "kty" in value:
            return "jwk"
    return "secret"


def this_sites() -> list[Key]:
    """Return the keys that this site verifies with. With HS256 that is its secret, which stays here."""
    backend = token_backend()
    signing = backend.signing
    if site_keys.is_symmetric(signing.algorithm):
        return [Key("secret", signing.prepared_signing_key, {"alg": signing.algorithm})]
    return [from_jwk(jwk) for jwk in backend.jwks()["keys"]]
