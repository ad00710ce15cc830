"""Each attack really sent: refused by the site with its reason, taken by the naive app; and nothing is left of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import requests

from demo.processes import free_port
from oauth_app.attacks.attempts import ATTACKS
from tests.fixtures.demo import ROOT, RunningDemo, wait_until_listening
from tests.fixtures.learner import Learner
from tests.fixtures.tokens import tokens_in
from tests.oauth_app.attacks.conftest import BASE, SLUGS, answers
from tests.oauth_app.person import Person

pytestmark = [pytest.mark.live]

ALICE, MALLORY = "alice.outside", "mallory.outside"
OVER = "400 This sign-in is over."
NO_CODE = (
    "502 The sign-in with Outside ID did not work. It did not accept the code. "
    "It happened when this site asked it for the token."
)
REFUSED = "Its ID token is not one for this sign-in. Refused by the check of "
SITE = {
    "login-csrf": [OVER, OVER],
    "stolen-code": [NO_CODE],
    "token-substitution": ["401 No session", "401 No session"],
    "unverified-email": ["403 Outside ID has not verified your e-mail address."],
    "wrong-audience": [f"{REFUSED}aud"],
    "code-twice": [OVER, NO_CODE],
    "state-twice": [OVER],
    "mix-up": [OVER],
    "login-parameters": ["It asks the provider for what it always asks for."],
    "framed": ["200 X-Frame-Options: DENY; frame-ancestors 'none'"] * 2,
    "connect-csrf": ["403 The form was refused."] * 2,
    "wrong-nonce": [f"{REFUSED}nonce."] * 2,
    "wrong-key": [f"{REFUSED}signature."],
    "alg-none": [f"{REFUSED}signature"],
    "changed-sub": [f"{REFUSED}sub."],
    "wrong-issuer": [f"{REFUSED}iss."],
    "expired": [f"{REFUSED}exp"],
}
NAIVE = {
    "login-csrf": [MALLORY, MALLORY],
    "unverified-email": ["bob"],
    "code-twice": ["eve.outside"],
    "state-twice": [MALLORY],
    "mix-up": ["Google", ALICE],
    "login-parameters": ["yes"],
    "framed": ["yes"],
    "connect-csrf": ["yes", "yes"],
    "wrong-nonce": [ALICE, ALICE],
}
TAKES, REFUSES = "takes it", "refuses it"
STOCK = {
    "wrong-audience": [REFUSES],
    "wrong-nonce": [TAKES, TAKES],
    "wrong-key": [TAKES],
    "alg-none": [TAKES],
    "changed-sub": [TAKES],
    "wrong-issuer": [REFUSES],
    "expired": [REFUSES],
    "login-parameters": [TAKES],
}
# By whether allauth as it comes takes it; None where it is not asked.
VERDICT = {
    None: "The naive app lets it through, and this site does not.",
    False: "Only the naive app lets it through.",
    True: "The naive app lets it through, and so does allauth as it comes. This site does not.",
}


def of(side: str, page: str) -> list[tuple[str, str, bool]]:
    return [(answer, who, marked) for name, answer, who, marked in answers(page) if name == side]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_naive_app_lets_it_through_and_the_site_says_why_not(demo, slug):
    answer = Learner(ATTACKS, demo.site).attack(slug)
    assert answer.status_code == 200
    site = of("site", answer.text)
    assert len(site) == len(SITE[slug])
    for (said, who, marked), expected in zip(site, SITE[slug], strict=True):
        assert expected in said
        assert (who, marked) in {("nobody", False), ("no", False)}
    naive = of("naive", answer.text)
    assert [who for _, who, _ in naive] == NAIVE.get(slug, [ALICE])
    assert all(marked for *_, marked in naive)
    assert f"<b>{VERDICT[TAKES in STOCK[slug] if slug in STOCK else None]}</b>" in answer.text
    assert "Which line decided?" in answer.text


@pytest.mark.parametrize("slug", sorted(STOCK))
def test_what_allauth_as_it_comes_makes_of_it_stands_beside(demo, slug):
    found = of("stock", Learner(ATTACKS, demo.site).attack(slug).text)
    assert [said.partition(":")[0] for said, *_ in found] == STOCK[slug]
    takes = [who for said, who, _ in found if said.startswith(TAKES)]
    assert set(takes) <= {"would be alice@outside.example", "yes"}


def test_the_same_app_with_the_step_refuses(demo):
    learner = Learner(ATTACKS, demo.site)
    for slug, reason in (("stolen-code", "did not accept the code"), ("token-substitution", "the check of aud")):
        ((said, who, marked),) = of("careful", learner.attack(slug).text)
        assert reason in said
        assert (who, marked) == ("nobody", False)


# ---- Nothing is left

HERE = """
import json
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
rows = [User.objects.values_list("username", "email", "is_active"), SocialAccount.objects.values_list("uid")]
rows += [UserSession.objects.values_list("session_key"), Session.objects.values_list("session_key")]
print(json.dumps([sorted(map(list, row)) for row in rows]))
"""
THERE = """
import json
from allauth.idp.oidc.models import Token
from django.contrib.sessions.models import Session
others = Token.objects.exclude(client__id__startswith="authdemo").order_by("pk")
print(json.dumps([Session.objects.count(), [list(one) for one in others.values_list("pk", "client", "type")]]))
"""


def at_the_provider(demo: RunningDemo) -> list[Any]:
    environment = demo.environment | {"DJANGO_SETTINGS_MODULE": "demo.outside.settings"}
    command = [sys.executable, "-m", "django", "shell", "--no-imports", "-c", THERE]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=True)
    found: list[Any] = json.loads(done.stdout)
    return found


def test_a_run_leaves_no_session_no_account_and_no_token(demo):
    before, there = json.loads(demo.shell(HERE)), at_the_provider(demo)
    learner = Learner(ATTACKS, demo.site)
    for slug in SLUGS:
        assert learner.attack(slug).status_code == 200
    assert json.loads(demo.shell(HERE)) == before
    assert at_the_provider(demo) == there


def test_the_learners_own_browser_and_account_are_not_touched(demo):
    demo.shell("User.objects.filter(socialaccount__isnull=False).delete()")  # whom an earlier test has seen
    me = Person(demo.site)
    me.sign_in("Outside ID", ALICE)
    name = me.username()
    assert name == ALICE
    learner = Learner(ATTACKS, demo.site)
    learner.cookies.update(me.cookies)
    for slug in ("login-csrf", "code-twice", "connect-csrf", "changed-sub"):
        learner.attack(slug)
    assert me.username() == name
    assert "Outside ID" in me.get("/oauth/connections/").text


def test_no_credential_stands_in_the_page_or_in_what_is_kept(demo):
    page = Learner(ATTACKS, demo.site).attack("token-substitution").text
    kept = demo.shell("from oauth_app.attacks.models import Trial\nprint(list(Trial.objects.values_list('result')))")
    for text in (page, kept):
        assert not tokens_in(text)
        assert text.count("workshop-2026") == 0


# ---- Somebody is not there


@pytest.fixture
def world(demo: RunningDemo) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """One more instance of the site, with an outside world of its own that can be stopped. Its log can be read."""
    port, providers = free_port(), free_port()
    site = f"http://localhost:{port}"
    addresses = {"DEMO_SITE_URL": site, "DEMO_PROVIDERS_URL": f"http://127.0.0.1:{providers}", "LABS": "true"}
    environment, folder = demo.environment | addresses, demo.environment["VAR_DIR"]
    outside = environment | {"DJANGO_SETTINGS_MODULE": "demo.outside.settings", "VAR_DIR": f"{folder}/other"}
    script = "import django; django.setup(); from django.core.management import call_command as run; "
    script += "run('migrate', verbosity=0); run('seed_outside', verbosity=0)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=outside, check=True, capture_output=True)
    with (
        served(providers, outside, "demo.outside.wsgi:application") as provider,
        served(port, environment, "authdemo.wsgi:application"),
    ):
        yield site, provider


@contextmanager
def served(port: int, environment: dict[str, str], application: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=8", application]
    log = subprocess.PIPE if "outside" in application else subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.DEVNULL, stderr=log)
    try:
        wait_until_listening(port)
        yield process
    finally:
        process.kill()
        process.wait(timeout=20)


def test_an_outside_world_that_is_not_there_is_said(world):
    site, outside = world
    outside.kill()
    outside.wait(timeout=20)
    for slug in ("login-csrf", "wrong-key", "framed"):
        answer = Learner(ATTACKS, site).attack(slug)
        assert answer.status_code == 503
        assert "The outside world does not answer" in answer.text
        assert "python manage.py demo --outside" in answer.text
        assert answers(answer.text) == []


@pytest.mark.parametrize("slug", ["login-csrf", "connect-csrf"])
def test_a_run_that_breaks_off_says_so_and_leaves_nobody_signed_in(demo, world, slug):
    site, outside = world
    before = json.loads(demo.shell(HERE))

    def kill_it_in_the_middle() -> None:
        assert outside.stderr is not None
        for line in outside.stderr:
            if "POST /oidc/login" in line:  # somebody is signed in there, and has not been asked for consent yet
                outside.kill()

    watcher = Thread(target=kill_it_in_the_middle)
    watcher.start()
    answer = Learner(ATTACKS, site).attack(slug)
    watcher.join(timeout=20)
    assert outside.wait(timeout=20) == -signal.SIGKILL
    assert answer.status_code == 503
    assert "The outside world does not answer (any more), so this was broken off." in answer.text
    assert answers(answer.text) == []
    assert json.loads(demo.shell(HERE)) == before


def test_a_site_that_signs_in_with_a_real_provider_tries_nothing_on_it(demo):
    port = free_port()
    site = f"http://localhost:{port}"
    real = {"GOOGLE_CLIENT_ID": "an-id", "GOOGLE_CLIENT_SECRET": "a-secret", "LABS": "true", "DEMO_SITE_URL": site}
    with served(port, demo.environment | real, "authdemo.wsgi:application"):
        answer = Learner(ATTACKS, site).attack("wrong-key")
    assert answer.status_code == 503
    assert "Nobody tries attacks on a real one" in answer.text


def test_without_labs_there_is_no_attack_and_no_naive_app(demo):
    port = free_port()
    off = demo.environment | {"LABS": "false", "DEMO_SITE_URL": f"http://localhost:{port}"}
    with served(port, off, "authdemo.wsgi:application"):
        base = f"http://localhost:{port}{BASE}"
        for path in ("", "login-csrf/", "naive/", "naive/framed/", "naive/whoami/", "naive/with-pkce/login/"):
            assert requests.get(base + path, timeout=20).status_code == 404, path
        for path in ("naive/token/", "naive/id-token/", "naive/connect/", "naive/disconnect/"):
            assert requests.post(base + path, timeout=20).status_code == 404, path
