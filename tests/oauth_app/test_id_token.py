"""Each line of the ID token decides: spoil one, and nobody comes in. The provider is a real server."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import time
from typing import Any

import allauth
import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth import get_user_model
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from oauth_app.client.id_token import CHECKS, Expected, check
from tests.fixtures.tokens import tokens_in

from .conftest import JWKS, KEY, WHO, answer, sign

OPENID = ("google", "outside")
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
SECRETS = {"google": "outside-google-secret", "outside": "outside-oidc-secret"}


def half(value: str, name: str = "sha256") -> str:
    digest = hashlib.new(name, value.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: bytes = b"") -> str:
    """A token that PyJWT would refuse to make."""
    signed = f"{part(header)}.{part(claims)}"
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed.encode(), key)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode() if key else ''}"


UNUSABLE: list[Any] = [{}, {"keys": []}, {"keys": [1]}, [], "keys", {"keys": [{"kty": "oct", "k": "AAAA"}]}]
FORGED = {
    "wrong key": lambda claims: jwt.encode(claims, OTHER_KEY, "RS256", {"kid": "key-1"}),
    "wrong kid": lambda claims: jwt.encode(claims, KEY, "RS256", {"kid": "key-2"}),
    "none": lambda claims: by_hand({"alg": "none", "kid": "key-1"}, claims),
    "None": lambda claims: by_hand({"alg": "None", "kid": "key-1"}, claims),
    "no signature": lambda claims: sign(claims).rpartition(".")[0] + ".",
    "public key as secret": lambda claims: by_hand({"alg": "HS256", "kid": "key-1"}, claims, PEM),
    "algorithm of another kind": lambda claims: jwt.encode(claims, KEY, "PS256", {"kid": "key-1"}),
    "own key inside": lambda claims: jwt.encode(
        claims, OTHER_KEY, "RS256", {"jwk": json.loads(RSAAlgorithm.to_jwk(OTHER_KEY.public_key()))}
    ),
    "changed after signing": lambda claims: (
        sign(claims).split(".")[0] + "." + part(claims | {"name": "Mallory"}) + "." + sign(claims).split(".")[2]
    ),
}
NOW = int(time.time())
CHANGED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "another issuer": ({"iss": "https://accounts.example"}, {"iss"}),
    "no issuer": ({"iss": None}, {"iss"}),
    "another client": ({"aud": "somebody-else"}, {"aud"}),
    "no client": ({"aud": None}, {"aud"}),
    "empty list of clients": ({"aud": []}, {"aud"}),
    "another azp": ({"azp": "somebody-else"}, {"azp"}),
    "expired": ({"exp": NOW - 3600}, {"exp"}),
    "never expires": ({"exp": None}, {"exp"}),
    "exp is a text": ({"exp": "99999999999"}, {"exp"}),
    "exp is true": ({"exp": True}, {"exp"}),
    "exp is infinite": ({"exp": math.inf}, {"exp"}),
    "old": ({"iat": NOW - 86400}, {"iat"}),
    "of the future": ({"iat": NOW + 86400}, {"iat"}),
    "of no time": ({"iat": None}, {"iat"}),
    "another nonce": ({"nonce": "of-another-sign-in"}, {"nonce"}),
    "no nonce": ({"nonce": None}, {"nonce"}),
    "empty nonce": ({"nonce": ""}, {"nonce"}),
    "of another access token": ({"at_hash": half("another-token")}, {"at_hash"}),
    "at_hash is a list": ({"at_hash": []}, {"at_hash"}),
    "nobody": ({"sub": None}, {"sub"}),
    "an empty name": ({"sub": ""}, {"sub"}),
    "a long name": ({"sub": "1" * 256}, {"sub"}),
    "two at once": ({"aud": "somebody-else", "nonce": None}, {"aud", "nonce"}),
}


def assert_refused(visitor: Any, response: Any, *names: str) -> None:
    page = response.content.decode()
    assert response.status_code == 502, page
    assert [name for name, _ in CHECKS if f"<code>{name}</code>" in page] == [n for n, _ in CHECKS if n in names]
    assert "Nobody was signed in here." in page
    assert not tokens_in(page)
    assert visitor.username() is None
    assert get_user_model().objects.count() == SocialAccount.objects.count() == 0


@pytest.mark.parametrize("provider", OPENID)
@pytest.mark.parametrize("kind", FORGED)
def test_a_signature_that_is_not_the_providers(visitor, provider, kind):
    visitor.company.sign = FORGED[kind]
    assert_refused(visitor, visitor.sign_in(provider), "signature")


@pytest.mark.parametrize("provider", OPENID)
def test_the_client_secret_signs_nothing(visitor, provider):
    secret = SECRETS[provider].encode()
    visitor.company.sign = lambda claims: by_hand({"alg": "HS256", "kid": "key-1"}, claims, secret)
    assert_refused(visitor, visitor.sign_in(provider), "signature")


@pytest.mark.parametrize("provider", OPENID)
@pytest.mark.parametrize("kind", CHANGED)
def test_one_claim_that_does_not_fit(visitor, provider, kind):
    visitor.company.changed, names = CHANGED[kind]
    assert_refused(visitor, visitor.sign_in(provider), *names)


@pytest.mark.parametrize("provider", OPENID)
@pytest.mark.parametrize("sub", ["1002", None, "", 1001, ["1001"]], ids=repr)
def test_user_info_that_speaks_of_somebody_else(visitor, provider, sub):
    claims = visitor.company.claims("", "") | {"sub": sub}
    visitor.company.spoiled[WHO[provider]] = answer(claims)
    assert_refused(visitor, visitor.sign_in(provider), "sub")


@pytest.mark.parametrize("provider", OPENID)
def test_user_info_that_names_nobody(visitor, provider):
    """Google's older address answers with `id`, and has no `sub`."""
    visitor.company.spoiled[WHO[provider]] = answer({"id": "1001", "email": "alice@outside.example"})
    assert_refused(visitor, visitor.sign_in(provider), "sub")


