"""Many uses of one code, or of one refresh token, at once, over two processes: exactly one succeeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
import requests

from oauth_app.provider.adapter import DEVICE_CODE
from tests.oauth_app.person import Person

from .conftest import CALLBACK, CHALLENGE, REVOKE, TOKEN, VERIFIER

pytestmark = pytest.mark.live
CALLS = 20

MADE = f"""
from allauth.idp.oidc.models import Client
from oauth_app.provider import grants
from oauth_app.provider.models import Consent
client, new = Client.objects.get_or_create(id="racer", defaults=dict(name="Racer", type="public"))
client.set_scopes(["notes:read"])
client.set_redirect_uris(["{CALLBACK}"])
client.set_grant_types(["authorization_code", "refresh_token"])
client.save()
from django.db import transaction
import secrets
for _ in range(%d):
    code = secrets.token_urlsafe(32)
    with transaction.atomic():
        consent = Consent.given(User.objects.get(username="alice"), client, ["notes:read"], ["notes:read"])
        more = dict(scopes=["notes:read"], challenge="{CHALLENGE}", nonce="")
        grants.start(consent, code, redirect_uri="{CALLBACK}", **more)
    print("code", code)
"""


GONE = """
from allauth.idp.oidc.models import Client
Client.objects.filter(id__in=["racer", "racing-tv"]).delete()
"""


@pytest.fixture(params=["demo", pytest.param("demo_postgres", marks=pytest.mark.postgres)])
def running(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A demo that other tests use as well: with the clients goes what alice has allowed them here."""
    demo = request.getfixturevalue(request.param)
    yield demo
    demo.shell(GONE)


def codes(running: Any, number: int, program: str = MADE) -> list[str]:
    """Let alice allow the app that many times; return the codes."""
    return [line.split()[1] for line in running.shell(program % number).splitlines() if line.startswith("code ")]


def post(site: str, path: str, **form: str) -> requests.Response:
    return requests.post(site + path, data={"client_id": "racer", **form}, timeout=60)


def exchange(site: str, code: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return post(site, TOKEN, code=code, **form)


def refresh(site: str, token: str) -> requests.Response:
    return post(site, TOKEN, grant_type="refresh_token", refresh_token=token)


def at_once(running: Any, use: Any, value: str) -> list[Any]:
    """Use it many times in the same moment, half of them at each process."""
    start = Barrier(CALLS)

    def one(number: int) -> Any:
        start.wait()
        return use((running.site, running.site_b)[number % 2], value)

    with ThreadPoolExecutor(CALLS) as pool:
        return list(pool.map(one, range(CALLS)))


def call(site: str, access: str) -> int:
    bearer = {"Authorization": f"Bearer {access}"}
    return requests.get(f"{site}/oauth/api/notes/", headers=bearer, timeout=30).status_code


def one_won_and_all_is_over(running: Any, answers: list[requests.Response]) -> None:
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: CALLS - 1}
    assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    for site in (running.site, running.site_b):
        assert call(site, won["access_token"]) == 401
        assert refresh(site, won["refresh_token"]).json()["error"] == "invalid_grant"


def test_one_code_one_winner_and_its_tokens_end(running: Any) -> None:
    for code in codes(running, 8):
        one_won_and_all_is_over(running, at_once(running, exchange, code))


def test_one_refresh_token_one_winner_and_the_family_ends(running: Any) -> None:
    for code in codes(running, 8):
        first = exchange(running.site, code).json()
        one_won_and_all_is_over(running, at_once(running, refresh, first["refresh_token"]))
        assert call(running.site_b, first["access_token"]) == 401


def test_what_is_given_back_during_an_exchange_leaves_nothing_usable(running: Any) -> None:
    for code in codes(running, 8):
        first = exchange(running.site, code).json()
        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(refresh, running.site, first["refresh_token"])
            other = pool.submit(post, running.site_b, REVOKE, token=first["refresh_token"])
        assert other.result().status_code == 200
        left = one.result().json()
        assert call(running.site, left.get("access_token", first["access_token"])) == 401
        assert refresh(running.site, left.get("refresh_token", first["refresh_token"])).status_code == 400


TAKE_BACK = """
from oauth_app.provider.models import Consent
Consent.objects.get(client="racer", user__username="alice").revoke()
"""


