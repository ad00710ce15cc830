"""The password that everybody knows opens the demo on this machine, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from authdemo.accounts.models import User

pytestmark = pytest.mark.django_db
Door = Callable[[Client, str], int]
NAME = "www.example.com"


def sessions(client: Client, password: str) -> int:
    return client.post("/sessions/login/", {"username": "alice", "password": password}).status_code


def jwt(client: Client, password: str) -> int:
    body = {"username": "alice", "password": password}
    return client.post("/jwt/api/token/", body, content_type="application/json").status_code


def admin(client: Client, password: str) -> int:
    return client.post("/admin/login/", {"username": "alice", "password": password}).status_code


# The door, the status that lets in, the one that refuses.
DOORS = pytest.mark.parametrize(
    ("door", "opened", "closed"), [(sessions, 302, 401), (jwt, 200, 401), (admin, 302, 200)]
)


@pytest.fixture
def alice(settings: Any) -> User:
    """Somebody who may enter everywhere, and who has the public password."""
    return User.objects.create_superuser("alice", "alice@example.com", settings.DEMO_PASSWORD)


@pytest.fixture
def demo(settings: Any) -> Any:
    """What `manage.py demo` sets."""
    settings.DEBUG, settings.LABS, settings.ALLOWED_HOSTS = False, True, list(settings.LOOPBACK_HOSTS)
    return settings


def browser(host: str = "localhost", address: str = "127.0.0.1") -> Client:
    return Client(headers={"host": host}, REMOTE_ADDR=address)


@DOORS
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_in_the_demo_on_this_machine_it_opens(
    demo: Any, alice: User, door: Door, opened: int, closed: int, address: str
) -> None:
    assert door(browser(address=address), demo.DEMO_PASSWORD) == opened
    assert door(browser(address=address), "wrong") == closed


@DOORS
@pytest.mark.parametrize("labs", [False, True])
def test_under_a_real_name_it_opens_nothing(
    demo: Any, alice: User, door: Door, opened: int, closed: int, labs: bool
) -> None:
    """Also with LABS on, and also where a proxy on the same machine asks for everybody."""
    demo.LABS, demo.ALLOWED_HOSTS = labs, [NAME]

    assert alice.check_password(demo.DEMO_PASSWORD)
    assert door(browser(NAME), demo.DEMO_PASSWORD) == closed


@DOORS
def test_a_site_that_is_no_demo_does_not_know_it(demo: Any, alice: User, door: Door, opened: int, closed: int) -> None:
    demo.LABS = False

    assert door(browser(), demo.DEMO_PASSWORD) == closed


@DOORS
@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", ""])
def test_from_another_machine_it_opens_nothing(
    demo: Any, alice: User, door: Door, opened: int, closed: int, address: str
) -> None:
    assert door(browser(address=address), demo.DEMO_PASSWORD) == closed


@DOORS
def test_a_password_of_ones_own_opens_everywhere(demo: Any, alice: User, door: Door, opened: int, closed: int) -> None:
    alice.set_password("correct horse")
    alice.save()
    demo.LABS, demo.ALLOWED_HOSTS = False, [NAME]

    assert door(browser(NAME, "192.0.2.7"), "correct horse") == opened


def test_a_command_asks_without_a_request(demo: Any, alice: User) -> None:
    known = {"username": "alice", "password": demo.DEMO_PASSWORD}

    assert authenticate(**known) == alice
    demo.ALLOWED_HOSTS = [NAME]
    assert authenticate(**known) is None
