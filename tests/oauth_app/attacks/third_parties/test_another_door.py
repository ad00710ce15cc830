"""A code of Glue & Scissors is brought to the running Paper & Ink: the app takes it to the site, which refuses it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from authdemo.third_party import APPS
from tests.fixtures.demo import RunningDemo
from tests.oauth_app.person import Person

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("nothing_allowed")]
PAPER, GLUE = APPS[0], APPS[1]


def query_of(answer: requests.Response) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def code_for(demo: RunningDemo, user: Person, app: str, callback: str, asked: dict[str, str]) -> dict[str, str]:
    """Let the user allow this app what the other one asks for: with its state, nonce and PKCE challenge."""
    changed = asked | {"client_id": app, "redirect_uri": demo.third_party + callback}
    page = user.get(f"{demo.site}/identity/o/authorize?{urlencode(changed)}")
    return query_of(user.press(page, "Allow", action="allow", scopes=asked["scope"].split()))


@pytest.mark.parametrize(("app", "taken"), [(PAPER, True), (GLUE, False)], ids=["its own", "of another app"])
def test_a_code_at_the_callback(demo: RunningDemo, app, taken) -> None:
    """All else fits, as after a mix-up: who brings it has set out, and `iss` is the site's. The client does not."""
    alice, visitor = Person(demo.site), Person(demo.third_party)
    alice.sign_in_with_password("alice")
    asked = query_of(visitor.press(visitor.get("/"), "Connect my notes"))
    got = code_for(demo, alice, app.pk, app.callback, asked)
    assert (got["state"], got["iss"]) == (asked["state"], demo.site)
    answer = visitor.get(f"/callback/?{urlencode(got)}")
    page = visitor.get("/notes/")
    if taken:
        assert (answer.status_code, page.status_code) == (302, 200)
        assert "Notes of alice" in page.text
    else:
        assert answer.status_code == 400
        assert "The site did not take the code" in answer.text
        assert page.status_code == 403
        assert "No notes are connected" in page.text
