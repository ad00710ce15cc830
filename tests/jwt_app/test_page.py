"""The page, as far as it goes without a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def local(settings: Any) -> Client:
    """A browser on a machine where the site answers to this machine only."""
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]
    return Client(headers={"host": "localhost"})


def test_without_users_the_page_says_how_to_make_some(local: Client) -> None:
    assert "python manage.py seed_demo" in local.get(reverse("jwt:client")).content.decode()


def test_where_the_demo_accounts_may_not_be_it_names_another_command(client: Client) -> None:
    assert "python manage.py createsuperuser" in client.get(reverse("jwt:client")).content.decode()


def test_the_password_of_the_demo_stands_only_on_a_local_demo(local: Client, alice: Any, settings: Any) -> None:
    assert "workshop-2026" in local.get(reverse("jwt:client")).content.decode()
    settings.DEBUG = False
    assert "workshop-2026" not in local.get(reverse("jwt:client")).content.decode()


def test_without_javascript_it_says_why_not_and_shows_curl(client: Client, alice: Any) -> None:
    html = client.get(reverse("jwt:client")).content.decode()

    assert "This page needs JavaScript" in html
    # A form that JavaScript does not handle would put the password into the address.
    assert re.search(r'<div id="client" hidden\s', html)
    for path in ("token/", "whoami/", "me/", "token/refresh/", "token/blacklist/"):
        assert f"$SITE/jwt/api/{path}" in html


def test_nothing_inline(client: Client) -> None:
    html = client.get(reverse("jwt:client")).content.decode()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)


def test_without_an_orders_service_there_is_no_button_for_it(client: Client, settings: Any) -> None:
    assert 'data-call="orders"' in client.get(reverse("jwt:client")).content.decode()
    settings.ORDERS_URL = ""
    assert 'data-call="orders"' not in client.get(reverse("jwt:client")).content.decode()
