"""What is wrong with the file of the keys is one sentence, and a site that runs goes on."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from jwt_app.backend import token_backend
from jwt_app.keyring import KeyRing, KeyRingError

from .conftest import API, kid, refused

WEEK = timedelta(days=7)


def rows(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["keys"]
    return found


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


DAMAGES: dict[str, Any] = {
    "empty": lambda text: "",
    "half": lambda text: text[: len(text) // 2],
    "no JSON": lambda text: "\xff",
    "a list": lambda text: "[]",
    "no keys": lambda text: '{"keys": []}',
    "nested": lambda text: "[" * 50_000,
    "none signs": lambda text: json.dumps({"keys": [without(rows(text)[0], "private")]}),
    "twice": lambda text: json.dumps({"keys": [without(row, "private") for row in rows(text)] + rows(text)}),
    "another half": lambda text: text.replace(rows(text)[0]["public"][30:60], "A" * 30),
    "unknown field": lambda text: text.replace('"created"', '"made"'),
    "a time that is none": lambda text: text.replace('"alg"', '"until": "soon", "alg"'),
    "an algorithm that is none": lambda text: text.replace("ES256", "XS256"),
    "a secret": lambda text: text.replace("ES256", "HS256"),
    "another algorithm": lambda text: text.replace("ES256", "RS256"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_a_sentence_and_a_running_site_goes_on(
    api: API, alice: Any, ring_file: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = api.sign_in()["access"]
    good = ring_file.read_text()
    ring_file.write_text(DAMAGES[damage](good), encoding="latin-1")

    found = {str(one.id): one.msg for one in run_checks() if str(one.id).startswith("jwt_app")}
    assert list(found) == ["jwt_app.E008"]
    assert found["jwt_app.E008"].startswith("JWT_KEY_RING: The key ring jwt_keys.json is damaged. Restore it; or")
    with pytest.raises(CommandError, match="is damaged"):
        call_command("rotate_jwt_keys", skip_checks=True)
    # What runs goes on with what it has, and says so once.
    caplog.clear()
    assert [api.get("whoami", token).status_code for _ in range(3)] == [200] * 3
    assert kid(api.sign_in()["access"]) == kid(token)
    assert len([one for one in caplog.records if "goes on with the keys that it has" in one.message]) == 1
    # A process that starts now does not.
    token_backend.cache_clear()
    with pytest.raises(KeyRingError, match="is damaged"):
        token_backend()
    ring_file.write_text(good)
    assert api.get("whoami", token).status_code == 200


@pytest.mark.django_db
def test_a_file_that_is_gone_ends_nobody_until_the_restart(api: API, alice: Any, ring_file: Path) -> None:
    token = api.sign_in()["access"]
    ring_file.unlink()
    assert api.get("whoami", token).status_code == 200
    token_backend.cache_clear()  # as after a restart
    refused(api.get("whoami", token), "token_not_valid")
    assert api.get("whoami", api.sign_in()["access"]).status_code == 200


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "no" / "ring.json", WEEK)
    with pytest.raises(KeyRingError, match=r"The key ring ring\.json cannot be written: No such file"):
        ring.ensure("ES256")


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ring.json").mkdir()
    with pytest.raises(KeyRingError, match=r"The key ring ring\.json cannot be read: Is a directory"):
        KeyRing(tmp_path / "ring.json", WEEK).read()


def test_a_disk_that_is_full_leaves_the_ring_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = KeyRing(tmp_path / "ring.json", WEEK)
    ring.ensure("ES256")
    before = ring.path.read_text()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyRingError, match="No space left"):
        ring.rotate("ES256")
    assert ring.path.read_text() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ring.json", "ring.json.lock"]
