"""What the visitor does at the site itself: sessions, tokens, the wire, the other device, the admin."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.live.visit import Run, new_password

ADMIN_LISTS = [
    "accounts/user",
    "usersessions/usersession",
    "token_blacklist/outstandingtoken",
    "token_blacklist/blacklistedtoken",
    "jwt_app/refreshfamily",
    "socialaccount/socialaccount",
    "account/emailaddress",
    "events/authevent",
    "guard/lock",
]


def open_the_wire(run: Run) -> None:
    run.go("/")
    run.press("Show the wire", inside="body")
    expect(run.page.get_by_role("heading", name="The wire", exact=True)).to_be_focused()


def session_sign_in_refused(run: Run) -> None:
    run.go("/sessions/login/")
    run.fill("carol", run.wrong_password())
    run.press("Sign in")
    expect(run.page.locator(".errorlist")).to_be_visible()
    # The cursor was in the wrong field: a password comes as the name.
    run.fill(run.used.add("password typed as a name", new_password()), run.wrong_password())
    run.press("Sign in")
    expect(run.page.locator(".errorlist")).to_be_visible()


def sessions_on_two_devices(run: Run) -> None:
    run.sign_in()
    run.go("/sessions/api/whoami/")
    another = run.client()
    run.sign_in_by_program(another)
    run.go("/sessions/devices/")
    run.page.locator(".card.plain form button").first.click()
    expect(run.page.locator(".card.plain")).to_have_count(0)
    assert another.get(f"{run.site}/sessions/api/whoami/").status_code == 401
    run.go("/sessions/")


def tokens_on_the_page(run: Run) -> None:
    run.go("/jwt/")
    status = run.page.locator("#status")
    for name, password in (("carol", run.wrong_password()), ("carol", run.passwords["carol"])):
        run.fill(name, password)
        run.press("Get tokens")
        expect(status).to_be_visible()
        expect(run.page.locator("#sign-in form button")).to_be_enabled()
    for button, sentence in (
        ("Who am I? (stateless)", "The token said so"),
        ("Me (loads the row)", "row was read"),
        ("Ask the orders service", "Another program"),
        ("Refresh", "A new pair"),
    ):
        run.press(button)
        expect(status).to_contain_text(sentence)


def tokens_revealed(run: Run) -> None:
    for kind in ("access", "refresh"):
        run.page.locator(f"#{kind}-reveal").click()
        assert run.page.locator(f"#{kind}-text").inner_text() in run.page.content()
        run.page.locator(f"#{kind}-reveal").click()
    run.press("Me (loads the row)")
    seen = run.page.locator(".exchange", has=run.page.get_by_role("heading", name="/jwt/api/me/")).first
    expect(seen.locator(".masked").first).to_have_text("…" + run.page.locator("#access-text").inner_text()[-4:])
    seen.get_by_role("button", name="Reveal").click()
    expect(seen.locator("output code")).to_be_visible()
    seen.get_by_role("button", name="Hide").click()


def tokens_by_program(run: Run) -> None:
    program, api = run.client(), f"{run.site}/jwt/api"
    carol = {"username": "carol", "password": run.passwords["carol"]}
    typed = run.used.add("password typed as a name", new_password())
    for body in (carol | {"password": run.wrong_password()}, carol | {"username": typed}):
        assert program.post(f"{api}/token/", json=body).status_code == 401
    first = program.post(f"{api}/token/", json=carol).json()
    bearer = {"Authorization": f"Bearer {first['access']}"}
    for url in (f"{api}/whoami/", f"{api}/me/", f"{run.demo.site_b}/jwt/api/me/", f"{run.demo.orders}/orders/"):
        assert program.get(url, headers=bearer).ok
        forged = run.used.add("forged token", first["access"][::-1])
        assert program.get(url, headers={"Authorization": f"Bearer {forged}"}).status_code == 401
    assert program.post(f"{api}/token/verify/", json={"token": first["access"]}).ok
    second = program.post(f"{api}/token/refresh/", json={"refresh": first["refresh"]}).json()
    third = program.post(f"{api}/token/refresh/", json={"refresh": second["refresh"]}).json()
    assert program.post(f"{api}/token/refresh/", json={"refresh": first["refresh"]}).json()["code"] == "token_reused"
    assert program.post(f"{api}/token/blacklist/", json={"refresh": third["refresh"]}).status_code in {200, 401}


def a_token_in_a_cookie(run: Run) -> None:
    """As a page does it that keeps the refresh token out of its scripts' reach."""
    run.go("/start-over/")
    carol = {"username": "carol", "password": run.passwords["carol"]}
    wrong = carol | {"password": run.wrong_password()}
    calls = (("login", wrong), ("login", carol), ("refresh", None), ("refresh", None), ("logout", None))
    for act, body in calls:
        status = run.page.evaluate(
            """async ([url, body]) => {
                const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
                const headers = {"X-CSRFToken": token, "Content-Type": "application/json"};
                return (await fetch(url, {method: "POST", headers, body: body && JSON.stringify(body)})).status;
            }""",
            [f"/jwt/api/cookie/{act}/", body],
        )
        assert status == (401 if body is wrong else 200)