@pytest.mark.parametrize("provider", OPENID)
def test_user_info_is_asked_with_the_access_token_that_came_along(visitor, provider):
    visitor.sign_in(provider)
    ((_, _, headers),) = [call for call in visitor.company.calls if call[0] == WHO[provider]]
    assert headers["Authorization"] == "Bearer provider-token"


@pytest.mark.parametrize("provider", OPENID)
def test_the_nonce_of_an_earlier_sign_in_of_this_very_browser(visitor, provider):
    visitor.state(provider)
    earlier = visitor.company.nonce
    state = visitor.state(provider)
    assert visitor.company.nonce not in ("", earlier)
    visitor.company.nonce = earlier
    assert_refused(visitor, visitor.come_back(provider, code="a-code", state=state), "nonce")


@pytest.mark.parametrize("provider", OPENID)
@pytest.mark.parametrize("token", [None, "", "a.b.c", 5, "e30.e30.", [], "x" * 100_000])
def test_no_id_token_or_none_that_can_be_read(visitor, provider, token):
    visitor.company.sign = lambda claims: token
    response = visitor.sign_in(provider)
    assert response.status_code == 502
    assert visitor.username() is None
    assert get_user_model().objects.count() == 0


@pytest.mark.parametrize("provider", OPENID)
@pytest.mark.parametrize(
    "keys", [{}, {"keys": []}, {"keys": [1]}, [], "keys", {"keys": [{"kty": "oct", "k": "AAAA"}]}]
)
def test_keys_that_cannot_be_used(visitor, provider, keys):
    visitor.company.spoiled |= {"/google/jwks": answer(keys), "/oidc/jwks": answer(keys)}
    response = visitor.sign_in(provider)
    assert response.status_code == 502
    assert visitor.username() is None


