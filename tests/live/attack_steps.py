"""What the visitor does with the attacks on tokens, from this tab's own, and with those on sign-ins: each is sent."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from playwright.sync_api import expect

from authdemo.trials.attempts import Attempt
from jwt_app.attacks.attempts import ATTEMPTS
from oauth_app.attacks.attempts import ATTEMPTS as ON_SIGN_INS
from oauth_app.attacks.third_parties.attempts import ATTEMPTS as ON_APPS
from tests.e2e.steps import PASSWORD
from tests.live.visit import PEOPLE, Run


def each(run: Run, attempts: Iterable[Attempt], under: str) -> None:
    """Predict, press, and wait for what came of it."""
    for attempt in attempts:
        run.go(f"{under}{attempt.slug}/")
        run.page.get_by_role("radio").first.check()
        run.press("Keep my prediction")
        run.press(attempt.button)
        expect(run.page.get_by_role("heading", name="Which line decided?")).to_be_visible(timeout=240_000)
        run.look()


def each_attack_on_a_token(run: Run) -> None:
    each(run, ATTEMPTS, "/jwt/attacks/")
    run.go("/jwt/attacks/weak-secret/")
    run.page.get_by_label("Try a secret that you make up").fill(
        run.used.add("typed secret", secrets.token_urlsafe(24))
    )
    run.press("Guess it")
    expect(run.page.locator("#own-result")).to_contain_text("Yours is none of these", timeout=240_000)


def each_attack_on_a_sign_in(run: Run) -> None:
    """With the accounts of the outside world as they are in the demo: it is the lab that signs in with them."""
    run.passwords_outside(dict.fromkeys(PEOPLE.values(), PASSWORD))
    each(run, ON_SIGN_INS, "/oauth/attacks/")
    each(run, ON_APPS, "/oauth/attacks/apps/")
    for path in ("", "framed/", "whoami/", "callback/?code=made-up&state=made-up", "with-pkce/login/"):
        run.go(f"/oauth/attacks/naive/{path}")
    run.passwords_outside({name: run.passwords[name] for name in PEOPLE.values()})
