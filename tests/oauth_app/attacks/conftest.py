"""A learner's browser, in process and at a running site."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
import requests
from django.test import Client

from authdemo.wire import browser
from oauth_app.attacks.attempts import ATTACKS, ATTEMPTS
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


class Learner(requests.Session):
    """A browser without JavaScript, at one site."""

    def __init__(self, site: str) -> None:
        super().__init__()
        self.site = site

    def press(self, page: str, action: str, **fields: str) -> requests.Response:
        """Post a form of this page."""
        shown = self.get(self.site + page, timeout=20).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)
        assert token, shown
        headers = {"Origin": self.site, "Referer": self.site + page}
        fields["csrfmiddlewaretoken"] = token[1]
        return self.post(self.site + action, fields, headers=headers, timeout=90)

    def attack(self, slug: str) -> requests.Response:
        """Predict and send."""
        page = f"{BASE}{slug}/"
        self.press(page, f"{page}predict/", prediction=ATTACKS.by_slug(slug).choices[0][0])
        return self.press(page, f"{page}send/")


def answers(page: str) -> list[tuple[str, str, str, bool]]:
    """Return for each row of the page the side, the answer, whom it took the browser for, and whether it is marked."""
    found = re.findall(r'<tr class="(site|naive|careful|stock|provider)">(.*?)</tr>', page, re.DOTALL)
    rows = []
    for side, row in found:
        answer, who = re.findall(r"<td.*?</td>", row, re.DOTALL)
        rows.append((side, plain(answer), plain(who), "unsafe" in who))
    return rows
