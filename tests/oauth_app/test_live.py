"""Against the real outside world, in real processes: both sides of each sign-in, as a browser without JavaScript."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from .person import Person

pytestmark = pytest.mark.live

PROVIDERS = ["GitHub", "Google", "Outside ID"]
FORGET = "User.objects.filter(socialaccount__isnull=False).delete()"


@pytest.fixture
def world(demo):
    """The running demo, without users that earlier tests made by a provider."""
    demo.shell(FORGET)
    return demo


@pytest.mark.parametrize("provider", PROVIDERS)
def test_sign_in_and_out(world, provider):
    person = Person(world.site)
    page = person.sign_in(provider)
    assert page.url == f"{world.site}/oauth/signed-in/"
    assert "A new user was made" in page.text
    assert person.username()
    # The password was typed at the provider, and what this browser holds of the site is a session, no token.
    assert "authdemo_session" in person.cookies
    person.sign_out()
    assert person.username() is None
    assert f"{provider} may still know you" in person.get("/oauth/").text
    # The provider asks for consent, not for the password.
    consent = person.follow(person.press(person.get("/oauth/"), f"Sign in with {provider}"))
    assert consent.url.startswith(world.providers)
    assert 'name="password"' not in consent.text
    assert "Welcome back" in person.follow(person.allow(consent)).text


def test_the_link_to_sign_out_at_the_provider_leads_to_its_page(world):
    person = Person(world.site)
    person.sign_in("GitHub")
    person.sign_out()
    page = person.get(f"{world.providers}/github/logout")
    assert f'href="{page.url}"' in person.get("/oauth/").text
    assert page.status_code == 200


@pytest.mark.parametrize("provider", PROVIDERS)
def test_eve_cannot_pass_for_bob(world, provider):
    eve = Person(world.site)
    page = eve.sign_in(provider, "eve.outside")
    assert page.status_code == 403
    assert "has not verified your e-mail address" in page.text
    assert eve.username() is None


def test_a_second_provider_asks_for_the_first_then_connects(world):
    Person(world.site).sign_in("GitHub")
    person = Person(world.site)
    page = person.sign_in("Google")
    assert page.status_code == 409
    start = person.press(page, "Sign in with GitHub")
    page = person.follow(person.allow(person.to_consent(start, "alice.outside")))
    assert "Now connect Google." in page.text
    start = person.press(page, "Connect Google")
    page = person.follow(person.allow(person.to_consent(start, "alice.outside")))
    assert page.url == f"{world.site}/oauth/connections/"
    assert '<span class="value">2001</span>' in page.text
    assert Person(world.site).sign_in("Google").status_code == 200


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_is_no(world, provider):
    person = Person(world.site)
    consent = person.to_consent(person.press(person.get("/oauth/"), f"Sign in with {provider}"), "bob.outside")
    answer = person.press(consent, "Deny", action="deny")
    page = person.follow(answer)
    assert page.status_code == 403
    assert "You said no" in page.text
    assert person.username() is None


def test_a_code_is_good_once_and_in_one_browser(world):
    person, thief = Person(world.site), Person(world.site)
    consent = person.to_consent(person.press(person.get("/oauth/"), "Sign in with Outside ID"), "bob.outside")
    callback = person.allow(consent).headers["Location"]
    assert thief.get(callback).status_code == 400
    assert person.follow(person.get(callback)).status_code == 200
    assert person.get(callback).status_code == 400
    assert person.username() == "bob.outside"


def test_a_sign_in_may_come_back_to_the_other_instance(world):
    person = Person(world.site)
    consent = person.to_consent(person.press(person.get("/oauth/"), "Sign in with GitHub"), "bob.outside")
    callback = person.allow(consent).headers["Location"]
    answer = person.get(callback.replace(world.site, world.site_b))
    # RFC 6749 §4.1.3: the redirect_uri of the exchange must be that of the request, so the code is refused.
    assert answer.status_code == 502
    assert person.username() is None


@pytest.mark.parametrize("provider", ["Google", "Outside ID"])
def test_an_id_token_and_user_info_that_name_two_people_sign_in_nobody(world, provider):
    """The signature, the audience, the nonce: all else is right."""
    person = Person(world.site)
    start = person.press(person.get("/oauth/"), f"Sign in with {provider}")
    callback = person.allow(person.to_consent(start, "mallory.outside")).headers["Location"]
    [code] = parse_qs(urlsplit(callback).query)["code"]
    ordered = requests.post(f"{world.providers}/tampering/", json={"code": code, "kind": "changed-sub"}, timeout=20)
    assert ordered.status_code == 204
    page = person.get(callback)
    assert page.status_code == 502
    assert "Refused by the check of <code>sub</code>." in page.text
    assert person.username() is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_first_visits_at_once_over_two_instances_make_one_user(world, provider):
    visit_at_once(world, provider)


@pytest.mark.postgres
@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_on_postgresql(demo_postgres, provider):
    demo_postgres.shell(FORGET)
    visit_at_once(demo_postgres, provider)


def visit_at_once(world, provider):
    people = [Person(world.site if number % 2 else world.site_b) for number in range(8)]
    callbacks = []
    for person in people:
        start = person.press(person.get("/oauth/"), f"Sign in with {provider}")
        callbacks.append(person.allow(person.to_consent(start, "mallory.outside")).headers["Location"])

    def come_back(pair):
        return pair[0].follow(pair[0].get(pair[1]))

    with ThreadPoolExecutor(len(people)) as pool:
        pages = list(pool.map(come_back, zip(people, callbacks, strict=True)))
    assert [page.status_code for page in pages] == [200] * len(people)
    assert len({person.username() for person in people}) == 1
    assert None not in {person.username() for person in people}
    counted = world.shell("print(User.objects.filter(email='mallory@outside.example').count())")
    assert counted.strip() == "1"


def test_nothing_of_a_sign_in_is_in_the_logs(world):
    person = Person(world.site)
    start = person.press(person.get("/oauth/"), "Sign in with Google")
    callback = person.allow(person.to_consent(start, "bob.outside")).headers["Location"]
    person.follow(person.get(callback))
    code = callback.split("code=")[1].split("&")[0]
    assert code not in world.output
    assert person.cookies["authdemo_session"] not in world.output


@pytest.mark.parametrize(
    "path", ["/oauth/", "/oauth/accounts/github/login/", "/oauth/accounts/google/login/callback/"]
)
def test_pages_at_127_0_0_1_move_to_localhost(world, path):
    person = Person(world.site)
    answer = person.get(urljoin(world.site.replace("localhost", "127.0.0.1"), path))
    assert answer.headers["Location"] == world.site + path
