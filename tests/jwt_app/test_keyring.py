"""Keys that change: the old tokens stay good, and the file is never half."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.core.checks import run_checks
from django.core.management import CommandError

from jwt_app import keyring, keys
from jwt_app.backend import rotate, token_backend
from jwt_app.keyring import KeyRing

from .conftest import API, kid, refused, rotated

WEEK = timedelta(days=7)
PAIRS = [name for name in keys.NEEDS if not keys.is_symmetric(name)]


def names(api: API) -> list[str]:
    return [key["kid"] for key in api.get("jwks").json()["keys"]]


# ---- A change, as a client sees it


@pytest.mark.django_db
@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_token_from_before_the_change_stays_good_and_new_ones_have_the_new_key(
    api: API, alice: Any, ring_file: Path, settings: Any, algorithm: str
) -> None:
    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"ALGORITHM": algorithm}
    before = api.sign_in()
    said = rotated()
    after = api.sign_in()

    assert kid(before["access"]) != kid(after["access"])
    assert names(api) == [kid(before["access"]), kid(after["access"])]
    assert [api.get("whoami", pair["access"]).status_code for pair in (before, after)] == [200, 200]
    assert f"{kid(after['access'])} ({algorithm}) signs from now on" in said
    assert f"{kid(before['access'])} ({algorithm}) verifies until 20" in said
    # An old refresh token gets a pair that the new key has signed.
    assert kid(api.refresh(before["refresh"]).json()["access"]) == kid(after["access"])


@pytest.mark.django_db
def test_of_an_old_key_only_the_public_half_is_left(api: API, alice: Any, ring_file: Path) -> None:
    api.sign_in()
    private = json.loads(ring_file.read_text())["keys"][0]["private"]
    rotated()

    assert private.splitlines()[1] not in ring_file.read_text()
    assert [("private" in one) for one in json.loads(ring_file.read_text())["keys"]] == [False, True]
    assert stat.S_IMODE(ring_file.stat().st_mode) == 0o600
    assert sorted(one.name for one in ring_file.parent.iterdir()) == ["jwt_keys.json", "jwt_keys.json.lock"]


@pytest.mark.django_db
def test_another_algorithm_verifies_what_the_one_before_has_signed(
    api: API, alice: Any, ring_file: Path, settings: Any
) -> None:
    before = api.sign_in()
    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"ALGORITHM": "EdDSA"}
    token_backend.cache_clear()  # as after a restart
    after = api.sign_in()

    assert [jwt.get_unverified_header(pair["access"])["alg"] for pair in (before, after)] == ["ES256", "EdDSA"]
    assert [api.get("whoami", pair["access"]).status_code for pair in (before, after)] == [200, 200]


@pytest.mark.django_db
def test_a_token_cannot_choose_the_algorithm_of_another_key(
    api: API, alice: Any, ring_file: Path, settings: Any
) -> None:
    """The ring has ES256 and EdDSA. A token that is signed by one and names the other is refused."""
    first = api.sign_in()["access"]
    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"ALGORITHM": "EdDSA"}
    token_backend.cache_clear()
    second = api.sign_in()["access"]
    claims = jwt.decode(second, options={"verify_signature": False})
    signing = token_backend().signing
    forged = jwt.encode(claims, signing.prepared_signing_key, "EdDSA", headers={"kid": kid(first)})

    refused(api.get("whoami", forged), "token_not_valid")
    mixed = jwt.PyJWS().encode(b"{}", "x" * 64, "HS256", headers={"kid": kid(second)})
    refused(api.get("whoami", mixed), "token_not_valid")


@pytest.mark.django_db
def test_a_stolen_key_is_dropped_and_everybody_signs_in_again(api: API, alice: Any, ring_file: Path) -> None:
    before = api.sign_in()
    assert "All other keys are gone." in rotated("--drop-old")

    refused(api.get("whoami", before["access"]), "token_not_valid")
    refused(api.refresh(before["refresh"]), "token_not_valid")
    assert names(api) == [kid(api.sign_in()["access"])]


@pytest.mark.django_db
def test_when_the_last_token_is_dead_the_key_verifies_no_more_and_is_pruned(
    api: API, alice: Any, ring_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = api.sign_in()["access"]
    rotated()
    later = time.time() + WEEK.total_seconds()
    monkeypatch.setattr("time.time", lambda: later + 59)
    assert kid(token) in names(api)
    monkeypatch.setattr("time.time", lambda: later + 120)
    assert kid(token) not in names(api)
    assert token_backend().by_kid[kid(token)].verifies is False
    refused(api.get("whoami", token), "token_not_valid")
    assert "1 that no token can need any more: gone." in rotated()
    assert kid(token) not in token_backend().by_kid


# ---- Many at once


def test_a_bored_student_presses_a_hundred_times(ring_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token_backend()
    for _ in range(keyring.LIMIT - 1):
        rotate()
    before = ring_file.read_text()
    for _ in range(5):
        with pytest.raises(CommandError, match=r"32 keys .* the limit\. The first of them goes at 20.* UTC"):
            rotated()
    assert ring_file.read_text() == before
    rotated("--drop-old")
    assert len(json.loads(ring_file.read_text())["keys"]) == 1


def test_of_twelve_changes_at_once_none_is_lost(tmp_path: Path) -> None:
    """Real processes; each makes a key of its own, and each key is in the ring afterwards."""
    ring_file = tmp_path / "ring.json"
    code = (
        "import sys; from datetime import timedelta; from jwt_app.keyring import KeyRing;"
        "ring = KeyRing(sys.argv[1], timedelta(days=7)); ring.ensure('ES256');"
        "[print(ring.rotate('ES256').new.kid) for _ in range(3)]"
    )
    with ThreadPoolExecutor(4) as pool:
        run = lambda _: subprocess.run(  # noqa: E731
            [sys.executable, "-c", code, str(ring_file)], capture_output=True, text=True, check=True
        )
        made = [name for done in pool.map(run, range(4)) for name in done.stdout.split()]

    found = KeyRing(ring_file, WEEK).read()
    assert len(made) == 12
    assert {key.kid for key in found} > set(made)
    assert len(found) == 13  # and the first one, made once
    assert [bool(key.private) for key in found] == [False] * 12 + [True]


@pytest.mark.django_db
def test_nobody_is_refused_while_keys_change(api: API, alice: Any, ring_file: Path) -> None:
    tokens = [api.sign_in()["access"]]
    site = token_backend()

    def change() -> None:
        for _ in range(20):
            rotate()

    with ThreadPoolExecutor(2) as pool:
        changing = pool.submit(change)
        while not changing.done():
            tokens.append(site.encode({"exp": int(time.time()) + 60}))
            assert site.decode(tokens[-1])
            assert site.decode(tokens[0])
        changing.result()
    assert len({kid(token) for token in tokens}) > 2
    assert all(site.decode(token) for token in tokens)


def test_a_reader_never_meets_half_a_file(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "ring.json", WEEK)
    ring.ensure("ES256")

    def change() -> None:
        for _ in range(30):
            ring.rotate("ES256", drop_old=True)

    with ThreadPoolExecutor(2) as pool:
        changing, seen = pool.submit(change), 0
        while not changing.done():
            seen += len(ring.read()) == 1
        changing.result()
    assert seen > 30


# ---- Where there is nothing to rotate


def test_one_key_that_is_set_is_not_rotated(settings: Any) -> None:
    settings.JWT_KEY_RING = None
    with pytest.raises(CommandError, match=r"^One key is set .* no place for another"):
        rotated()


def test_a_secret_is_not_rotated_since_an_old_one_would_still_sign(settings: Any) -> None:
    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"ALGORITHM": "HS256"}
    with pytest.raises(CommandError, match=r"^HS256 has one secret, .* still verifies still signs"):
        rotated()


def test_a_ring_for_secrets_is_a_mistake_that_the_check_tells(ring_file: Path, settings: Any) -> None:
    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"ALGORITHM": "HS256"}
    assert [str(one.id) for one in run_checks() if str(one.id).startswith("jwt_app")] == ["jwt_app.E007"]
    with pytest.raises(ValueError, match="With HS256 there is one secret"):
        KeyRing(ring_file, WEEK).ensure("HS256")


@pytest.mark.django_db
def test_a_project_that_had_one_key_begins_its_ring_with_it(
    api: API, alice: Any, settings: Any, tmp_path: Path
) -> None:
    key = keys.new_key("ES256")
    one = {"ALGORITHM": "ES256", "SIGNING_KEY": key, "VERIFYING_KEY": keys.public_key("ES256", key)}
    settings.JWT_KEY_RING, settings.SIMPLE_JWT = None, settings.SIMPLE_JWT | one
    token_backend.cache_clear()
    try:
        before = api.sign_in()["access"]
        settings.JWT_KEY_RING = tmp_path / "ring.json"
        token_backend.cache_clear()
        assert kid(api.sign_in()["access"]) == kid(before)
        rotated()
        assert api.get("whoami", before).status_code == 200
        assert kid(api.sign_in()["access"]) != kid(before)
    finally:
        token_backend.cache_clear()
