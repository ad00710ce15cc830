"""Whatever comes: an answer that says something, and nothing valid that was not signed with that key."""

from __future__ import annotations

import json
import string
from functools import cache
from typing import Any

import jwt
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jwt_app.labs.inspector import signing
from jwt_app.labs.inspector.decoding import Form
from jwt_app.labs.inspector.given import FORMATS
from jwt_app.labs.inspector.inspection import inspect
from jwt_app.labs.inspector.keyring import TooMuch
from tests.jwt_app.labs.inspector.conftest import URL, hs256, pair, site_token
from tests.jwt_app.labs.inspector.test_verify import jwk_of

UNHURRIED = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
EVERY = ("HS256", "RS256", "PS384", "ES256", "ES512", "EdDSA")
SYMBOLS = string.ascii_letters + string.digits + '-_.= +/\n\0é\ud800{}[]":,'
texts = st.one_of(st.text(max_size=60), st.text(st.sampled_from(SYMBOLS), max_size=120))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts)
jsons = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)
names = st.sampled_from(
    ["alg", "typ", "kid", "jwk", "jku", "x5u", "crit", "b64", "exp", "nbf", "iat", "iss", "aud", "role", "token_type"]
)
members = st.dictionaries(st.one_of(names, texts), jsons, max_size=5)


@cache
def signed() -> dict[str, tuple[str, str, str]]:
    """For each algorithm a token, the public key as PEM or secret, and as JWK."""
    found = {}
    for algorithm in EVERY:
        private, public = pair(algorithm)
        token = jwt.encode({"sub": "1", "exp": 4102444800}, private, algorithm)
        found[algorithm] = (token, public, json.dumps(jwk_of(public, algorithm)))
    return found


def part(value: Any) -> str:
    text: str = jwt.utils.base64url_encode(json.dumps(value).encode()).decode()
    return text


@st.composite
def nearly(draw: Any) -> Any:
    """A good token with something done to it, or one that is put together of likely parts."""
    token, _, _ = signed()[draw(st.sampled_from(EVERY))]
    parts = token.split(".")
    how = draw(st.integers(0, 5))
    if how == 0:
        parts[draw(st.integers(0, 2))] = part(draw(st.one_of(members, jsons)))
    elif how == 1:
        header = {"alg": draw(st.sampled_from([*EVERY, "none", "nOnE", "HS512"]))} | draw(members)
        parts[0] = part(header)
    elif how == 2:
        at = draw(st.integers(0, len(token) - 1))
        return token[:at] + draw(st.text(st.sampled_from(SYMBOLS), max_size=3)) + token[at + draw(st.integers(0, 3)) :]
    elif how == 3:
        parts[draw(st.integers(0, 2))] = draw(texts)
    elif how == 4:
        parts = draw(st.lists(st.sampled_from([*parts, "", "e30"]), min_size=1, max_size=6))
    else:
        parts[2] = signed()[draw(st.sampled_from(EVERY))][0].split(".")[2]
    return ".".join(parts)


@st.composite
def keys(draw: Any) -> Any:
    """A good key, a set, one that was changed, or anything."""
    _, public, jwk = signed()[draw(st.sampled_from(EVERY))]
    how = draw(st.integers(0, 6))
    if how == 0:
        return public
    if how == 1:
        return jwk
    if how == 2:
        return json.dumps({"keys": draw(st.lists(st.one_of(st.just(json.loads(jwk)), jsons), max_size=4))})
    if how == 3:
        return json.dumps(json.loads(jwk) | draw(st.dictionaries(st.sampled_from(MEMBERS), jsons, max_size=3)))
    if how == 4:
        at = draw(st.integers(0, len(public)))
        return public[:at] + draw(texts) + public[at + draw(st.integers(0, 3)) :]
    if how == 5:
        return json.dumps(draw(jsons))
    return draw(texts)


MEMBERS = ["kty", "n", "e", "d", "p", "q", "x", "y", "crv", "k", "kid", "alg", "use", "key_ops", "x5c"]


@UNHURRIED
@given(
    st.one_of(nearly(), texts),
    st.one_of(st.none(), keys()),
    st.one_of(st.none(), st.sampled_from(list(FORMATS))),
    st.one_of(st.none(), st.lists(st.sampled_from([*EVERY, "none"]), max_size=4)),
)
def test_no_answer_is_an_error_of_ours(
    settings: Any, token: str, key: str | None, form: str | None, only: Any
) -> None:
    body = json.dumps({"token": token, "key": key, "key_format": form, "algorithms": only})
    response = Client().post(URL, body, content_type="application/json")
    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == {"header", "payload", "payload_text", "signature_valid", "checks", "warnings"}
    if answer["signature_valid"] is True:
        assert ours(token, key)
    elif answer["signature_valid"] is False:
        assert any(not check["ok"] for check in answer["checks"])


def ours(token: str, key: str | None) -> bool:
    """Whether it is a token of `signed()` as it was, and the key the one that made it."""
    for good, public, jwk in signed().values():
        if token == good:
            same = key is not None and (key.strip() == public.strip() or _holds(key, json.loads(jwk)))
            return same or public_of(key) == public.strip()
    return False


def _holds(key: str, jwk: dict[str, Any]) -> bool:
    material = {name: jwk[name] for name in ("n", "e", "crv", "x", "y", "k") if name in jwk}
    try:
        found = json.loads(key)
    except ValueError:
        return False
    listed = found.get("keys", [found]) if isinstance(found, dict) else []
    return any(isinstance(one, dict) and material.items() <= one.items() for one in listed)


def public_of(key: str | None) -> str:
    """The PEM in a text that has more around it."""
    if not key or "-----BEGIN PUBLIC KEY-----" not in key:
        return ""
    start = key.index("-----BEGIN PUBLIC KEY-----")
    end = key.find("-----END PUBLIC KEY-----", start)
    inner = "".join(key[start + 26 : end].split())
    lines = [inner[at : at + 64] for at in range(0, len(inner), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----"])


@UNHURRIED
@given(st.one_of(nearly(), texts))
def test_the_sites_keys_verify_what_the_site_has_signed_and_nothing_else(token: str) -> None:
    assert inspect(token, None, "site").valid is not True
    assert inspect(site_token(), None, "site").valid is True


@UNHURRIED
@given(
    st.one_of(members.map(json.dumps), texts),
    st.one_of(jsons.map(json.dumps), texts),
    keys(),
    st.sampled_from(["", *FORMATS]),
)
def test_signing_signs_or_says_why_not(header: str, payload: str, key: str, form: str) -> None:
    try:
        token = signing.sign(header, payload, key, form)
    except (signing.CannotSign, TooMuch):
        return
    found = inspect(token, key, form or None)
    assert found.valid is True or "crit" in json.loads(header) or found.token.form is not Form.JWS


@UNHURRIED
@given(members)
def test_what_was_signed_is_read_as_it_was(payload: Any) -> None:
    assert inspect(hs256(payload)).token.payload == payload
