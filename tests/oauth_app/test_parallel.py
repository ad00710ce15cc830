"""One code and one state come back twenty times at once: at most one sign-in, one account, one connection."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from demo.processes import free_port
from tests.fixtures.demo import ROOT, RunningDemo, wait_until_listening

from .conftest import PATHS, PROVIDERS, TOKEN, Company, listening, silence
from .person import Person

pytestmark = pytest.mark.live
AT_ONCE = 20
NAMES = {"github": "GitHub", "google": "Google", "outside": "Outside ID"}

COUNT_AND_FORGET = """
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
users = set(map(str, User.objects.filter(socialaccount__isnull=False).values_list("pk", flat=True)))
sessions = [row for row in Session.objects.all() if row.get_decoded().get("_auth_user_id") in users]
addresses = EmailAddress.objects.filter(user__in=users)
print(len(users), SocialAccount.objects.count(), addresses.count(), len(sessions))
User.objects.filter(pk__in=users).delete()
Session.objects.all().delete()
"""
CONNECTED_AND_FORGET = """
from allauth.socialaccount.models import SocialAccount
print(*SocialAccount.objects.values_list("user__username", flat=True))
SocialAccount.objects.all().delete()
"""


@dataclass
class Sites:
    """Two instances with one database, and what runs beside them."""

    demo: RunningDemo
    here: str
    there: str

    def left(self) -> list[int]:
        """Count users who came by a provider, connections, addresses, and sessions of those users. Then delete all."""
        return [int(number) for number in self.demo.shell(COUNT_AND_FORGET).split()]


@pytest.fixture(scope="module", params=["demo", "demo_postgres"])
def demo_on(request: pytest.FixtureRequest) -> RunningDemo:
    demo: RunningDemo = request.getfixturevalue(request.param)
    demo.shell(COUNT_AND_FORGET)
    return demo


@pytest.fixture(scope="module")
def with_the_outside_world(demo_on: RunningDemo) -> Sites:
    return Sites(demo_on, demo_on.site, demo_on.site_b)


@contextmanager
def instance(demo: RunningDemo, company: Company, name: str) -> Iterator[str]:
    """Run one more instance of the site, whose providers are the company."""
    port = free_port()
    site = f"http://localhost:{port}"
    addresses = {"DEMO_SITE_URL": site, "DEMO_PROVIDERS_URL": company.url, "INSTANCE_NAME": name}
    options = ["--threads=16", f"--listen=127.0.0.1:{port}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "waitress", *options, "authdemo.wsgi:application"], cwd=ROOT,
        env=demo.environment | addresses, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until_listening(port)
        yield site
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def company_for_all() -> Iterator[Company]:
    with listening() as company:
        company.google = f"{company.url}/google"
        yield company


@pytest.fixture
def company_at_work(company_for_all: Company) -> Company:
    company_for_all.spoiled.clear()
    company_for_all.calls.clear()
    return company_for_all


@pytest.fixture(scope="module")
def with_a_company(demo_on: RunningDemo, company_for_all: Company) -> Iterator[Sites]:
    """Its token endpoint never looks whether a code was used: to take it once is the site's part then."""
    with ExitStack() as stack:
        here, there = (stack.enter_context(instance(demo_on, company_for_all, name)) for name in "AB")
        for site in (here, there):  # what a process loads at its first requests would let them in one by one
            for provider in PROVIDERS:
                Person(site).get(callback_of(site, provider, "none"))
        yield Sites(demo_on, here, there)


def come_back(person: Person, callbacks: list[str]) -> list[Any]:
    """Ask for all of these addresses at once, each with the cookies that the browser has now."""
    barrier, cookies = Barrier(len(callbacks)), person.cookies.get_dict()

    def ask(callback: str) -> Any:
        tab = Person(person.site)
        tab.cookies.update(cookies)
        barrier.wait()
        answer = tab.get(callback, timeout=120)
        return answer, tab.username()

    with ThreadPoolExecutor(len(callbacks)) as pool:
        return list(pool.map(ask, callbacks))


