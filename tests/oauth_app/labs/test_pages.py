"""The pages on OAuth2, on both of its halves, lead to one another."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

pytestmark = pytest.mark.django_db
FIRST = "/oauth/"
PAGES = [
    "/oauth/flow/",
    "/oauth/id-token/",
    "/oauth/behalf/",
    "/oauth/third-party/",
    "/oauth/connections/",
    "/oauth/attacks/",
    "/oauth/set-up/",
    "/oauth/notes/",
    "/oauth/apps/",
    "/oauth/clients/",
    "/oauth/introspection/",
    "/oauth/attacks/apps/",
]
DEVICE = "/identity/o/device"  # an address of the protocol, with no such links below it


@pytest.fixture
def client(client: Client, settings: Any) -> Client:
    """Somebody who is signed in: not every page is for everybody."""
    settings.LABS = settings.OAUTH_SET_UP_FOR_ALL = True
    client.force_login(get_user_model().objects.create_user("wanda", password="not-the-demo-s"))
    return client


def links(client: Client, path: str) -> str:
    """Return the links below a page, as HTML; "" where there are none."""
    response = client.get(path)
    assert response.status_code == 200
    found = re.findall(r'<nav class="experiments".*?</nav>', response.content.decode(), re.S)
    assert len(found) < 2
    return found[0] if found else ""


@pytest.mark.parametrize("path", PAGES)
def test_each_page_leads_to_all_others_and_says_where_one_is(client: Client, path: str) -> None:
    shown = links(client, path)
    assert "More on OAuth2" in shown
    assert re.findall(r'href="([^"]+)" aria-current="page"', shown) == [path]
    assert set(re.findall(r'href="([^"]+)"', shown)) == {FIRST, DEVICE, *PAGES}


def test_an_attack_belongs_to_the_attacks(client: Client) -> None:
    assert re.findall(r'href="([^"]+)" aria-current="true"', links(client, "/oauth/attacks/login-csrf/")) == [
        "/oauth/attacks/"
    ]


def test_the_first_page_introduces_them_itself(client: Client) -> None:
    assert links(client, FIRST) == ""


@pytest.mark.parametrize("path", ["/oauth/connections/", "/oauth/set-up/"])
def test_without_labs_nothing_leads_to_pages_that_do_not_exist(client: Client, settings: Any, path: str) -> None:
    settings.LABS = False
    assert links(client, path) == ""
