"""The page by its forms alone, as it is without JavaScript."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import jwt
import pytest
from django.test import Client

from tests.jwt_app.labs.inspector.conftest import PAGE, SECRET, hs256, pair, site_token
from tests.jwt_app.labs.inspector.test_verify import jwk_of

pytestmark = pytest.mark.django_db


def post(act: str = "inspect", **fields: Any) -> str:
    response = Client(raise_request_exception=True).post(PAGE, {"act": act, **fields})
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def field(page: str, name: str) -> str:
    found = re.search(rf'<textarea id="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found, name
    return html.unescape(found[1])


def verdict(page: str) -> str:
    found = re.search(r'data-verdict="(\w+)"', page)
    return found[1] if found else ""


def test_the_first_visit_shows_a_form_and_what_it_is_good_for() -> None:
    response = Client().get(PAGE)
    page = response.content.decode()
    assert response.status_code == 200
    assert verdict(page) == ""
    assert "Here will stand" in page
    assert "Nothing that you paste is stored" in page


def test_the_classic_sample_is_one_click_away() -> None:
    page = post("sample")
    assert jwt.decode(field(page, "token"), options={"verify_signature": False}) == {"user_id": 123, "role": "user"}
    assert verdict(page) == "good"
    assert "never expires" in page
    assert "list of weak secrets" in page


def test_each_verdict_has_its_own_words() -> None:
    good = site_token()
    assert verdict(post(token=good, key_format="site")) == "good"
    assert verdict(post(token=site_token(exp=1), key_format="site")) == "but"
    assert verdict(post(token=good[:-5] + "AAAAA", key_format="site")) == "bad"
    assert verdict(post(token=good)) == "unknown"
    assert "Not verified" in post(token="what is this?")
    assert "Not verified" in post()


def test_every_word_is_explained_with_its_clause() -> None:
    page = post(token=site_token())
    for name, clause in (("kid", "RFC 7515 §4.1.4"), ("exp", "RFC 7519 §4.1.4"), ("jti", "RFC 7519 §4.1.7")):
        assert re.search(rf"<code>{name}</code>.*?{re.escape(clause)}", page, re.DOTALL)
    assert "in 4 minutes (" in page
    assert "a name of its maker" in page


def test_what_is_pasted_is_text_and_no_markup() -> None:
    page = post(token=hs256({"</textarea><script>x": "<ins>"}, kid="<del>"), key="</textarea><q>", key_format="secret")
    assert not re.search(r"<(ins|del|q)>|<script>x", page)


def test_a_pasted_header_is_taken_for_its_token() -> None:
    for around in ("Bearer {}", "  Authorization: bearer {} \n"):
        assert verdict(post(token=around.format(site_token()), key_format="site")) == "good"


def test_a_key_that_is_not_chosen_is_not_used() -> None:
    assert verdict(post(token=hs256({}), key=SECRET)) == "unknown"
    assert verdict(post(token=hs256({}), key=SECRET, key_format="secret")) == "good"
    assert verdict(post(token=hs256({}), key=SECRET, key_format="secret", algorithms=["HS512"])) == "bad"


def test_what_is_edited_is_signed_and_verifies() -> None:
    for algorithm in ("HS256", "RS256", "ES384", "EdDSA"):
        private, public = pair(algorithm)
        form = "secret" if algorithm == "HS256" else "pem"
        edited = {"header": f'{{"alg": "{algorithm}"}}', "payload": '{"role":\n "staff"}', "key": private}
        page = post("sign", key_format=form, **edited)
        assert verdict(page) == "good"
        assert jwt.decode(field(page, "token"), public, [algorithm]) == {"role": "staff"}


def test_a_private_jwk_signs() -> None:
    from cryptography.hazmat.primitives import serialization

    for algorithm in ("RS256", "ES256", "EdDSA"):
        private, public = pair(algorithm)
        loaded: Any = serialization.load_pem_private_key(private.encode(), None)
        jwk = json.dumps(jwt.get_algorithm_by_name(algorithm).to_jwk(loaded, as_dict=True))
        page = post("sign", key_format="jwk", key=jwk, header=f'{{"alg": "{algorithm}"}}', payload="{}")
        assert jwt.decode(field(page, "token"), public, [algorithm]) == {}
        page = post("sign", key_format="jwk", key=json.dumps(jwk_of(public, algorithm)), header="{}", payload="{}")
        assert "the private key is needed" in page


REFUSED = {
    "no header": ({"header": "", "key": "x", "key_format": "secret"}, "header cannot be read"),
    "a list": ({"header": "[]", "key": "x", "key_format": "secret"}, "must be a JSON object"),
    "no key": ({"header": '{"alg":"HS256"}'}, "a key is needed"),
    "the site’s key": (
        {"header": '{"alg":"RS256"}', "key_format": "site"},
        "keys sign only what the site",
    ),
    "none": ({"header": '{"alg":"none"}', "key": "x", "key_format": "secret"}, "says none, and the key is for HS256"),
    "another kind": ({"header": '{"alg":"RS256"}', "key": "x", "key_format": "secret"}, "the key is for HS256"),
    "a public key": ({"header": "{}", "key": pair("ES256")[1], "key_format": "pem"}, "the private key is needed"),
    "a set": ({"header": "{}", "key": '{"keys":[]}', "key_format": "jwks"}, "one key and not a set"),
}


@pytest.mark.parametrize(("fields", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_signed_is_told_and_nothing_typed_is_lost(fields: dict[str, str], why: str) -> None:
    page = html.unescape(post("sign", token=hs256({"a": 1}), payload='{"b": 2}', **fields))
    assert why in page
    assert field(page, "payload") == '{"b": 2}'
    assert field(page, "header") == fields["header"]


def test_a_long_private_key_is_not_tested_number_by_number() -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from jwt_app.labs.inspector.signing import LONGEST_RSA
    from tests.jwt_app.labs.inspector.test_verify import pem_of

    assert LONGEST_RSA == 4096
    private = rsa.generate_private_key(65537, 4104)
    page = post("sign", key_format="pem", key=pem_of(private), header='{"alg":"RS256"}', payload="{}")
    assert "This one has 4104" in page


def test_a_claim_that_stands_twice_survives_the_editor() -> None:
    from jwt.utils import base64url_encode

    twice = '{"role":"user","role":"staff"}'
    token = f"{base64url_encode(b'{}').decode()}.{base64url_encode(twice.encode()).decode()}."
    assert field(post(token=token), "payload") == twice
    page = post("sign", header='{"alg":"HS256"}', payload=twice, key="x", key_format="secret")
    assert "stands twice in the payload" in page


def test_too_much_is_a_page_that_says_so() -> None:
    response = Client().post(PAGE, {"act": "inspect", "token": "a" * 70_000})
    assert response.status_code == 413
    assert "longer than 64 KiB" in response.content.decode()
    keys = {"key_format": "jwks", "key": json.dumps({"keys": [1] * 33})}
    response = Client().post(PAGE, {"act": "inspect", "token": "a.b.c"} | keys)
    assert response.status_code == 400
    assert "33 keys" in response.content.decode()


def test_other_methods_are_refused_and_another_site_sends_no_form() -> None:
    assert Client().put(PAGE).status_code == 405
    assert Client(enforce_csrf_checks=True).post(PAGE, {"act": "inspect", "token": "a"}).status_code == 403
