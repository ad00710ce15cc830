"""What third-party apps and their user do: ask, allow, exchange, call, refresh, reuse, give back, take back.

One is a program here, which does what a good app would not. Then comes the real one, in a browser.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import expect

from authdemo.third_party import CLIENT_ID, CLIENT_SECRET
from tests.live.places import stores
from tests.live.visit import Run
from tests.oauth_app.person import Person

TOKEN, REVOKE = "/identity/o/api/token", "/identity/o/api/revoke"


def a_third_party_app(run: Run) -> None:
    """One whose server is a program here. The user comes as a stranger first, and is remembered then."""
    carol, app = Person(run.site), run.client()
    carol.hooks["response"] = run.answers.of_client
    for wanted in ("openid notes:read", "openid notes:read notes:write"):
        verifier = run.used.add("verifier", secrets.token_urlsafe(48))
        answer = carol.get(f"/identity/o/authorize?{urlencode(asked(run, wanted, verifier))}")
        if "/sessions/login/" in answer.headers.get("Location", ""):
            form = carol.follow(answer)
            fields = {"username": "carol", "password": run.passwords["carol"]}
            answer = follow_here(carol, carol.press(form, 'name="password"', **fields))
        if answer.status_code == 200:
            answer = carol.press(answer, "Allow", action="allow", scopes=wanted.split())
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        form_of_code = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback(run)}
        tokens = of_app(run, app, TOKEN, **form_of_code, code_verifier=verifier).json()
        if "write" not in wanted:
            use(run, app, tokens)
    assert "code=" in carol.get(f"/identity/o/authorize?{urlencode(asked(run, wanted, verifier))}").headers["Location"]
    assert call(run, app, tokens["access_token"]) == 200
    stores(run.places, run.demo)  # what is kept of a code goes when access is taken back
    carol.press(carol.get("/oauth/apps/"), "Take back")
    assert call(run, app, tokens["access_token"]) == 401
    carol.press(carol.get("/oauth/notes/"), "Add", text="A note that is no secret")


def use(run: Run, app: Any, tokens: dict[str, str]) -> None:
    """Call, refresh, let the used one come back, and give the rest back."""
    assert call(run, app, tokens["access_token"]) == 200
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    statuses = [of_app(run, app, TOKEN, **refresh).status_code for _ in range(2)]
    assert statuses == [200, 400]
    assert call(run, app, tokens["access_token"]) == 401
    assert of_app(run, app, REVOKE, token=tokens["refresh_token"]).status_code == 200


def asked(run: Run, scope: str, verifier: str) -> dict[str, str]:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return {
        "client_id": CLIENT_ID, "redirect_uri": callback(run), "response_type": "code", "scope": scope,
        "state": run.used.add("state", secrets.token_urlsafe(16)),
        "nonce": run.used.add("nonce", secrets.token_urlsafe(16)),
        "code_challenge": run.used.add("challenge", challenge), "code_challenge_method": "S256",
    }  # fmt: skip


def callback(run: Run) -> str:
    return f"{run.demo.third_party}/callback/"


def of_app(run: Run, app: Any, path: str, **form: str) -> Any:
    return app.post(run.site + path, data=form, auth=(CLIENT_ID, run.used.add("client secret", CLIENT_SECRET)))


def call(run: Run, app: Any, access: str) -> int:
    bearer = {"Authorization": f"Bearer {access}"}
    return int(app.get(f"{run.site}/oauth/api/notes/", headers=bearer).status_code)


def follow_here(carol: Person, answer: Any) -> Any:
    """Follow redirects on this site only: the code is for the program here, and not for the real app."""
    while answer.is_redirect and not answer.headers["Location"].startswith("http://127.0.0.1"):
        answer = carol.get(answer.headers["Location"])
    return answer


def paper_and_ink(run: Run) -> None:
    """The real one: say no, say yes, add a note, fetch new tokens, take it back, connect again, disconnect."""
    run.page.goto(run.demo.third_party)
    run.press("Connect my notes")
    run.press("Deny")
    run.press("Connect my notes after all")
    expect(run.page.get_by_role("heading", level=1)).to_have_text("Allow Paper & Ink?")
    stores(run.places, run.demo)  # the app waits for an answer
    run.press("Allow")
    run.page.get_by_label("Add a note from here").fill("Written on paper first")
    run.press("Add")
    run.press("Ask for notes:write")
    run.press("Allow")
    run.press("Add")
    expect(run.page.get_by_role("article")).to_contain_text("Written on paper first")
    run.press("Fetch new tokens now")
    expect(run.page.get_by_role("main")).to_contain_text("exchanged for new tokens")
    stores(run.places, run.demo)
    run.go("/oauth/apps/")
    run.page.get_by_role("button", name="Take back the access of Paper & Ink").click()
    run.page.goto(f"{run.demo.third_party}/notes/")
    expect(run.page.get_by_role("heading", level=1)).to_have_text("The site does not let us in any more")
    run.press("Connect again")
    run.press("Allow")
    run.page.wait_for_url(f"{run.demo.third_party}/notes/")
    run.press("Disconnect")
    run.page.goto(f"{run.demo.third_party}/callback/?code={run.used.add('code', secrets.token_urlsafe(20))}")
    run.page.goto(f"{run.demo.third_party}/export/")
    run.press("Run it now")
    expect(run.page.get_by_role("main")).to_contain_text("200 OK")
    stores(run.places, run.demo)  # what the app has told, and what the site has kept of its calls
    run.go("/oauth/third-party/")
    expect(run.page.locator("#outcome")).to_contain_text("times that an app has asked")
    expect(run.page.locator(".verdict").first).to_contain_text("Both say the same.")


def a_television(run: Run) -> None:
    """Its code is typed in another tab of the same browser."""
    run.page.goto(f"{run.demo.third_party}/television/")
    run.press("Switch on")
    stores(run.places, run.demo)  # the device code waits there
    code = run.page.locator(".code").inner_text()
    run.go("/identity/o/device")
    run.page.get_by_label("Code").fill(code)
    run.press("Next")
    run.press("Allow")
    run.page.goto(f"{run.demo.third_party}/television/")
    expect(run.page.get_by_role("heading", level=1)).to_have_text("Notes of carol")  # when it is time to ask
    stores(run.places, run.demo)
    run.press("Switch off")
