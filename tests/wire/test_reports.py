"""Reports of the outside world: who may send them, what becomes of them, and what a strange one can do (nothing)."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpResponseRedirect
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from authdemo.wire import flows
from authdemo.wire.models import KEPT_PER_BROWSER, Exchange
from tests.oauth_app.conftest import Company, company  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
JSON = "application/json"
LOGIN = "/oauth/accounts/github/login/"


@pytest.fixture(autouse=True)
def demo(settings: Any, company: Company) -> Any:  # noqa: F811
    """The demo on this machine, with a provider that is well."""
    settings.LABS, settings.ALLOWED_HOSTS = True, ["localhost"]
    return settings


def stranger() -> Client:
    return Client(headers={"host": "localhost"})


def with_open_panel() -> Client:
    client = stranger()
    assert client.post("/wire/open/").status_code == 302
    return client


@pytest.fixture
def browser(demo: Any) -> Client:
    """A browser with its panel open."""
    return with_open_panel()


def begin(browser: Client) -> str:
    """Begin a sign-in and return its state."""
    return parse_qs(urlsplit(browser.post(LOGIN)["Location"]).query)["state"][0]


def begin_alone(browser: Client) -> str:
    """The same with nothing else on the page: to show a hundred strange reports a hundred times proves no more."""
    Exchange.objects.all().delete()
    return begin(browser)


def report(state: str, /, **changes: Any) -> dict[str, Any]:
    return {
        "state": state,
        "host": "127.0.0.1:9000",
        "method": "POST",
        "path": "/github/login",
        "at": timezone.now().isoformat(),
        "milliseconds": 12.5,
        "query": [["next", f"/github/login/oauth/authorize?state={state}&client_id=authdemo-github"]],
        "fields": ["csrfmiddlewaretoken", "username", "password"],
        "cookies": ["outside_csrf"],
        "status": 302,
        "location": f"/github/login/oauth/authorize?state={state}",
        "set_cookies": ["outside_github", "outside_csrf"],
    } | changes


def send(data: Any, **how: Any) -> Any:
    """Send it as the outside world does: no cookies, no CSRF token."""
    program = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    content = data if isinstance(data, str | bytes) else json.dumps(data)
    return program.post("/wire/reports/", content, content_type=how.pop("content_type", JSON), **how)


def reported() -> list[Exchange]:
    return list(Exchange.objects.filter(leg=Exchange.Leg.OUTSIDE))


def page(browser: Client) -> str:
    return browser.get("/wire/").content.decode()


# ---- A good one


def test_a_report_is_in_the_list_of_the_browser_whose_flow_it_is(browser):
    other = with_open_panel()
    begin(other)
    state = begin(browser)
    assert send(report(state)).status_code == 204
    assert "POST /github/login<" in page(browser)
    assert "POST /github/login<" not in page(other)
    assert state not in page(browser)
    (kept,) = reported()
    assert (kept.host, kept.status, kept.microseconds, kept.asked) == ("127.0.0.1:9000", 302, 12_500, False)
    assert [one["place"] for one in kept.carried] == ["Body password"]
    assert "Never kept" in page(browser)


def test_of_what_was_not_told_there_is_a_name_and_no_length(browser):
    send(report(begin(browser), cookies=["outside_github"], query=[["request", None], ["state", None]]))
    (kept,) = reported()
    untold = [*kept.request["cookies"], *kept.request["query"], *kept.request["body"]["fields"]]
    assert {frozenset(value) for _, value in untold} == {frozenset({"mask", "kind"})}
    assert kept.carried[0]["kind"] == "session key at the provider"
    assert "told its name only" in page(browser)


def test_the_same_state_is_recognised_in_front_and_outside(browser):
    send(report(begin(browser), query=[["state", "another"]]))
    in_front = dict(Exchange.objects.get(path=LOGIN).response["headers"])["Location"]["query"]
    outside = reported()[0].response["headers"][0][1]["query"]
    assert dict(in_front)["state"]["fingerprint"] == dict(outside)["state"]["fingerprint"]


def test_nothing_of_a_report_is_trusted(browser):
    secret = "hunter2-hunter2-hunter2"
    data = report(
        begin(browser), host=f"{secret}.example", path=f"/{secret}", method=secret, query=[[secret, secret]],
        fields=[secret], cookies=[secret], set_cookies=[secret], location=f"https://{secret}/{secret}?{secret}={secret}",
    )  # fmt: skip
    assert send(data).status_code == 204
    assert secret not in page(browser)
    assert secret not in json.dumps(list(Exchange.objects.values()), default=str)
    assert reported()[0].host == "•••"


@pytest.mark.parametrize(
    "said", ["2001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"]
)
def test_a_report_cannot_be_of_tomorrow_or_of_last_year(browser, said):
    assert send(report(begin(browser), at=said)).status_code == 204
    now = timezone.now()
    for kept in reported():
        assert now - timedelta(hours=1, seconds=10) <= kept.at <= now


def test_reports_push_out_the_oldest_as_any_exchange_does(browser):
    state = begin(browser)
    for _ in range(KEPT_PER_BROWSER + 3):
        send(report(state))
    assert Exchange.objects.count() == KEPT_PER_BROWSER


# ---- Who may


def test_a_state_that_nobody_was_given(browser):
    begin(browser)
    answer = send(report("not-that-one"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not reported()


def test_a_flow_of_a_closed_panel_is_nobodys():
    state = begin(stranger())
    assert send(report(state)).status_code == 404


@pytest.mark.parametrize("how", ["/wire/close/", "/start-over/"])
def test_a_flow_under_way_is_nobodys_once_the_panel_is_closed(browser, how):
    state = begin(browser)
    browser.post(how)
    assert send(report(state)).status_code == 404
    assert not reported()


def test_opened_again_it_goes_on(browser):
    state = begin(browser)
    browser.post("/wire/close/")
    browser.post("/wire/open/")
    assert send(report(state)).status_code == 204
    browser.post("/wire/close/")
    browser.post("/workshop/tour/start/")
    assert send(report(state)).status_code == 204


def test_a_flow_is_forgotten_after_its_hour(browser, settings):
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    state = begin(browser)
    cache: Any = caches["default"]
    left = [ends - timezone.now().timestamp() for ends in cache._expire_info.values()]
    assert [3590 < seconds <= 3600 for seconds in left] == [True]
    cache.clear()
    assert send(report(state)).status_code == 404


@pytest.mark.parametrize("how", ["another machine", "production", "a name that others can reach"])
def test_from_elsewhere_there_is_nothing_here(browser, settings, how):
    state = begin(browser)
    if how == "production":
        settings.LABS = False
    if how == "a name that others can reach":
        settings.ALLOWED_HOSTS = ["localhost", "authdemo.example"]
    address = "192.0.2.7" if how == "another machine" else "127.0.0.1"
    answer = send(report(state), REMOTE_ADDR=address)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not reported()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_what_a_page_of_another_site_can_make_a_browser_send_is_refused(browser, kind):
    """A form or plain text crosses origins without a question; JSON does not."""
    answer = send(json.dumps(report(begin(browser))), content_type=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert not reported()


def test_it_takes_a_post_and_nothing_else():
    client = stranger()
    assert {client.get("/wire/reports/").status_code, client.put("/wire/reports/").status_code} == {405}


def test_it_is_not_recorded_itself(browser):
    state = begin(browser)
    before = Exchange.objects.count()
    browser.post("/wire/reports/", json.dumps(report(state)), content_type=JSON)
    assert Exchange.objects.count() == before + 1
    assert "/wire/reports/" not in page(browser)


# ---- Strange ones


@pytest.mark.parametrize("size", [16 * 1024 + 1, 3 * 1024 * 1024])
def test_a_huge_one(browser, size):
    data = json.dumps(report(begin(browser)))
    answer = send(data + " " * (size - len(data)))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not reported()


def test_one_of_just_that_size(browser):
    data = json.dumps(report(begin(browser)))
    assert send(data + " " * (16 * 1024 - len(data))).status_code == 204


STRANGE: dict[str, Any] = {
    "state": ["", None, 1, "x" * 2001],
    "host": [None, [], "x" * 2001],
    "method": [None, 5],
    "path": [None, "x" * 2001],
    "at": [None, 0, "", "yesterday", "2026-11-24T10:00:00", "2026-13-01T00:00:00+00:00"],
    "milliseconds": [None, "1", True, -1, float("nan"), float("inf"), 10**30],
    "query": [None, {}, "a=b", [["a"]], [["a", 1]], [[None, "b"]], [["a", "b", "c"]], [["a", "b"]] * 61],
    "fields": [None, [1], [["password", "secret"]], {"password": "x"}, ["a"] * 61],
    "cookies": [None, [None]],
    "status": [None, "302", -1, 1000, True],
    "location": [1, [], "x" * 2001],
    "set_cookies": [None, [{}]],
}
CASES = [(name, value) for name, values in STRANGE.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{name}-{number}" for number, (name, _) in enumerate(CASES)])
def test_a_part_of_another_shape(browser, name, value):
    answer = send(report(begin(browser), **{name: value}))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not reported()


def test_a_part_too_much_or_missing(browser):
    data = report(begin(browser))
    assert send(data | {"more": 1}).status_code == 400
    for name in data:
        assert send({key: value for key, value in data.items() if key != name}).status_code == 400


@pytest.mark.parametrize(
    "content",
    [b"{", b"null", b"[]", b"\xff\xfe", b"[" * 15_000, b"9" * 10_000, b'"\\ud800"'],
    ids=["cut off", "null", "list", "no UTF-8", "nested", "number", "half a character"],
)
def test_no_report_at_all(content):
    answer = send(content)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(some.characters(), max_size=60),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
TEXT = some.text(some.characters(), max_size=80) | some.from_regex(r"https?://[\[\]:/?#@%&=a-z\x00]{0,40}")


@hypothesis_settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=some.sampled_from(sorted(STRANGE)), value=ANYTHING)
def test_whatever_stands_in_a_part_it_is_no_error_of_ours(browser, part, value):
    state = begin_alone(browser)
    assert send(report(state, **{part: value})).status_code in {204, 400, 404, 413}
    assert page(browser)


@hypothesis_settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=TEXT, pairs=some.lists(some.tuples(TEXT, TEXT | some.none()), max_size=4), names=some.lists(TEXT, max_size=4)
)
def test_whatever_text_it_holds_it_is_kept_and_shown(browser, text, pairs, names):
    data = report(
        begin_alone(browser), host=text, path=text, method=text, location=text, query=pairs,
        fields=names, cookies=names, set_cookies=names,
    )  # fmt: skip
    assert send(data).status_code in {204, 413}
    assert page(browser)


# ---- What fails


def test_a_cache_that_fails_costs_the_reports_and_no_sign_in(browser, monkeypatch, caplog):
    state = begin(browser)

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError(f"no cache for {state}")

    class Broken(BaseCache):
        get = set = broken

    monkeypatch.setattr("authdemo.wire.flows.caches", {"default": Broken({})})
    with caplog.at_level(logging.ERROR, logger="authdemo.wire"):
        answer = browser.post(LOGIN)
        assert answer.status_code == 302
        assert send(report(state)).status_code == 404
    assert "a flow was not noted: ConnectionError" in caplog.text
    assert state not in caplog.text


@pytest.mark.parametrize(
    ("address", "begins"),
    [
        ("http://127.0.0.1:9000/github/login/oauth/authorize?state=known-state", True),
        ("http://127.0.0.1:9000/github/", False),
        ("https://evil.example/?state=known-state", False),
        ("/jwt/?state=known-state", False),
        ("http://[/?state=known-state", False),
    ],
)
def test_a_flow_begins_where_a_redirect_leads_to_a_provider_with_a_state(browser, rf, address, begins):
    request, response = rf.get("/"), HttpResponseRedirect("/")
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    response["Location"] = address
    flows.remember(request, response)
    assert bool(flows.browser_of("known-state")) == begins


def test_without_a_script_nothing_is_promised_that_only_a_script_does(browser):
    browser.post("/wire/clear/")
    Exchange.objects.all().delete()
    html = page(browser)
    assert "Nothing yet." in html
    assert "To see it, press “Look again”." in html
    assert ">Look again</a>" in html
    assert "two seconds" not in html
    assert '<p id="wire-empty" class="quiet" hidden>' in browser.get("/").content.decode()
