"""In a real browser, on a phone: sign in, allow, deny; the answer arrives at the app in spite of the CSP."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

from authdemo.third_party import CLIENT_ID, CLIENT_SECRET
from tests.e2e.steps import sign_in
from tests.fixtures.demo import RunningDemo

from .conftest import AUTHORIZE, TOKEN

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.usefixtures("nothing_allowed")]
VERIFIER = "b" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def callback(demo: RunningDemo) -> str:
    """The real app listens here. It has not asked for what comes, and does not touch the code."""
    return f"{demo.third_party}/callback/"


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size({"width": 360, "height": 740})
    return page


def address(site: str, callback: str, **changes: str) -> str:
    asked = {
        "client_id": CLIENT_ID, "redirect_uri": callback, "response_type": "code", "scope": "openid notes:read",
        "state": "a-state", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{site}{AUTHORIZE}?{urlencode(asked | changes)}"


def answer(page: Page) -> dict[str, str]:
    expect(page.get_by_role("heading", level=1)).to_have_text("We did not ask for this")
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_ask_allow_use_take_back(demo, phone, callback):
    phone.goto(address(demo.site, callback, prompt="consent"))
    phone.get_by_label("User name").fill("alice")
    phone.get_by_label("Password").fill("workshop-2026")
    phone.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Allow Paper & Ink?")
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    phone.get_by_role("button", name="Allow").click()
    got = answer(phone)
    assert (got["state"], got["iss"]) == ("a-state", demo.site)

    form = {"grant_type": "authorization_code", "code": got["code"], "redirect_uri": callback}
    secret = (CLIENT_ID, CLIENT_SECRET)
    tokens = requests.post(
        demo.site_b + TOKEN, data=form | {"code_verifier": VERIFIER}, auth=secret, timeout=60
    ).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert requests.get(f"{demo.site}/oauth/api/notes/", headers=bearer, timeout=30).status_code == 200

    remembered = phone.request.get(address(demo.site, callback), max_redirects=0)  # with this browser's cookies
    assert f"{callback}?code=" in remembered.headers["location"]
    phone.goto(f"{demo.site}/oauth/apps/")
    phone.get_by_role("button", name="Take back the access of Paper & Ink").click()
    expect(phone.get_by_role("main")).to_contain_text("Its next call is refused")
    assert requests.get(f"{demo.site}/oauth/api/notes/", headers=bearer, timeout=30).status_code == 401
    expect(phone.get_by_role("banner")).to_contain_text("alice")  # still signed in


def test_deny(demo, phone, callback):
    sign_in(phone, demo.site)
    phone.goto(address(demo.site, callback, prompt="consent"))
    phone.get_by_role("button", name="Deny").click()
    assert answer(phone)["error"] == "access_denied"
