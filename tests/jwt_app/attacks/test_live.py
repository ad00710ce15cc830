"""Each attack really sent, by a program without JavaScript: to the naive verifier, to the site, to orders."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from demo.processes import free_port
from jwt_app.attacks.attempts import ATTACKS
from tests.e2e.steps import PASSWORD
from tests.fixtures.demo import ROOT, RunningDemo, wait_until_listening
from tests.fixtures.learner import Learner
from tests.jwt_app.attacks.conftest import BASE
from tests.jwt_app.attacks.forged import SLUGS

pytestmark = [pytest.mark.live]


def rows(page: str) -> list[tuple[str, str, str]]:
    """Return for each row of the page who was asked, the status, and whom it took the sender for."""
    found = re.findall(r'<tr class="(\w+)">(.*?)</tr>', page, re.DOTALL)
    cells = [(name, [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<td.*?</td>", row)])
             for name, row in found]  # fmt: skip
    return [(name, cell[0].split()[0], cell[-1]) for name, cell in cells]


def tokens(site: str, username: str) -> dict[str, str]:
    answer = requests.post(f"{site}/jwt/api/token/", json={"username": username, "password": PASSWORD}, timeout=20)
    pair: dict[str, str] = answer.json()
    return pair


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "weak-secret"])
def test_the_naive_verifier_takes_it_and_nobody_else_does(demo, slug):
    learner = Learner(ATTACKS, demo.site)
    answer = learner.attack(slug, tokens(demo.site, "bob")["access"])
    assert answer.status_code == 200
    found = rows(answer.text)
    assert {name for name, _, _ in found} == {"naive", "site", "orders"} | (
        {"refresh"} if slug == "wrong-token-type" else set()
    )
    for name, status, who in found:
        if name == "naive" and slug not in {"huge", "deeply-nested"}:
            owner = "alice" if slug == "wrong-token-type" else "bob"
            assert (status, who.split(",")[0]) in {("200", "teacher"), ("200", owner)}
        elif name == "naive":
            assert status == {"huge": "401", "deeply-nested": "500"}[slug]
        else:
            assert (status, who) == ("401", "nobody")
    assert "Which line decided?" in answer.text


def test_without_a_token_of_its_own_the_lab_signs_in_and_out_again(demo):
    def families() -> tuple[int, int]:
        code = "from jwt_app.models import RefreshFamily as F\n"
        code += "print(F.objects.filter(user__username='alice').count(), F.objects.filter(revoked_at=None).count())"
        every, alive = demo.shell(code).split()
        return int(every), int(alive)

    before = families()
    answer = Learner(ATTACKS, demo.site).attack("alg-none")
    assert "a token that the lab got for alice" in answer.text
    every, alive = families()
    assert (every, alive) == (before[0] + 1, before[1])


def test_no_token_stands_in_the_page_or_in_the_database(demo):
    pair = tokens(demo.site, "bob")
    learner = Learner(ATTACKS, demo.site)
    page = learner.attack("changed-payload", pair["access"]).text
    assert "the token of this tab, bob" in page
    kept = demo.shell("from jwt_app.attacks.models import Trial\nprint(list(Trial.objects.values_list('result')))")
    for part in pair["access"].split("."):
        assert part not in page
        assert part not in kept
    assert pair["access"].rpartition(".")[2] not in demo.output


@pytest.mark.parametrize(
    "change", ["{'exp': 1}", "{'token_type': 'refresh'}", "{'aud': 'other'}"], ids=["expired", "refresh", "other"]
)
def test_a_token_that_the_site_does_not_take_is_no_beginning(demo, change):
    code = "from jwt_app.attacks.means import signed_by_the_site as s\nfrom jwt_app.attacks.compact import split\n"
    code += "from jwt_app.tokens import RefreshToken as R\nuser = User.objects.get(username='bob')\n"
    code += f"p = split(str(R.for_user(user).access_token))\nprint(s(p.header, p.claims | {change}))"
    learner = Learner(ATTACKS, demo.site)
    answer = learner.attack("alg-none", demo.shell(code).split()[-1])
    assert answer.status_code == 400
    assert "The site does not take the token of this tab" in answer.text
    assert rows(answer.text) == []


def test_the_secret_is_guessed_by_pressing_a_button(demo):
    learner, page = Learner(ATTACKS, demo.site), f"{BASE}weak-secret/"
    shown = learner.attack("weak-secret", tokens(demo.site, "bob")["access"]).text
    assert "0 of " in shown
    tried = [0]
    for _ in range(200):
        if "Go on guessing" not in shown:
            break
        shown = learner.press(page, f"{page}guess/", token=tokens(demo.site, "bob")["access"]).text
        if more := re.search(r'<progress id="guessing-bar" value="(\d+)"', shown):
            tried.append(int(more[1]))
    assert tried == sorted(set(tried))
    assert len(tried) > 2
    assert [(name, status) for name, status, _ in rows(shown)] == [
        ("naive", "200"),
        ("site", "401"),
        ("orders", "401"),
    ]
    assert "Nobody was asked." in shown


# ---- Where somebody is not there


@contextmanager
def one_more(demo: RunningDemo, **settings: str) -> Iterator[str]:
    """Start one more instance of the site, with settings of its own."""
    port = free_port()
    site = f"http://localhost:{port}"
    environment = demo.environment | {"DEMO_SITE_URL": site, "LABS": "true"} | settings
    command = [
        sys.executable,
        "-m",
        "waitress",
        f"--listen=127.0.0.1:{port}",
        "--threads=8",
        "authdemo.wsgi:application",
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_until_listening(port)
    yield site
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def alone(demo: RunningDemo) -> Iterator[str]:
    """One with neither hostile pages nor orders where it looks for them."""
    hostile, orders = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    with one_more(demo, DEMO_HOSTILE_URL=hostile, DEMO_ORDERS_URL=orders) as site:
        yield site


@pytest.fixture(scope="module")
def symmetric(demo: RunningDemo) -> Iterator[str]:
    """One that signs with a secret."""
    with one_more(demo, JWT_ALGORITHM="HS256") as site:
        yield site


def test_without_orders_the_row_says_how_to_start_it(alone):
    answer = Learner(ATTACKS, alone).attack("alg-none")
    assert answer.status_code == 200
    assert "Nobody answers there. Start it: python manage.py demo --outside" in answer.text
    assert [(name, status) for name, status, _ in rows(answer.text)][:2] == [("naive", "200"), ("site", "401")]
    assert "The verifier that is wrong on purpose takes it" in answer.text


@pytest.mark.parametrize("slug", ["jku-in-header", "x5u-in-header"])
def test_without_the_hostile_pages_it_says_how_to_start_them(alone, slug):
    answer = Learner(ATTACKS, alone).attack(slug)
    assert answer.status_code == 503
    assert "The hostile pages do not answer" in answer.text
    assert "python manage.py demo --outside" in answer.text


def test_a_site_that_signs_with_a_secret_says_why_nothing_was_tried(demo, symmetric):
    def alive() -> int:
        code = "from jwt_app.models import RefreshFamily as F\nprint(F.objects.filter(revoked_at=None).count())"
        return int(demo.shell(code))

    before, own = alive(), tokens(symmetric, "bob")["access"]
    assert requests.get(f"{symmetric}/jwt/.well-known/jwks.json", timeout=20).json() == {"keys": []}
    learner = Learner(ATTACKS, symmetric)
    for slug in ("readable-payload", "weak-secret", "wrong-token-type", "expired", "jku-in-header"):
        for token in ("", own):
            answer = learner.attack(slug, token)
            assert answer.status_code == 503, slug
            assert "This site signs with a secret (JWT_ALGORITHM), and has no public key." in answer.text
            assert rows(answer.text) == []
    assert alive() == before + 1  # bob's
