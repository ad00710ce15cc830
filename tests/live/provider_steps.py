"""What the visitor does with the providers: in, no, back again, connect, switch, out."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import expect

from tests.live.places import stores
from tests.live.visit import PEOPLE, Run
from tests.oauth_app.person import Person


def at_the_provider(run: Run, provider: str, answer: str) -> None:
    """Sign in there, at first with a wrong password, and answer. Where the provider knows us, only answer."""
    run.page.wait_for_url(f"{run.demo.providers}/**")
    if run.page.get_by_label("Password").count():
        for password in (run.wrong_password(), run.passwords[PEOPLE[provider]]):
            run.fill(PEOPLE[provider], password)
            run.page.get_by_role("button", name=re.compile("^Sign in to")).click()
    with run.page.expect_request("**/callback/?*") as callback:
        run.page.get_by_role("button", name=answer, exact=True).click()
    run.page.wait_for_url(f"{run.site}/**")
    run.callback = callback.value.url


def sign_in_with_each_provider(run: Run) -> None:
    run.end_session()
    for provider in PEOPLE:
        run.go("/oauth/")
        run.press(f"Sign in with {provider}")
        at_the_provider(run, provider, "Deny")
        run.press(f"Try again with {provider}")
        at_the_provider(run, provider, "Allow")
        expect(run.page.get_by_role("heading", level=1)).to_contain_text("OAuth has finished")
        run.page.goto(run.callback)
        expect(run.page.get_by_role("heading", level=1)).to_have_text("This sign-in is over")
        run.end_session()


def stores_during_a_sign_in(run: Run) -> None:
    """Look into them while state, verifier and code wait there; the wire and the other device are full as well."""
    eve = Person(run.site)
    eve.hooks["response"] = run.answers.of_client
    start = eve.press(eve.get("/oauth/"), "Sign in with Google")
    allowed = eve.allow(eve.to_consent(start, "eve.outside"))
    stores(run.places, run.demo)
    assert "has not verified" in eve.follow(allowed).text  # the code was exchanged before that is known


def a_forged_callback(run: Run) -> None:
    made_up = run.used.add("code", secrets.token_urlsafe(20))
    run.go(f"/oauth/accounts/github/login/callback/?code={made_up}&state={run.used.add('state', made_up[::-1])}")
    expect(run.page.get_by_role("main")).to_contain_text("This sign-in is over")


def a_sign_in_in_slow_motion(run: Run) -> None:
    """Stop on the way out and on the way back, then look at all that is shown of it."""
    run.go("/oauth/flow/")
    run.press("Turn slow motion on")
    run.press("Sign in with Outside ID")
    run.press("Continue")
    at_the_provider(run, "Outside ID", "Allow")
    expect(run.page.get_by_role("heading", level=1)).to_have_text("You came back, with a code and the state")
    stores(run.places, run.demo)
    run.press("Continue")
    expect(run.page.get_by_role("heading", level=1)).to_contain_text("OAuth has finished")
    run.go("/oauth/flow/")
    run.press("Turn slow motion off")
    run.go("/oauth/id-token/")
    run.press("Open in the inspector")
    run.press("Take both to the inspector")
    run.end_session()


def connect_switch_disconnect(run: Run) -> None:
    run.sign_in()
    run.go("/oauth/")
    run.press("Sign in with Outside ID")
    run.press("End session and sign in")
    at_the_provider(run, "Outside ID", "Allow")
    run.page.wait_for_url(f"{run.site}/oauth/signed-in/")
    run.go("/oauth/connections/")
    run.press("Connect GitHub")
    at_the_provider(run, "GitHub", "Allow")  # it is somebody else's account
    run.end_session()
    run.sign_in()
    run.demo.shell("User.objects.get(username='alice.outside').socialaccount_set.all().delete()")
    run.go("/oauth/connections/")
    run.press("Connect GitHub")
    at_the_provider(run, "GitHub", "Allow")
    run.page.get_by_role("button", name="Disconnect GitHub").click()
    expect(run.page.get_by_text("No account is connected.")).to_be_visible()


def on_my_behalf(run: Run) -> None:
    """A stored token: used, refused, given one scope more, refreshed, revoked there; and an end of everything."""
    run.end_session()
    run.go("/oauth/")
    run.press("Sign in with Google")
    at_the_provider(run, "Google", "Allow")
    run.go("/oauth/behalf/")
    for button, words in (("Who am I?", "Inside the scope."), ("My calendars", "Outside the scope")):
        run.look()
        run.page.get_by_role("button", name=re.compile(re.escape(button))).first.click()
        expect(run.page.get_by_role("main")).to_contain_text(words)
    run.page.get_by_role("button", name=re.compile("one more scope")).click()
    at_the_provider(run, "Google", "Allow")
    for button, words in (("My calendars", "Choir"), ("Refresh now", "A new access token came")):
        run.look()
        run.page.get_by_role("button", name=re.compile(button)).first.click()
        expect(run.page.get_by_role("main")).to_contain_text(words)
    stores(run.places, run.demo)
    run.page.goto(f"{run.demo.providers}/google/apps")
    run.page.get_by_role("button", name="Remove access").click()
    run.go("/oauth/behalf/")
    run.page.get_by_role("button", name=re.compile("^Who am I")).first.click()
    expect(run.page.get_by_role("main")).to_contain_text("You are still signed in here.")
    run.go("/oauth/connections/")
    run.page.get_by_role("button", name="Try it: Delete the account here").click()
    expect(run.page.get_by_role("main")).to_contain_text("remains")
    run.end_session()
    run.sign_in()  # as the steps after this one expect
