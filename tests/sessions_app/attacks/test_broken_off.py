"""Runs that break off half-way, browsers that start over meanwhile: nobody stays signed in, nothing is an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.test import Client

from authdemo.accounts.models import User
from authdemo.guard.models import Failures
from sessions_app.attacks.models import Trial
from tests.sessions_app.attacks.test_pages import BASE, text

pytestmark = pytest.mark.django_db(transaction=True)
PREDICTIONS = {"stolen-cookie": "both", "fixation": "both", "tampered-cookie": "read", "csrf": "both"}


@pytest.fixture
def site(live_server: Any, settings: Any) -> Any:
    """This site, so that it can be called. The victim has the demo's password."""
    settings.SITE_URL = live_server.url
    settings.ALLOWED_HOSTS = settings.LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "testserver"]
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith("CanonicalHostMiddleware")]
    User.objects.create_user("alice", "alice@example.com", settings.DEMO_PASSWORD)
    return settings


@contextmanager
def each_sign_in(do: Callable[[], None]) -> Iterator[None]:
    def receiver(**_: Any) -> None:
        do()

    user_logged_in.connect(receiver)
    try:
        yield
    finally:
        user_logged_in.disconnect(receiver)


def predicted(slug: str) -> Client:
    client = Client()
    client.post(f"{BASE}{slug}/predict/", {"prediction": PREDICTIONS[slug]})
    return client


@pytest.mark.parametrize("slug", ["stolen-cookie", "fixation", "csrf"])
def test_the_victim_is_not_left_signed_in_where_the_site_stops_answering(site, slug):
    client = predicted(slug)

    def stop() -> None:
        site.SITE_URL = "http://localhost:9"  # nobody listens there

    with each_sign_in(stop):
        client.post(f"{BASE}{slug}/send/")
    assert site.SITE_URL.endswith(":9"), "nobody signed in: the test would prove nothing"
    assert UserSession.objects.count() == 0


@pytest.mark.parametrize("slug", PREDICTIONS)
def test_a_victim_with_a_password_of_her_own_is_not_locked_out(site, slug):
    alice = User.objects.get()
    alice.set_password("a phrase of her own")
    alice.save()
    client = predicted(slug)
    for _ in range(6):
        answer = client.post(f"{BASE}{slug}/send/")
        assert answer.status_code == 503
        assert "alice has another password" in answer.content.decode()
    assert Failures.objects.count() == 0
    fields = {"username": "alice", "password": "a phrase of her own"}
    assert Client().post("/sessions/login/", fields).status_code == 302


def test_a_browser_that_starts_over_while_it_is_sent_gets_no_error(site):
    client = predicted("stolen-cookie")
    with each_sign_in(lambda: Trial.objects.all().delete() and None):
        answer = client.post(f"{BASE}stolen-cookie/send/")
    assert answer.status_code == 302
    assert "This browser has started over meanwhile" in text(client, f"{BASE}stolen-cookie/")
    assert Trial.objects.count() == 0


def test_two_hostile_pages_at_once_are_both_noted(learner, name_of, trial_of):
    name = name_of(learner)
    for key in ("cross shipped", "same shipped"):
        Trial.objects.add(name, "csrf", {"sent": {key: {"changed": False}}})
    Trial.objects.add(name, "csrf", {"story": []})
    assert trial_of(learner).result == {
        "sent": {"cross shipped": {"changed": False}, "same shipped": {"changed": False}},
        "story": [],
    }
