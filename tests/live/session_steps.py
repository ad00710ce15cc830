"""What the visitor tries with sessions: every store, both instances, each attack, a new password, a lock."""

from __future__ import annotations

from playwright.sync_api import expect

from sessions_app.attacks.attempts import ATTEMPTS
from sessions_app.labs.stores.stores import STORES
from tests.live.visit import Run, new_password


def each_store_by_hand(run: Run) -> None:
    """Sign in on each, and stay."""
    for store in STORES:
        run.go(f"{store.path}login/")
        for password in (run.wrong_password(), run.passwords["carol"]):
            run.fill("carol", password)
            run.press("Sign in")
        expect(run.page.get_by_role("heading", level=1)).to_contain_text("You are carol on this store")
        run.go(f"{store.path}whoami/")


def each_store_by_a_button(run: Run) -> None:
    run.go("/sessions/stores/")
    run.press("Try all six")
    expect(run.page.get_by_role("heading", name="What was found")).to_be_visible(timeout=60_000)
    run.go("/sessions/instances/")
    for store in STORES:
        run.page.get_by_role("radio", name=store.name, exact=False).and_(
            run.page.locator(f"[value={store.name}]")
        ).check()
        with run.page.expect_response("**/sessions/instances/send/"):
            run.press("Sign in at A, ask both")
        expect(run.page.locator("#instances-result h2")).to_contain_text(store.title)


def each_attack(run: Run) -> None:
    for attempt in ATTEMPTS:
        run.go(f"/sessions/attacks/{attempt.slug}/")
        run.page.get_by_role("radio").first.check()
        run.press("Keep my prediction")
        if attempt.slug == "csrf":
            from_the_hostile_pages(run)
        run.press("Send it" if attempt.slug != "csrf" else "Send it without an Origin")
        expect(run.page.get_by_role("heading", name="Which line decided?")).to_be_visible(timeout=30_000)
    run.go("/sessions/attacks/naive/login/")
    run.fill("carol", run.passwords["carol"])
    run.press("Sign in")
    run.go("/sessions/attacks/naive/whoami/")


def from_the_hostile_pages(run: Run) -> None:
    for case in ("cross-shipped", "same-shipped", "cross-unsafe", "same-unsafe"):
        run.look()
        run.page.locator(f"#{case} a").click()
        if case != "same-unsafe":  # where it succeeds, the site itself leads back
            run.page.get_by_role("button", name="What happened?").click(timeout=20_000)
        expect(run.page.locator(f"#{case} td").first).not_to_be_empty(timeout=20_000)


def a_new_password(run: Run) -> None:
    another = run.client()
    run.sign_in_by_program(another)
    run.go("/sessions/password/")
    new = run.used.add("password", new_password())
    for old in (run.wrong_password(), run.passwords["carol"]):
        run.page.get_by_label("Old password").fill(old)
        run.page.get_by_label("New password:").fill(new)
        run.page.get_by_label("New password confirmation").fill(new)
        run.press("Change password")
    run.page.wait_for_url(f"{run.site}/sessions/devices/")
    run.passwords["carol"] = new
    assert another.get(f"{run.site}/sessions/api/whoami/").status_code == 401


def a_lock(run: Run) -> None:
    """Mistype until it is shut, at every door, and look at the lock in the admin."""
    run.end_session()
    for _ in range(6):
        run.go("/sessions/login/")
        run.fill("erin", run.wrong_password())
        run.press("Sign in")
    expect(run.page.get_by_role("heading", level=1)).to_contain_text("Too many wrong passwords")
    program = run.client()
    body = {"username": "erin", "password": run.wrong_password()}
    assert program.post(f"{run.site}/jwt/api/token/", json=body).status_code == 429
    run.sign_in()