def test_what_is_taken_back_during_exchanges_leaves_nothing_usable(running: Any) -> None:
    waiting = codes(running, 12)
    with ThreadPoolExecutor(len(waiting) + 1) as pool:
        ended = pool.submit(running.shell, TAKE_BACK)
        chains = [pool.submit(chain, running, code, ended) for code in waiting]
    ended.result()
    for access in [access for future in chains for access in future.result()]:
        assert call(running.site, access) == 401


def chain(running: Any, code: str, ended: Any) -> list[str]:
    """Exchange the code, refresh until that is refused, at most twice after the end; return all access tokens."""
    got: list[str] = []
    answer, more = exchange(running.site, code), 2
    while answer.status_code == 200 and more:
        got.append(answer.json()["access_token"])
        more -= ended.done()
        answer = refresh((running.site, running.site_b)[len(got) % 2], answer.json()["refresh_token"])
    assert answer.status_code == 400, answer.text
    return got


ALLOWED_DEVICE = """
from allauth.idp.oidc.models import Client
from oauth_app.provider.adapter import DEVICE_CODE, ProviderAdapter
from oauth_app.provider.more import devices
import secrets
client, new = Client.objects.get_or_create(id="racing-tv", defaults=dict(name="TV", type="public", secret="!"))
client.set_scopes(["notes:read"])
client.set_grant_types([DEVICE_CODE, "refresh_token"])
client.save()
for _ in range(%d):
    code = secrets.token_urlsafe(32)
    device = devices.start(client, code, ProviderAdapter().generate_user_code(), ["notes:read"])
    devices.decide(User.objects.get(username="alice"), device, ["notes:read"])
    print("code", code)
"""


def poll(site: str, code: str) -> requests.Response:
    form = {"client_id": "racing-tv", "grant_type": DEVICE_CODE, "device_code": code}
    return requests.post(site + TOKEN, data=form, timeout=60)


def test_one_device_code_one_winner_whose_tokens_go_on(running: Any) -> None:
    """Unlike a code of the browser's way: it never was in one, and a device asks again when an answer got lost."""
    for code in codes(running, 8, ALLOWED_DEVICE):
        answers = at_once(running, poll, code)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 400: CALLS - 1}
        assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
        [won] = [answer.json() for answer in answers if answer.status_code == 200]
        assert {call(site, won["access_token"]) for site in (running.site, running.site_b)} == {200}


ADD, ROUNDS = "/oauth/clients/add/", 6
OF_BOB = """
from allauth.idp.oidc.models import Client
from oauth_app.provider.more import registration
bob = User.objects.get(username="bob")
mine = Client.objects.filter(owner=bob)
"""
ONE_PLACE_LEFT = """
mine.delete()
for number in range(registration.MOST_APPS - 1):
    Client.objects.create(id=f"of-bob-{number}", name="Of bob", type="public", secret="!", owner=bob)
for _ in range(%d):
    print("code", registration.ticket(bob))
"""


def register(cookies: dict[str, str], tickets: Iterator[str], site: str, _: str) -> int:
    """Send a form that is filled in, with the next ticket; return the status."""
    form = {
        "ticket": next(tickets), "name": "One more", "kind": "public", "addresses": CALLBACK,
        "scopes": ["notes:read"], "csrfmiddlewaretoken": cookies["authdemo_csrf"],
    }  # fmt: skip
    origin = {"Origin": site}
    answer = requests.post(site + ADD, data=form, cookies=cookies, headers=origin, timeout=60, allow_redirects=False)
    return answer.status_code


def test_of_many_forms_for_the_last_place_one_registers_an_app(running: Any) -> None:
    bob = Person(running.site)
    bob.sign_in_with_password("bob")
    bob.get(ADD)  # the token against forgery
    try:
        for _ in range(ROUNDS):
            tickets = iter(codes(running, CALLS, OF_BOB + ONE_PLACE_LEFT))
            answers = at_once(running, partial(register, dict(bob.cookies), tickets), "")
            assert Counter(answers) == {201: 1, 302: CALLS - 1}
            assert "there are 10" in running.shell(OF_BOB + "print('there are', mine.count())")
    finally:
        running.shell(OF_BOB + "mine.delete()")
