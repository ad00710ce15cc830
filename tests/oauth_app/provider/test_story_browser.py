"""The whole story in a browser, seen from both sides: this site, and somebody else's app that prints the notes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.steps import press, sign_in, title
from tests.fixtures.demo import RunningDemo

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.usefixtures("nothing_allowed")]


def app_database(demo: RunningDemo, statement: str) -> list[Any]:
    """Look into the app's database, or let time pass there."""
    path = Path(demo.environment["VAR_DIR"]) / "third_party.sqlite3"
    with closing(sqlite3.connect(path, timeout=20)) as connection, connection:
        return connection.execute(statement).fetchall()


@pytest.fixture(params=[360, 1280])
def browser_page(request, page: Page) -> Page:
    page.set_viewport_size({"width": request.param, "height": 740})
    return page


def connect(page: Page, demo: RunningDemo) -> None:
    page.goto(demo.third_party)
    press(page, "Connect my notes")
    press(page, "Allow")
    page.wait_for_url(f"{demo.third_party}/notes/")


def test_ask_deny_allow_use_widen_take_back(demo, browser_page):
    page = browser_page
    page.goto(demo.third_party)
    title(page, "Your notes, on paper.")
    press(page, "Connect my notes")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill("workshop-2026")
    press(page, "Sign in")
    title(page, "Allow Paper & Ink?")
    press(page, "Deny")
    title(page, "You said no, and that is that")
    assert page.url == f"{demo.third_party}/denied/"
    page.goto(f"{demo.site}/oauth/apps/")
    expect(page.get_by_role("main")).to_contain_text("Nobody but you.")

    page.goto(f"{demo.third_party}/denied/")
    press(page, "Connect my notes after all")
    press(page, "Allow")
    title(page, "Notes of alice")
    assert page.url == f"{demo.third_party}/notes/"  # no code in the address bar
    expect(page.get_by_role("article")).to_contain_text("Bring the blue cable to the workshop")

    text = f"From paper, {page.viewport_size['width']} wide"
    page.get_by_label("Add a note from here").fill(text)
    press(page, "Add")
    title(page, "You have not allowed us that yet")
    expect(page.get_by_role("main")).to_contain_text("POST /oauth/api/notes/ was answered 403 Forbidden.")
    press(page, "Ask for notes:write")
    expect(page.get_by_role("main")).to_contain_text("You have allowed it before")
    press(page, "Allow")
    title(page, "Notes of alice")
    expect(page.get_by_label("Add a note from here")).to_have_value(text)
    press(page, "Add")
    expect(page.get_by_role("article")).to_contain_text(text)
    page.goto(f"{demo.site}/oauth/notes/")
    expect(page.get_by_role("main")).to_contain_text(text)

    page.goto(f"{demo.site}/oauth/apps/")
    expect(page.get_by_role("main")).to_contain_text("notes:write")
    press(page, "Take back the access of Paper & Ink")
    page.goto(f"{demo.third_party}/notes/")
    title(page, "The site does not let us in any more")
    expect(page.get_by_role("main")).to_contain_text("GET /oauth/api/notes/ was answered 401 Unauthorized.")
    page.goto(f"{demo.site}/oauth/notes/")
    expect(page.get_by_role("banner")).to_contain_text("alice")  # still signed in
    page.goto(f"{demo.third_party}/notes/")
    press(page, "Connect again")
    title(page, "Allow Paper & Ink?")


def test_less_than_it_asked_for(demo, page):
    sign_in(page, demo.site)
    page.goto(demo.third_party)
    press(page, "Connect my notes")
    page.get_by_label("read your notes").uncheck()
    press(page, "Allow")
    title(page, "You have not allowed us that yet")
    press(page, "Ask for notes:read")
    press(page, "Allow")
    title(page, "Notes of alice")


def test_a_sign_out_at_the_site_is_no_revocation(demo, page):
    sign_in(page, demo.site)
    connect(page, demo)
    page.goto(demo.site)
    page.get_by_role("button", name="End session").click()
    expect(page.get_by_role("banner")).to_contain_text("no session")
    page.goto(f"{demo.third_party}/notes/")
    title(page, "Notes of alice")


