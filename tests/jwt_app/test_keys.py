"""Every algorithm, the published keys, and settings that are wrong."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.checks import run_checks
from django.urls import reverse

from jwt_app import keys

from .conftest import API, refused

ROOT = Path(__file__).resolve().parents[2]
EACH = pytest.mark.parametrize("algorithm", list(keys.NEEDS))


def rsa_pem(bits: int, passphrase: bytes | None = None) -> str:
    protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection).decode()


@pytest.mark.django_db
@EACH
def test_the_whole_story_with_each_algorithm(
    api: API, alice: Any, use_algorithm: Callable[[str], str], algorithm: str
) -> None:
    before = api.sign_in()
    use_algorithm(algorithm)

    refused(api.get("whoami", before["access"]), "token_not_valid")
    pair = api.sign_in()
    assert api.get("whoami", pair["access"]).status_code == 200
    second = api.refresh(pair["refresh"]).json()
    assert api.post("verify", {"token": second["refresh"]}).status_code == 200
    refused(api.refresh(pair["refresh"]), "token_reused")

    header = jwt.get_unverified_header(pair["access"])
    assert header["alg"] == algorithm
    assert ("kid" in header) is not algorithm.startswith("HS")


@pytest.mark.django_db
@EACH
def test_the_published_keys_verify_and_hold_no_secret(
    api: API, alice: Any, use_algorithm: Callable[[str], str], algorithm: str
) -> None:
    use_algorithm(algorithm)
    token = api.sign_in()["access"]
    response = api.get("jwks")

    assert response["Cache-Control"] == "no-cache"  # who comes back for an unknown name must not get an old copy
    assert not response.cookies
    if algorithm.startswith("HS"):
        assert response.json() == {"keys": []}
        return
    [key] = response.json()["keys"]
    assert (key["alg"], key["use"]) == (algorithm, "sig")
    assert not set(key) & {"d", "p", "q", "dp", "dq", "qi", "k", "key_ops"}
    assert key["kid"] == jwt.get_unverified_header(token)["kid"]
    found = jwt.PyJWKSet.from_dict(response.json())[key["kid"]]
    claims = jwt.decode(token, found, algorithms=[algorithm], audience="authdemo-api")
    assert claims["username"] == "alice"


def test_the_key_id_is_the_thumbprint_of_rfc_7638() -> None:
    """The key and the thumbprint of RFC 7638 §3.1."""
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
        "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
        "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
        "nqDKgw"
    )
    public = jwt.PyJWK.from_dict({"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256"}).key

    assert keys.jwk("RS256", public)["kid"] == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@EACH
def test_a_new_key_fits_its_algorithm_and_no_other_kind(algorithm: str) -> None:
    key = keys.new_key(algorithm)
    public = keys.public_key(algorithm, key)

    assert "PRIVATE" not in public
    assert (public == "") is keys.is_symmetric(algorithm)
    others = {name for name, needs in keys.NEEDS.items() if needs != keys.NEEDS[algorithm]}
    if keys.is_symmetric(algorithm):
        others = {name for name in others if not keys.is_symmetric(name)}
    for other in others:
        with pytest.raises(ValueError, match=other):
            keys.public_key(other, key)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", ""),
        ("RS256", "secret"),
        ("RS256", rsa_pem(1024)),
        ("RS256", rsa_pem(2048, b"passphrase")),
        ("RS256", keys.public_key("RS256", keys.new_key("RS256"))),
        ("ES256", keys.public_key("ES256", keys.new_key("ES256"))),
        ("EdDSA", keys.public_key("EdDSA", keys.new_key("EdDSA"))),
        ("RS256", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
        ("HS256", ""),
        ("HS256", "x" * 31),
        ("HS512", "x" * 63),
        ("HS256", keys.new_key("RS256")),
        ("HS256", "é" * 15),
    ],
)
def test_a_key_that_does_not_fit_is_described_and_not_shown(algorithm: str, key: str) -> None:
    with pytest.raises(ValueError, match=f"{algorithm} needs") as caught:
        keys.public_key(algorithm, key)

    assert key == "" or key not in str(caught.value)


def test_a_key_on_the_command_line() -> None:
    made = subprocess.run([sys.executable, "-m", "jwt_app.keys", "ES256"], cwd=ROOT, capture_output=True, text=True)

    assert keys.public_key("ES256", made.stdout)


# ---- The site's settings, as a process reads them


def read_settings(folder: Path, **environment: str) -> dict[str, Any]:
    """Start a Python with this environment and return what the settings became."""
    code = (
        "import json, authdemo.settings as s; j = s.SIMPLE_JWT; from authdemo.settings.env import problems;"
        "from jwt_app.keyring import KeyRing; ring = s.JWT_KEY_RING;"
        "kept = KeyRing(ring, s.REFRESH_TOKEN_LIFETIME).read() if ring and not problems else [];"
        "print(json.dumps({'problems': problems, 'algorithm': j['ALGORITHM'], 'key': j['SIGNING_KEY'],"
        "'ring': [[one.kid, one.alg, bool(one.private)] for one in kept], 'public': j['VERIFYING_KEY'],"
        " 'minutes': j['ACCESS_TOKEN_LIFETIME'].total_seconds() / 60,"
        "'days': j['REFRESH_TOKEN_LIFETIME'].days, 'secret': s.SECRET_KEY, 'issuer': j['ISSUER']}))"
    )
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("JWT_", "DEMO_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=ours | {"VAR_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_by_default_an_rsa_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first, second = read_settings(tmp_path), read_settings(tmp_path)

    assert first == second
    assert first["problems"] == []
    assert (first["algorithm"], first["minutes"], first["days"]) == ("RS256", 15, 7)
    assert first["issuer"] == "http://localhost:8000"
    assert [one[1:] for one in first["ring"]] == [["RS256", True]]
    assert stat.S_IMODE((tmp_path / "jwt_keys.json").stat().st_mode) == 0o600


def test_another_algorithm_is_a_change_of_keys_like_any_other(tmp_path: Path) -> None:
    [first] = read_settings(tmp_path)["ring"]
    for algorithm in ("PS256", "ES384", "EdDSA"):
        found = read_settings(tmp_path, JWT_ALGORITHM=algorithm)
        assert found["problems"] == []
        assert found["ring"][-1][1:] == [algorithm, True]
    # What the first key has signed is still good, and only the last one can sign.
    assert [first[0], "RS256", False] in found["ring"]
    assert [one[1] for one in found["ring"]] == ["RS256", "PS256", "ES384", "EdDSA"]
    assert [one[2] for one in found["ring"]] == [False, False, False, True]


def test_a_mistyped_algorithm_changes_no_key(tmp_path: Path) -> None:
    before = read_settings(tmp_path, JWT_ALGORITHM="ES256")["ring"]
    assert read_settings(tmp_path, JWT_ALGORITHM="es256")["problems"]
    assert read_settings(tmp_path, JWT_ALGORITHM="ES256")["ring"] == before


def test_a_secret_lies_in_a_file_of_its_own_and_never_in_the_ring(tmp_path: Path) -> None:
    ring = read_settings(tmp_path)["ring"]
    found = read_settings(tmp_path, JWT_ALGORITHM="HS512")
    assert (found["problems"], found["ring"]) == ([], [])
    assert (tmp_path / "jwt_signing_key.HS512").read_text() == found["key"]
    assert read_settings(tmp_path)["ring"] == ring


def test_a_key_of_ones_own_in_one_line(tmp_path: Path) -> None:
    key = keys.new_key("ES256")
    one_line = key.strip().replace("\n", "\\n")

    found = read_settings(tmp_path, JWT_ALGORITHM="ES256", JWT_SIGNING_KEY=one_line)

    assert found["problems"] == []
    assert found["public"] == keys.public_key("ES256", key)
    assert not list(tmp_path.glob("jwt_*"))


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"JWT_ALGORITHM": "none"}, "JWT_ALGORITHM must be one of: HS256"),
        ({"JWT_ALGORITHM": "rs256"}, "JWT_ALGORITHM must be one of: HS256"),
        (
            {"JWT_SIGNING_KEY": "my-very-secret-value"},
            "JWT_SIGNING_KEY does not fit JWT_ALGORITHM: RS256 needs the PEM",
        ),
        (
            {"JWT_ALGORITHM": "HS256", "JWT_SIGNING_KEY": "my-very-secret-value"},
            "JWT_SIGNING_KEY does not fit JWT_ALGORITHM: HS256 needs a secret of 32 bytes or more",
        ),
        ({"JWT_ACCESS_MINUTES": "soon"}, "JWT_ACCESS_MINUTES must be a whole number"),
        ({"JWT_REFRESH_DAYS": "0"}, "JWT_REFRESH_DAYS must be a whole number"),
        ({"JWT_ROTATION_GRACE_SECONDS": "61"}, "JWT_ROTATION_GRACE_SECONDS must be a whole number from 0 to 60"),
        ({"JWT_ROTATION_GRACE_SECONDS": "-1"}, "JWT_ROTATION_GRACE_SECONDS must be a whole number from 0 to 60"),
    ],
)
def test_a_wrong_setting_is_a_sentence_and_shows_no_value(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    [problem] = read_settings(tmp_path, **environment)["problems"]

    assert problem.startswith(sentence)
    assert "my-very-secret-value" not in problem


# ---- manage.py check


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SIGNING_KEY": ...}, "jwt_app.E001"),
        ({"ALGORITHM": "none"}, "jwt_app.E003"),
        ({"ALGORITHM": "rs256"}, "jwt_app.E003"),
        ({"SIGNING_KEY": "short", "ALGORITHM": "HS256"}, "jwt_app.E003"),
        ({"ISSUER": None}, "jwt_app.E004"),
        ({"AUDIENCE": None}, "jwt_app.E005"),
        ({"TOKEN_OBTAIN_SERIALIZER": ...}, "jwt_app.E006"),
        ({"TOKEN_REFRESH_SERIALIZER": ...}, "jwt_app.E006"),
        ({"TOKEN_BLACKLIST_SERIALIZER": ...}, "jwt_app.E006"),
        ({"TOKEN_VERIFY_SERIALIZER": ...}, "jwt_app.E006"),
    ],
)
def test_the_check_tells_a_project_that_copies_the_app(settings: Any, changes: dict[str, Any], code: str) -> None:
    key = keys.new_key("RS256")
    settings.JWT_KEY_RING = None
    changed = settings.SIMPLE_JWT | {"SIGNING_KEY": key, "VERIFYING_KEY": keys.public_key("RS256", key)} | changes
    settings.SIMPLE_JWT = {name: value for name, value in changed.items() if value is not ...}

    assert [message.id for message in run_checks() if str(message.id).startswith("jwt_app")] == [code]


@pytest.mark.parametrize("seconds", [-1, 61, "5", 2.5, None])
def test_the_check_tells_of_a_grace_that_is_none(settings: Any, seconds: Any) -> None:
    settings.JWT_ROTATION_GRACE_SECONDS = seconds

    assert [message.id for message in run_checks() if str(message.id).startswith("jwt_app")] == ["jwt_app.E002"]


def test_the_shipped_settings_pass() -> None:
    assert [message for message in run_checks() if str(message.id).startswith("jwt_app")] == []


def test_the_paths_are_those_of_the_contract() -> None:
    paths = {name: reverse(f"jwt:{name}") for name in ("login", "refresh", "logout", "verify", "whoami", "me", "jwks")}

    assert paths == {
        "login": "/jwt/api/token/",
        "refresh": "/jwt/api/token/refresh/",
        "logout": "/jwt/api/token/blacklist/",
        "verify": "/jwt/api/token/verify/",
        "whoami": "/jwt/api/whoami/",
        "me": "/jwt/api/me/",
        "jwks": "/jwt/.well-known/jwks.json",
    }
