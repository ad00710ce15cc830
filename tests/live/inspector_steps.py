"""What the visitor pastes into the inspector: tokens of the site and of elsewhere, and keys."""

from __future__ import annotations

import secrets

from playwright.sync_api import expect

from tests.jwt_app.labs.inspector.conftest import hs256
from tests.live.visit import Run


def tokens_inspected(run: Run) -> None:
    secret = run.used.add("pasted key", secrets.token_urlsafe(24))
    token = run.used.add("pasted token", hs256({"user_id": 1}, secret))
    run.go("/jwt/inspector/")
    run.page.get_by_label("Token", exact=True).fill(token)
    run.page.get_by_label("a secret").check()
    run.page.get_by_label("Key", exact=True).fill(secret)
    run.press("Inspect")
    expect(run.page.locator("#verdict")).to_contain_text("The signature fits")
    run.look()
    run.press("My access token")
    expect(run.page.locator("#payload-lines")).to_contain_text('"carol"')
    run.look()
    program, body = run.client(), {"token": token, "key": secret, "key_format": "secret"}
    assert program.post(f"{run.site}/jwt/api/inspect/", json=body).json()["signature_valid"] is True
    assert program.post(f"{run.site}/jwt/api/inspect/", json=body | {"key_format": "pem"}).ok