def tokens_in_four_places(run: Run) -> None:
    """A bad script finds them; the page tells of it without them."""
    run.go("/jwt/storage/")
    run.fill("carol", run.passwords["carol"])
    run.press("Try all four")
    expect(run.page.locator("#status")).to_contain_text("All four were tried", timeout=30_000)


def a_family_that_ends(run: Run) -> None:
    run.go("/jwt/families/")
    run.fill("carol", run.passwords["carol"])
    run.press("Get tokens")
    run.press("Refresh")
    expect(run.page.locator(".member")).to_have_count(2)
    run.press("Send the used one again")
    expect(run.page.locator("#tree-state")).to_contain_text("has ended")
    run.press("Refresh")
    expect(run.page.locator("#sign-in")).to_be_visible()
    run.press("Without grace")
    expect(run.page.locator("#races")).to_be_visible()
    run.fill("carol", run.passwords["carol"])  # who comes next wants a token in this tab
    run.press("Get tokens")
    expect(run.page.locator("#tree-state")).to_contain_text("alive")


def replay_after_sign_out(run: Run) -> None:
    run.go("/jwt/denylist/")
    run.page.get_by_label("Both: a signature stays right.").check()
    run.press("Sign in, copy, sign out, replay")
    run.press("Send the copies once more")
    expect(run.page.locator("table.replay")).to_have_count(2)


def the_other_device(run: Run) -> None:
    def act(selector: str) -> None:
        with run.page.expect_response(lambda answer: answer.request.method == "POST"):
            run.page.locator(f"#device-{selector}").click()

    run.go("/device/")
    for action in ("session-sign-in", "token-get", "token-me", "token-orders", "token-refresh"):
        act(action)
        expect(run.page.locator(".device-log > li").first).to_contain_text("200 OK")
    act("my-session")
    act("session-whoami")
    expect(run.page.locator(".device-log > li").first).to_contain_text("carol")
    run.page.get_by_role("button", name="Take this tab's access token").click()
    act("hand")
    act("token-whoami")


def the_wire_as_a_page(run: Run) -> None:
    run.go("/wire/")
    run.page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    seen = run.page.locator(".credential", has=run.page.get_by_text("session key")).first
    with run.page.expect_response("**/wire/reveal/**"):
        seen.get_by_role("button", name="Reveal").click()
    seen.get_by_role("button", name="Hide").click()


def credentials_in_addresses(run: Run) -> None:
    tokens = json.loads(run.page.evaluate("sessionStorage.getItem('authdemo.tokens')"))
    key = next(one["value"] for one in run.context.cookies() if one["name"] == "authdemo_session")
    for lost in (tokens["access"], tokens["refresh"], key):
        for path in (
            f"/no/such/{lost}/",
            f"/no/such/page/?token={lost}",
            f"/jwt/api/{lost}",
            f"/sessions/?key={lost}",
        ):
            run.go(path)
        run.client().get(f"{run.demo.orders}/{lost}?token={lost}")
        run.client().get(f"{run.demo.providers}/oidc/{lost}?token={lost}")


def the_admin(run: Run) -> None:
    run.end_session()
    run.sign_in("dean")
    for path in ADMIN_LISTS:
        run.go(f"/admin/{path}/")
        first = run.page.locator("#result_list tbody tr th a").first
        if first.count():
            first.click()
            run.page.wait_for_url("**/change/")


def sign_out_and_start_over(run: Run) -> None:
    run.go("/jwt/")
    run.press("Sign out")
    expect(run.page.locator("#status")).to_contain_text("Signed out")
    run.fill("carol", run.passwords["carol"])
    run.press("Get tokens")
    expect(run.page.locator("#status")).to_contain_text("Two tokens")
    run.go("/start-over/")
    run.press("Start over")
    run.page.wait_for_url(f"{run.site}/")