def test_a_discovery_page_that_speaks_for_another_issuer(visitor):
    path = "/oidc/.well-known/openid-configuration"
    visitor.company.spoiled[path] = answer(visitor.company.normal(path) | {"issuer": "https://accounts.example"})
    response = visitor.start("outside")
    assert response.status_code == 502


@pytest.mark.parametrize("provider", OPENID)
@pytest.mark.parametrize("more", [{}, {"at_hash": half("provider-token")}], ids=["without", "with at_hash"])
def test_a_good_one_opens_a_session(visitor, provider, more):
    visitor.company.changed = more
    assert visitor.sign_in(provider).status_code == 302
    assert visitor.username() is not None


def test_github_is_sent_no_nonce(visitor):
    assert "nonce" not in visitor.start("github")["Location"]


# ---- What no provider of this demo does, but others do


def expected(keys: Any = JWKS, **more: Any) -> Expected:
    return Expected(**{"issuer": "i", "client_id": "c", "nonce": "n", "access_token": "t", "keys": keys} | more)


def claims(**more: Any) -> dict[str, Any]:
    return {"iss": "i", "aud": "c", "nonce": "n", "sub": "1", "iat": time.time(), "exp": time.time() + 60} | more


def results(raw: str, wanted: Expected) -> dict[str, bool | None]:
    return {one.name: one.ok for one in check(raw, wanted).checks}


CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")


def key_of(kind: str) -> tuple[Any, dict[str, Any], str]:
    if kind == "EdDSA":
        private: Any = ed25519.Ed25519PrivateKey.generate()
        return private, json.loads(OKPAlgorithm.to_jwk(private.public_key())), "sha512"
    if kind.startswith("ES"):
        private = ec.generate_private_key(
            {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}[kind]
        )
        return private, json.loads(ECAlgorithm.to_jwk(private.public_key())), f"sha{kind[2:]}"
    return KEY, json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"alg": kind}, f"sha{kind[2:]}"


@pytest.mark.parametrize(
    "kind", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
)
def test_other_algorithms(kind):
    private, jwk, name = key_of(kind)
    raw = jwt.encode(claims(at_hash=half("t", name)), private, kind)
    assert check(raw, expected({"keys": [jwk]})).valid
    assert check(raw, expected({"keys": [jwk]}, access_token="u")).failed == ["at_hash"]


def test_without_a_kid_there_must_be_one_key_only():
    raw = jwt.encode(claims(), KEY, "RS256")
    [jwk] = JWKS["keys"]
    other = json.loads(RSAAlgorithm.to_jwk(OTHER_KEY.public_key())) | {"kid": "key-2"}
    assert check(raw, expected()).valid
    assert check(raw, expected({"keys": [jwk, other]})).failed == ["signature"]


def test_a_key_for_encryption_verifies_nothing():
    assert check(sign(claims()), expected({"keys": [JWKS["keys"][0] | {"use": "enc"}]})).failed == ["signature"]


def test_what_is_optional_and_missing_is_neither_right_nor_wrong():
    assert {name for name, ok in results(sign(claims()), expected()).items() if ok is None} == {"azp", "at_hash"}


def test_a_list_with_us_alone_is_us_and_a_list_with_others_is_not():
    assert check(sign(claims(aud=["c"])), expected()).valid
    assert check(sign(claims(aud=["c", "d"], azp="c")), expected()).failed == ["aud"]


def test_a_clock_that_is_half_a_minute_off():
    assert check(sign(claims(exp=time.time() - 30)), expected()).valid
    assert check(sign(claims(iat=time.time() + 30)), expected()).valid


def test_a_sign_in_without_a_nonce_of_ours_is_none():
    assert check(sign(claims(nonce="")), expected(nonce="")).failed == ["nonce"]


def test_nothing_is_valid_before_it_was_checked():
    assert not type(check(sign(claims()), expected()))("", {}, {}).valid


def test_the_version_whose_private_method_hands_the_state_on():
    """`CallbackView._get_state` in views.py. With another version: read `OAuth2CallbackView.dispatch` again."""
    assert allauth.__version__ == "65.21.1"
