"""The page "Verify or ask", against the running demo: really called, really ended, and nothing left behind."""

from __future__ import annotations

import html
import re

import pytest
import requests

from authdemo.device.client import csrf_token
from tests.fixtures.demo import RunningDemo

PAGE = "/oauth/introspection/"
LEFT = """
from allauth.idp.oidc.models import Client, Token
from oauth_app.provider.models import Consent, Grant
of_lab = dict(client__name="The page “Verify or ask”")
print("left", Client.objects.filter(name="The page “Verify or ask”").count(), Token.objects.filter(**of_lab).count(),
      Consent.objects.filter(**of_lab).count())
"""


def press(site: str, jar: requests.Session, **fields: str) -> str:
    token = csrf_token(jar.get(site + PAGE, timeout=30).text)
    answer = jar.post(f"{site}{PAGE}run/", {"csrfmiddlewaretoken": token, **fields}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.text


def text(part: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())


def rows(page: str) -> dict[str, list[str]]:
    """The cells of each row, by its first."""
    found = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S) for row in page.split("<tr>")[2:]]
    return {text(cells[0]): [text(cell) for cell in cells[1:3]] for cells in found if len(cells) >= 3}


@pytest.mark.live
def test_the_one_goes_on_and_the_other_is_over_at_once(demo: RunningDemo) -> None:
    jar = requests.Session()
    page = press(demo.site, jar, prediction="verified")
    table = rows(page)
    assert "You were right. After both had ended at the site, orders still took the JWT" in text(page)
    assert table["5 calls, each answered with"] == ["200, 200, 200, 200, 200"] * 2
    verified, asked = table["Orders called the site"]
    assert re.match(r"[01] time", verified)
    assert asked == "5 times"
    nothing, statements = table["Statements at the site for that"]
    assert nothing == "0"
    # The client and the token; the first one also writes "last used".
    assert statements == "11 (3 + 2 + 2 + 2 + 2)"
    over = table["After the end"]
    assert over[0].startswith("200 accepted , and so it goes on until")
    assert over[1] == "401 token_inactive"
    assert "left 0 0 0" in demo.shell(LEFT)

    again = press(demo.site, jar, prediction="asked")
    assert "You expected: “Only the opaque token" in text(again)
    assert rows(again)["Orders called the site"][0].startswith("0 times: it had")


@pytest.mark.django_db
def test_where_nobody_answers_it_says_so(client, settings):
    settings.LABS, settings.LOOPBACK_HOSTS = True, [*settings.LOOPBACK_HOSTS, "testserver"]
    settings.SITE_URL = settings.ORDERS_URL = "http://127.0.0.1:9"
    answer = client.post(f"{PAGE}run/", {"prediction": ""}, follow=True)
    assert answer.status_code == 200
    assert "could not be tried" in answer.content.decode()
    settings.LABS = False
    assert client.get(PAGE).status_code == 404
