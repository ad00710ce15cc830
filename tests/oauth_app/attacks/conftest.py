"""A learner's browser, in process and at a running site."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from authdemo.wire import browser
from oauth_app.attacks.attempts import ATTEMPTS
from oauth_app.attacks.models import Trial

BASE = "/oauth/attacks/"
NAIVE = f"{BASE}naive/"
SLUGS = [attempt.slug for attempt in ATTEMPTS]


@pytest.fixture(autouse=True)
def labs(settings: Any) -> None:
    settings.LABS = True


@pytest.fixture
def learner(db: None, settings: Any) -> Client:
    """A browser on the demo's machine."""
    settings.ALLOWED_HOSTS = settings.LOOPBACK_HOSTS
    return Client(headers={"host": "localhost"})


def trial_of(client: Client, slug: str) -> Any:
    """Return the trial that a browser has of an attempt."""
    return Trial.objects.of(browser.browser_of(client.get("/healthz").wsgi_request), slug)


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", markup))).strip()


def answers(page: str) -> list[tuple[str, str, str, bool]]:
    """Return for each row of the page the side, the answer, whom it took the browser for, and whether it is marked."""
    found = re.findall(r'<tr class="(site|naive|careful|stock|provider)">(.*?)</tr>', page, re.DOTALL)
    rows = []
    for side, row in found:
        answer, who = re.findall(r"<td.*?</td>", row, re.DOTALL)
        rows.append((side, plain(answer), plain(who), "unsafe" in who))
    return rows
