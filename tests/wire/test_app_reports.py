"""Reports of somebody's app: into whose list they get, what becomes of them, and that a forged one does nothing."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from authdemo.wire.models import KEPT_PER_BROWSER, Exchange
from tests.oauth_app.provider.conftest import (  # noqa: F401  fixtures
    App,
    app,
    register,
)
from tests.wire.test_reports import report as of_a_provider
from tests.wire.test_reports import send

pytestmark = pytest.mark.django_db
STATE = "a-state-of-the-app-0123456789"


@pytest.fixture(autouse=True)
def demo(settings: Any) -> Any:
    settings.LABS, settings.ALLOWED_HOSTS = True, ["localhost"]
    caches["default"].clear()
    return settings


@pytest.fixture
def alices(alice: Any) -> Client:
    return at_localhost(alice)


@pytest.fixture
def bobs(bob: Any) -> Client:
    return at_localhost(bob)


def at_localhost(user: Any) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


@pytest.fixture
def browser(alices: Client, app: App) -> Client:  # noqa: F811
    """Alice's, with its panel open, on its way: it has brought the app's request."""
    alices.post("/wire/open/")
    assert app.ask(alices, state=STATE).status_code == 200
    return alices


def report(state: str = STATE, /, **changes: Any) -> dict[str, Any]:
    """A call of the app to this site, as it tells of it."""
    return {
        "state": state, "host": "localhost:8000", "method": "POST", "path": "/identity/o/api/token",
        "at": timezone.now().isoformat(), "milliseconds": 12.5, "query": [], "fields": [], "cookies": [],
        "status": 200, "location": None, "set_cookies": [], "end": "client", "authorization": "Basic",
        "form": [["grant_type", "authorization_code"], ["code", "a-code-of-thirty-characters-000"],
                 ["code_verifier", None]],
        "answer": [["access_token", None], ["expires_in", "900"], ["token_type", "Bearer"]],
        "request_id": None,
    } | changes  # fmt: skip


def told() -> list[Exchange]:
    return list(Exchange.objects.filter(leg__in=[Exchange.Leg.APP, Exchange.Leg.TOLD]))


def page(client: Client) -> str:
    return client.get("/wire/").content.decode()


# ---- A good one


def test_a_report_is_in_the_list_of_the_browser_that_has_brought_the_state(browser, bobs):
    bobs.post("/wire/open/")
    assert send(report()).status_code == 204
    assert "app → site, as the app tells it" in page(browser)
    assert "app → site" not in page(bobs)
    (kept,) = told()
    assert (kept.leg, kept.host, kept.status, kept.microseconds) == ("told", "localhost:8000", 200, 12_500)
    assert "The app told its name only." in page(browser)


def test_what_is_told_is_redacted_as_all_is(browser):
    send(report(request_id=str(uuid4())))
    kept = json.dumps(list(Exchange.objects.values()), default=str)
    assert "a-code-of-thirty-characters" not in kept
    assert STATE not in kept
    (one,) = told()
    fields = dict(one.request["body"]["fields"])
    assert (fields["grant_type"], fields["code"]["mask"]) == ("authorization_code", "a-co…")
    assert fields["code_verifier"] == {"mask": "•••", "kind": "PKCE verifier"}
    assert dict(one.request["headers"])["Authorization"] == {"mask": "•••", "kind": "password", "scheme": "Basic"}


def test_nothing_of_a_report_is_trusted(browser):
    secret = "hunter2-hunter2-hunter2"
    data = report(
        host=f"{secret}.example", path=f"/{secret}", method=secret, query=[[secret, secret]], fields=[secret],
        cookies=[secret], set_cookies=[secret], location=f"https://{secret}/?{secret}={secret}",
        form=[[secret, secret], ["scope", secret]], answer=[[secret, secret], ["error", secret]],
    )  # fmt: skip
    assert send(data).status_code == 204
    assert secret not in page(browser)
    assert secret not in json.dumps(list(Exchange.objects.values()), default=str)


def test_it_can_name_no_record_but_as_the_other_end_of_a_call(browser):
    number = str(uuid4())
    send(report(end="server", request_id=number))
    send(report(request_id=number))
    assert {one.leg: str(one.other_end) for one in told()} == {"app": "None", "told": number}


def test_of_apps_as_many_are_kept_as_of_all_else_and_neither_pushes_the_other_out(browser):
    others = Exchange.objects.exclude(leg="told").count()
    for _ in range(KEPT_PER_BROWSER + 3):
        send(report())
    assert len(told()) == KEPT_PER_BROWSER
    assert Exchange.objects.exclude(leg="told").count() == others


# ---- Who may


def test_a_state_that_no_browser_has_brought(alices, app):  # noqa: F811
    alices.post("/wire/open/")
    assert send(report()).status_code == 404
    app.ask(alices, state=STATE)
    assert send(report("another-one")).status_code == 404
    assert send(report()).status_code == 204


@pytest.mark.parametrize(
    "wrong", [{"client_id": "nobody"}, {"redirect_uri": "http://127.0.0.1:9001/callback/?more"}, {"state": None}]
)
def test_a_request_that_is_refused_here_begins_nothing(alices, app, wrong):  # noqa: F811
    alices.post("/wire/open/")
    assert app.ask(alices, **({"state": STATE} | wrong)).status_code in {200, 400}
    assert send(report()).status_code == 404


def test_a_closed_panel_is_told_nothing(alices, app):  # noqa: F811
    app.ask(alices, state=STATE)
    assert send(report()).status_code == 404


@pytest.mark.parametrize("how", ["/wire/close/", "/start-over/"])
def test_once_it_is_closed_it_is_told_no_more(browser, how):
    browser.post(how)
    assert send(report()).status_code == 404


def test_who_brings_a_state_after_another_gets_nothing_of_it(browser, bobs, app):  # noqa: F811
    bobs.post("/wire/open/")
    app.ask(bobs, state=STATE)
    send(report())
    assert "as the app tells it" in page(browser)
    assert "as the app tells it" not in page(bobs)


def test_the_states_of_apps_and_of_sign_ins_are_two_lists(browser):
    """Who brings the state of somebody's sign-in along, as an app's, gets no report of a provider by it."""
    assert send(of_a_provider(STATE)).status_code == 404
    assert send(report()).status_code == 204


@pytest.mark.parametrize("how", ["another machine", "production"])
def test_from_elsewhere_there_is_nothing_here(browser, settings, how):
    settings.LABS = how != "production"
    address = "192.0.2.7" if how == "another machine" else "127.0.0.1"
    assert send(report(), REMOTE_ADDR=address).status_code == 404
    assert not told()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_what_a_page_of_another_site_can_make_a_browser_send_is_refused(browser, kind):
    assert send(json.dumps(report()), content_type=kind).status_code == 415


# ---- Strange ones

STRANGE: dict[str, Any] = {
    "end": [None, "", "both", ["client"], {}],
    "authorization": [None, "Digest", ["Basic"], "Bearer abc"],
    "form": [None, {}, [["a"]], [["a", 1]], [["a", "b"]] * 61, [["a", "x" * 2001]]],
    "answer": [None, "x", [[None, "b"]]],
    "request_id": ["", "no-uuid", 5, [], "x" * 3000],
    "status": [-1, 1000, None],
}
CASES = [(name, value) for name, values in STRANGE.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{name}-{number}" for number, (name, _) in enumerate(CASES)])
def test_a_part_of_another_shape(browser, name, value):
    answer = send(report(**{name: value}))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not told()


def test_a_part_too_much_or_missing(browser):
    data = report()
    assert send(data | {"more": 1}).status_code == 400
    assert {send({key: value for key, value in data.items() if key != name}).status_code for name in data} == {400}