def test_disconnect_at_the_app_is_seen_at_the_site(demo, page):
    sign_in(page, demo.site)
    connect(page, demo)
    press(page, "Disconnect")
    expect(page.get_by_role("main")).to_contain_text("Disconnected: our tokens have ended.")
    page.goto(f"{demo.site}/oauth/apps/")
    expect(page.get_by_role("main")).to_contain_text("No: it has to send you here to get one.")


def test_many_tabs_whose_token_is_over_do_not_end_the_connection(demo, page):
    """The real site ends everything where a refresh token comes twice."""
    sign_in(page, demo.site)
    connect(page, demo)
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies(demo.third_party)}
    address = f"{demo.third_party}/notes/"
    for _ in range(3):
        app_database(demo, "UPDATE paper_connection SET expires_at = '2020-01-01 00:00:00'")
        with ThreadPoolExecutor(8) as pool:
            tabs = list(pool.map(lambda _: requests.get(address, cookies=cookies, timeout=60), range(8)))
        assert [tab.status_code for tab in tabs] == [200] * 8
        assert sum("The refresh token was exchanged" in tab.text for tab in tabs) == 1
    page.goto(f"{demo.site}/oauth/apps/")
    expect(page.get_by_role("main")).to_contain_text("Yes")


def test_two_people_at_once(demo, new_context: Callable[..., Any]):
    pages = {name: new_context().new_page() for name in ("alice", "bob")}
    for name, page in pages.items():
        sign_in(page, demo.site, name)
        page.goto(demo.third_party)
        press(page, "Connect my notes")
    for page in pages.values():
        press(page, "Allow")
    for name, page in pages.items():
        title(page, f"Notes of {name}")
    press(pages["alice"], "Disconnect")
    pages["bob"].reload()
    title(pages["bob"], "Notes of bob")


def test_the_television(demo, browser_page, new_context: Callable[..., Any]):
    television, phone = browser_page, new_context(viewport={"width": 360, "height": 740}).new_page()
    sign_in(phone, demo.site, "bob")
    for answer, heading in (("Deny", "You said no"), ("Allow", "Notes of bob")):
        television.goto(f"{demo.third_party}/television/")
        television.get_by_role("button", name=re.compile("Switch on|A new code")).click()
        title(television, "Type this code on your phone")
        code = television.locator(".code").inner_text()
        phone.goto(television.locator(".address a").get_attribute("href"))
        phone.get_by_label("Code").fill(code.lower().replace("-", ""))
        press(phone, "Next")
        expect(phone.get_by_role("heading", level=1)).to_contain_text("Paper TV")
        press(phone, answer)
        title(television, heading)  # by itself, when it has asked the site
    phone.goto(f"{demo.site}/oauth/apps/")
    press(phone, "Take back the access of Paper TV")
    television.reload()
    title(television, "The site does not let us in any more")


def test_the_television_without_a_script(demo, new_context: Callable[..., Any]):
    television, phone = new_context(java_script_enabled=False).new_page(), new_context().new_page()
    sign_in(phone, demo.site, "bob")
    television.goto(f"{demo.third_party}/television/")
    press(television, "Switch on")
    phone.goto(television.get_by_role("link", name="the same page with the code in it").get_attribute("href"))
    press(phone, "Next")
    press(phone, "Allow")
    app_database(demo, "UPDATE paper_screen SET next_at = '2020-01-01 00:00:00'")
    television.get_by_role("link", name="Look again").click()
    expect(television.get_by_role("heading", level=1)).to_have_text("Notes of bob")


def test_the_nightly_export(demo, browser_page):
    page = browser_page
    page.goto(f"{demo.third_party}/export/")
    press(page, "Run it now")
    main = page.get_by_role("main")
    expect(main).to_contain_text("GET /oauth/api/export/: 200 OK")
    expect(main).to_contain_text('"user": null')
    expect(main).to_contain_text("GET /oauth/api/notes/: 403 Forbidden")
    expect(main).to_contain_text("The token was given back")
    title(page, "Nightly export")
    page.goto(f"{demo.site}/oauth/apps/")  # nobody is signed in: nobody was asked
    assert "/sessions/login/" in page.url


def test_only_the_sheet_is_printed(demo, page):
    sign_in(page, demo.site)
    connect(page, demo)
    page.emulate_media(media="print")
    expect(page.get_by_role("article")).to_be_visible()
    for hidden in ("header", "footer", ".acts", ".story", ".hint"):
        expect(page.locator(hidden).first).to_be_hidden()
