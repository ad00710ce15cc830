"""Against the running demo: the copies are really used, without JavaScript and in a browser."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from authdemo.device.client import csrf_token
from tests.e2e.test_accessibility import THEMES, violations
from tests.fixtures.demo import RunningDemo, clean_environment

pytestmark = pytest.mark.live
PAGE = "/jwt/denylist/"


def press(site: str, jar: requests.Session, path: str = "run/", **fields: str) -> str:
    token = csrf_token(jar.get(site + PAGE, timeout=30).text)
    answer = jar.post(f"{site}{PAGE}{path}", {"csrfmiddlewaretoken": token, **fields}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.text


def tables(page: str) -> list[list[list[str]]]:
    """The cells of each row of each table."""
    return [
        [cells(row) for row in table.split("<tr>")[1:]] for table in re.findall("<tbody>(.*?)</tbody>", page, re.S)
    ]


def cells(row: str) -> list[str]:
    found = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in found]


OK, DENIED, NOT_YET = "200 accepted", "401 token_denied", "Not sent yet."
ANSWER = (
    "After the sign-out the copy of a usual token was accepted by Instance A, Instance B and Orders; "
    "the copy of a token that is checked was accepted by Orders."
)
KEYS_ONLY = "Nothing to look up: it has only the keys."


def answers(rows: list[list[str]]) -> list[list[str]]:
    return [row[:4] for row in rows]


def test_the_usual_copy_lives_the_checked_one_dies_and_orders_never_knows(demo: RunningDemo) -> None:
    page = press(demo.site, requests.Session())

    assert ANSWER in " ".join(re.sub("<[^>]+>", "", page).split())
    plain, checked = tables(page)
    assert answers(plain) == [
        ["Instance A", OK, OK, NOT_YET],
        ["Instance B", OK, OK, NOT_YET],
        ["Orders", OK, OK, NOT_YET],
    ]
    assert answers(checked) == [
        ["Instance A", OK, DENIED, NOT_YET],
        ["Instance B", OK, DENIED, NOT_YET],
        ["Orders", OK, OK, NOT_YET],
    ]
    assert [row[4] for row in plain] == ["0 statements, 0 cache calls"] * 2 + [KEYS_ONLY]
    assert [row[4].split(" The list had")[0] for row in checked[:2]] == ["0 statements, 1 cache call"] * 2


def test_what_is_kept_can_be_used_once_more_until_it_expires(demo: RunningDemo) -> None:
    jar = requests.Session()
    press(demo.site, jar)
    plain, checked = tables(press(demo.site, jar, "again/"))
    assert [row[3] for row in plain + checked] == [OK, OK, OK, DENIED, DENIED, OK]


def test_a_prediction_is_compared_with_what_happened_and_kept_when_begun_again(demo: RunningDemo) -> None:
    right, wrong = requests.Session(), requests.Session()
    assert "You were right." in press(demo.site, right, prediction="plain")
    assert "You were right." in press(demo.site, right)
    assert "You expected: “Neither: I signed out.”" in press(demo.site, wrong, prediction="")
    assert "You expected" not in press(demo.site, requests.Session(), prediction="rubbish")


def test_with_the_setting_on_both_die_and_the_page_says_why(tmp_path_factory: Any) -> None:
    environment = clean_environment(tmp_path_factory.mktemp("var")) | {"JWT_DENYLIST": "true"}
    running = RunningDemo(environment)
    running.start()
    try:
        page = press(running.site, requests.Session())
    finally:
        running.stop()
    assert "this site checks every token" in page
    plain, checked = tables(page)
    assert [row[2] for row in plain + checked] == [DENIED, DENIED, OK] * 2


@pytest.mark.browser
def test_in_a_browser_it_counts_down_and_dies_by_itself(demo: RunningDemo, page: Any) -> None:
    """The only thing that is waited for is the token's own end."""
    page.goto(f"{demo.site}/jwt/")
    page.get_by_role("link", name="Replay after sign-out").click()
    run = page.get_by_role("button", name="Sign in, copy, sign out, replay")
    run.press("Enter")
    expect(page.get_by_text("Nothing was tried yet")).to_be_visible()  # first you predict
    page.get_by_label("Both: a signature stays right.").check()
    run.press("Enter")
    expect(page.locator("#replay-answer")).to_contain_text("You expected: “Both: a signature stays right.” After the")
    expect(page.locator("#replay-until")).to_contain_text("s left)")
    expect(page.locator("table.replay")).to_have_count(2)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    expect(page.locator("#replay-until")).to_contain_text("send them once more", timeout=45_000)
    page.get_by_role("button", name="Send the copies once more").click()
    expect(page.locator("#replay-until")).to_contain_text("expired by themselves")
    once_more = page.locator("td[data-mechanism='Once more']")
    assert [" ".join(text.split()) for text in once_more.all_inner_texts()] == ["401 token_expired"] * 6
