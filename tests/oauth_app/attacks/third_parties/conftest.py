"""Each attack on apps' access sent once, at a running site; its rows as a learner reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from oauth_app.attacks.third_parties.attempts import ATTACKS, ATTEMPTS
from tests.fixtures.demo import RunningDemo
from tests.fixtures.learner import Learner
from tests.oauth_app.attacks.conftest import learner, plain

__all__ = ["learner"]
BASE = "/oauth/attacks/apps/"
SLUGS = [attempt.slug for attempt in ATTEMPTS]
KEPT = """
import json
from allauth.idp.oidc.models import Client, Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from oauth_app.provider.models import Consent, Grant, GrantToken, Note, UsedRefreshToken
models = (User, Client, Token, UserSession, Session, Consent, Grant, GrantToken, Note, UsedRefreshToken)
print(json.dumps([sorted(str(pk) for pk in model.objects.values_list("pk", flat=True)) for model in models]))
"""


@dataclass
class Row:
    """What was sent, and what both answered. `stock` is "" where allauth as it comes was not asked."""

    words: str
    site: str
    stock: str
    unsafe: tuple[bool, bool]


def rows_of(page: str) -> list[Row]:
    rows = []
    for row in re.findall(r'<tr(?: class="control")?><th scope="row">.*?</tr>', page, re.DOTALL):
        head, site, stock = re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        words = plain(head.partition("<br>")[0])
        site, stock = site.replace("<br>", " "), stock.replace("<br>", " ")
        rows.append(Row(words, plain(site), plain(stock), ("unsafe" in site, "unsafe" in stock)))
    return rows


def kept(demo: RunningDemo) -> Any:
    return json.loads(demo.shell(KEPT))


@dataclass
class Tried:
    """The pages that came back, one for each attack."""

    demo: RunningDemo
    learner: Learner
    pages: dict[str, str] = field(default_factory=dict)

    def page(self, slug: str) -> str:
        if slug not in self.pages:
            answer = self.learner.attack(slug)
            assert answer.status_code == 200, answer.text
            self.pages[slug] = answer.text
        return self.pages[slug]

    def rows(self, slug: str) -> list[Row]:
        return rows_of(self.page(slug))


@pytest.fixture(scope="module")
def tried(demo: RunningDemo) -> Tried:
    return Tried(demo, Learner(ATTACKS, demo.site))


@pytest.fixture
def predict(learner: Any) -> Callable[[str], None]:
    def choose(slug: str) -> None:
        choice = ATTACKS.by_slug(slug).choices[0][0]
        assert learner.post(f"{BASE}{slug}/predict/", {"prediction": choice}).status_code == 302

    return choose
