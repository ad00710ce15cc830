"""The attacks on tokens as a learner makes them, from the token of this tab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import get_token
from tests.e2e.test_accessibility import sweep
from tests.jwt_app.attacks.conftest import BASE

pytestmark = [pytest.mark.browser, pytest.mark.live]
NAIVE = "The verifier that is wrong on purpose takes it, and this site does not."


def predict(page: Page, site: str, slug: str, answer: str) -> None:
    page.goto(f"{site}{BASE}{slug}/")
    page.get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="Keep my prediction").click()
    expect(page.get_by_role("heading", name="Now try it")).to_be_visible()


def send(page: Page, name: str = "Send it") -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name="Which line decided?")).to_be_visible(timeout=60_000)


def row(page: Page, name: str) -> list[str]:
    found = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(name)))
    return [text.strip() for text in found.get_by_role("cell").all_inner_texts()]


def marked(page: Page) -> list[str]:
    return [text.replace("\n", " ") for text in page.locator(".forged .marked").all_inner_texts()]


def lines(page: Page) -> str:
    return " ".join(page.locator(".attack-lines").all_inner_texts())


def check_page(page: Page) -> None:
    base, path = re.fullmatch(r"(https?://[^/]+)(.*)", page.url).groups()  # type: ignore[union-attr]
    assert sweep(page, base, [path]) == []


def refused(page: Page) -> None:
    """By the site and by orders, with a reason."""
    for name in ("This site: whoami", "The orders service"):
        answer, who = row(page, name)
        assert answer.startswith("401 ")
        assert who == "nobody"


def test_from_the_token_page_to_each_attack(demo, page):
    page.goto(f"{demo.site}{BASE}")
    check_page(page)
    expect(page.get_by_role("button", name="Try it: alg: none")).to_be_visible()
    more = page.get_by_role("button", name="Try it: kid as SQL")
    expect(more).to_be_hidden()
    page.locator(".attacks-more summary").click()
    more.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("looked up by its name in a database")


def test_a_payload_is_read_without_any_key(demo, page):
    get_token(page, demo.site)
    predict(page, demo.site, "readable-payload", "Nothing. Without the key it is gibberish.")
    expect(page.get_by_text("It is made from the token of this tab, bob's.")).to_be_visible()
    check_page(page)
    send(page)
    expect(page.locator(".lead")).to_contain_text("What happened: All of it, the PIN too.")
    assert 'pin: "4711" added' in marked(page)
    assert row(page, "Wrong on purpose")[1] == "bob, user"
    refused(page)
    check_page(page)


def test_a_token_that_nobody_signed(demo, page):
    get_token(page, demo.site)
    predict(page, demo.site, "alg-none", NAIVE)
    send(page)
    expect(page.locator(".lead")).to_contain_text("You were right")
    assert marked(page) == ['alg: "none" changed', 'username: "teacher" changed', 'role: "staff" changed']
    assert row(page, "Wrong on purpose")[1] == "teacher, staff"
    refused(page)
    assert 'if split(token).header["alg"] == "none":' in lines(page)
    assert "site-packages/jwt/api_jws.py:" in lines(page)
    check_page(page)
    # The wire has it, too, and no token can be read out of the page.
    access = page.evaluate("JSON.parse(sessionStorage.getItem('authdemo.tokens')).access")
    expect(page.locator("#wire-cards")).to_contain_text("/jwt/attacks/naive/alg-none/whoami/")
    assert access.split(".")[2] not in page.content()


def test_a_weak_secret_is_guessed_before_your_eyes(demo, page):
    get_token(page, demo.site)
    predict(page, demo.site, "weak-secret", "Years.")
    page.get_by_role("button", name="Get one token, and guess").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    check_running(page)
    expect(page.get_by_role("heading", name="Which line decided?")).to_be_visible(timeout=60_000)
    expect(page.locator(".lead")).to_contain_text("What happened: Less than a minute.")
    expect(page.get_by_text("Made from the token of this tab, bob's.", exact=True)).to_be_visible()
    assert row(page, "Wrong on purpose")[1] == "teacher, staff"
    refused(page)
    check_page(page)
    page.get_by_label("Try a secret that you make up").fill("Passw0rd and a sentence that is in no list")
    page.get_by_role("button", name="Guess it").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#own-result")).to_contain_text("Stopped after")
    page.get_by_label("Try a secret that you make up").fill("changeme")
    page.get_by_role("button", name="Guess it").click()
    expect(page.locator("#own-result")).to_contain_text("Yours was found, too", timeout=60_000)
    assert "changeme" not in page.locator("main").inner_text()


def check_running(page: Page) -> None:
    """The bar moves by itself."""
    expect(page.locator("#guessing-bar[value='0']")).to_have_count(0)
    expect(page.get_by_role("progressbar")).to_be_visible()


def test_the_public_key_is_no_secret(demo, page):
    get_token(page, demo.site)
    predict(page, demo.site, "key-confusion", "Both take it.")
    send(page)
    expect(page.locator(".lead")).to_contain_text(f"What happened: {NAIVE}")
    assert 'alg: "HS256" changed' in marked(page)
    assert row(page, "Wrong on purpose")[1] == "teacher, staff"
    refused(page)
    check_page(page)


def test_a_refresh_token_opens_no_api_and_the_other_way_round(demo, page):
    predict(page, demo.site, "wrong-token-type", NAIVE)
    send(page)
    assert row(page, "Wrong on purpose")[1] == "alice, user"
    refused(page)
    assert row(page, "This site: refresh")[0].startswith("401 token_wrong_type")
    check_page(page)


def test_a_key_from_a_hostile_address(demo, page):
    predict(page, demo.site, "jku-in-header", NAIVE)
    expect(page.get_by_text("This tab holds no token, so it is made from one that the lab gets")).to_be_visible()
    send(page)
    assert any(demo.hostile in text for text in marked(page))
    refused(page)
    check_page(page)
    send(page, "Send it again")


def test_four_spellings_side_by_side(demo, page):
    predict(page, demo.site, "none-spelled-otherwise", NAIVE)
    send(page)
    assert page.locator(".forged h2").all_inner_texts() == [
        'alg: "None"', 'alg: "NONE"', 'alg: "nOnE"', 'alg: " none"'
    ]  # fmt: skip
    check_page(page)


def test_without_javascript(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    predict(page, demo.site, "alg-none", NAIVE)
    expect(page.get_by_text("It is made from a token that the lab gets for alice.")).to_be_visible()
    send(page)
    expect(page.get_by_text("Made from a token that the lab got for alice.")).to_be_visible()
    predict(page, demo.site, "weak-secret", "Years.")
    page.get_by_role("button", name="Get one token, and guess").click()
    done, tried = page.get_by_role("heading", name="Which line decided?"), 0
    for _ in range(200):
        go_on = page.get_by_role("button", name="Go on guessing")
        expect(go_on.or_(done).first).to_be_visible()
        if done.is_visible():
            break
        tried += 1
        before = page.locator("#guessing-bar").get_attribute("value")
        go_on.click()
        expect(page.locator(f"#guessing-bar[value='{before}']")).to_have_count(0)
    assert tried > 1
