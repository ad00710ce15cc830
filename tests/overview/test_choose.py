"""The questions as somebody meets them: a form without JavaScript, whose answer has an address of its own."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from authdemo.overview.cases import CALLERS
from authdemo.overview.decision import NOT_BOTH
from tests.overview.results import measured

pytestmark = pytest.mark.django_db
ALL = "&".join(f"calls={caller}" for caller in CALLERS)


def page_of(client: Client, query: str, status: int = 200) -> str:
    answer = client.get(f"/choose/?{query}")
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def checked(page: str) -> set[str]:
    boxes = re.findall(r"<input[^>]*>", page)
    return {re.findall(r'value="([^"]*)"', box)[0] for box in boxes if " checked" in box}


@pytest.mark.parametrize("path", ["/", "/choose/"])
def test_the_questions_are_a_form_that_leads_to_an_address(client, path):
    page = html.unescape(client.get(path).content.decode())
    assert '<form method="get" action="/choose/"' in page
    for words in CALLERS.values():
        assert f"<span>{words}</span>" in page
    assert checked(page) == {"own", "soon"}
    assert "errorlist" not in page


def test_the_answer_shows_what_it_answers_to(client):
    page = page_of(client, "calls=pages&calls=apps&passwords=both&end=now")
    assert (
        '<h2 id="answer">A session for people, a provider to sign in and OAuth2 for other people\'s apps</h2>' in page
    )
    assert checked(page) == {"pages", "apps", "both", "now"}


def test_each_reason_leads_to_its_proof(client, settings):
    settings.LABS = True
    page = page_of(client, "calls=services")
    assert 'href="/jwt/keys/#keys-ring">Let orders verify</a>' in page
    assert "Think again when:" in page
    assert "Start with:" in page


def test_without_labs_no_reason_leads_to_a_page_that_is_not_there(client, django_user_model, settings):
    settings.LABS = False
    client.force_login(django_user_model.objects.create_user("alice"))
    page = page_of(client, f"{ALL}&passwords=both")
    links = re.findall(r'class="proof" href="([^"]*)"', page)
    assert links
    assert not [link for link in links if client.get(link, follow=True).status_code != 200]


def test_what_is_left_out_is_taken_as_the_first(client):
    for query in ("calls=pages", "calls=pages&passwords=&end="):
        page = page_of(client, query)
        assert '<h2 id="answer">A Django session for people in browsers</h2>' in page
        assert checked(page) == {"pages", "own", "soon"}


@pytest.mark.parametrize("query", ["passwords=own", "end=now", "passwords=own&end=soon"])
def test_nothing_ticked_is_told_how_to_begin(client, query):
    page = page_of(client, query)
    assert 'id="answer"' not in page
    assert "Tick at least one" in page


def test_a_link_that_asks_something_else_shows_the_questions(client):
    assert "errorlist" not in page_of(client, "utm_source=a-mail")


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("calls=nobody", "There is no such caller"),
        ("calls=", "There is no such caller"),
        ("calls=pages&calls=nobody", "There is no such caller"),
        ("calls=%00", "There is no such caller"),
        ("calls=%FF%3Cscript%3E", "There is no such caller"),
        ("calls=pages&passwords=nobody", "There is no such reply"),
        ("calls=pages&end=yesterday", "There is no such reply"),
        (f"calls={'x' * 3000}", "There is no such caller"),
    ],
)
def test_what_no_question_offers_is_a_bad_request_and_the_questions(client, query, why):
    page = page_of(client, query, 400)
    assert why in page
    assert 'id="answer"' not in page
    assert 'name="calls"' in page
    assert "<script>" not in page.partition("<main")[2].partition("</main>")[0]


def test_two_wishes_that_exclude_each_other_are_named(client):
    assert NOT_BOTH in page_of(client, "calls=services&end=now")
    assert NOT_BOTH not in page_of(client, "calls=services&end=soon")


def test_no_cost_is_told_before_it_was_measured(client, monkeypatch):
    measured(monkeypatch, None)
    page = page_of(client, ALL)
    assert "Not measured yet on this machine, so nobody can say here which one scales." in page
    assert "µs" not in page
    assert "Which one scales?" not in page


def test_measured_costs_stand_beside_the_answer(client, monkeypatch):
    measured(monkeypatch, {"sessions.db": 512.4, "jwt.RS256": 201.5, "orders.jwt": 90.0})
    page = page_of(client, "calls=pages&calls=services")
    rows = re.findall(r'<th scope="row">Label of ([^<]*)</th>.*?<b>(\d+) µs</b>', page)
    assert rows == [("bare", "100"), ("sessions.db", "512"), ("jwt.RS256", "202"), ("orders.jwt", "90")]
    assert "half of them 502 to 522" in page
    assert "Which one scales?" in page
    assert "Growth of sessions.db: 512 µs among 1,000 live ones, 1,025 µs among 100,000." in page
    assert "Measured on 28 Nov 2026, 04:05 UTC." in page


def test_it_is_read_only(client):
    assert client.post("/choose/", {"calls": "pages"}).status_code == 405
    assert client.head("/choose/?calls=pages").status_code == 200