def start(person: Person, provider: str, process: str = "") -> dict[str, str]:
    """Press the button; return what was sent to the provider."""
    page = person.get(f"/oauth/accounts/{PATHS[provider]}/login/" + (f"?process={process}" if process else ""))
    answer = person.press(page, f"Go to {NAMES[provider]}")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def callback_of(site: str, provider: str, state: str) -> str:
    return f"{site}/oauth/accounts/{PATHS[provider]}/login/callback/?code=a-code&state={state}"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_that_takes_a_code_twice(with_a_company, company_at_work, provider):
    sites, person = with_a_company, Person(with_a_company.here)
    sent = start(person, provider)
    company_at_work.nonce = sent.get("nonce", "")
    callbacks = [callback_of((sites.here, sites.there)[n % 2], provider, sent["state"]) for n in range(AT_ONCE)]
    answers = come_back(person, callbacks)
    assert Counter(answer.status_code for answer, _ in answers) == {302: 1, 400: AT_ONCE - 1}
    assert len([name for _, name in answers if name]) == 1
    assert sites.left() == [1, 1, 1, 1]
    assert [path for path, *_ in company_at_work.calls].count(TOKEN[provider]) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_connection_that_comes_back_twenty_times(with_a_company, company_at_work, provider):
    sites, person = with_a_company, Person(with_a_company.here)
    person.sign_in_with_password("bob")
    sent = start(person, provider, "connect")
    company_at_work.nonce = sent.get("nonce", "")
    callbacks = [callback_of((sites.here, sites.there)[n % 2], provider, sent["state"]) for n in range(AT_ONCE)]
    answers = come_back(person, callbacks)
    assert Counter(answer.status_code for answer, _ in answers) == {302: 1, 400: AT_ONCE - 1}
    assert [path for path, *_ in company_at_work.calls].count(TOKEN[provider]) == 1
    assert person.username() == "bob"
    assert sites.demo.shell(CONNECTED_AND_FORGET).split() == ["bob"]


def granted(person: Person, provider: str) -> str:
    """Go to the outside world and say yes there; return the address to which it sends the browser back."""
    consent = person.to_consent(person.press(person.get("/oauth/"), f"Sign in with {NAMES[provider]}"), "bob.outside")
    return person.allow(consent).headers["Location"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_outside_world_sends_the_same_twenty_times(with_the_outside_world, provider):
    sites, person = with_the_outside_world, Person(with_the_outside_world.here)
    answers = come_back(person, [granted(person, provider)] * AT_ONCE)
    assert Counter(answer.status_code for answer, _ in answers) == {302: 1, 400: AT_ONCE - 1}
    assert len([name for _, name in answers if name]) == 1
    assert sites.left() == [1, 1, 1, 1]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_over_two_instances(with_the_outside_world, provider):
    """If the first is the instance that did not ask, nobody comes in: RFC 6749 §4.1.3 compares redirect_uri."""
    sites, person = with_the_outside_world, Person(with_the_outside_world.here)
    callback = granted(person, provider)
    answers = come_back(person, [callback, callback.replace(sites.here, sites.there)] * (AT_ONCE // 2))
    assert Counter(answer.status_code for answer, _ in answers) in (
        {302: 1, 400: AT_ONCE - 1},
        {502: 1, 400: AT_ONCE - 1},
    )
    came_in = len([name for _, name in answers if name])
    assert came_in == [answer.status_code for answer, _ in answers].count(302)
    assert sites.left() == [came_in] * 4


def test_a_provider_that_hangs_is_given_up_after_five_seconds(with_a_company, company_at_work):
    """The deadline as it comes, in a real process: the settings of other tests make it short."""
    person = Person(with_a_company.here)
    sent = start(person, "outside")
    company_at_work.nonce = sent["nonce"]
    company_at_work.spoiled["/oidc/jwks"] = silence(20)
    began = time.monotonic()
    page = person.get(callback_of(person.site, "outside", sent["state"]), timeout=60)
    assert page.status_code == 504
    assert 4.5 < time.monotonic() - began < 19
    assert "It did not answer in time." in page.text
    assert "Nobody was signed in here." in page.text
    assert with_a_company.left() == [0, 0, 0, 0]
