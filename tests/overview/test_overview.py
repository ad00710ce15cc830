"""The overview answers without JavaScript: three cards, the questions, a table whose every cell is proven."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from authdemo.mechanisms import MECHANISMS
from authdemo.overview.comparison import ROWS, Fact
from tests.overview.results import measured

pytestmark = pytest.mark.django_db
FACTS = [(row.question, mechanism.slug, fact) for row in ROWS for mechanism, fact in row.cells]


def page_of(client: Client) -> str:
    return html.unescape(client.get("/").content.decode())


def test_the_page_shows_what_each_is_for_and_what_it_costs(client):
    page = page_of(client)
    for mechanism in MECHANISMS:
        assert mechanism.use_for in page
        assert mechanism.cost in page


@pytest.mark.parametrize(("question", "slug", "fact"), FACTS)
def test_each_cell_has_its_answer_and_a_link_to_what_proves_it(client, settings, question, slug, fact: Fact):
    settings.LABS = True
    row = page_of(client).split(f'<th scope="row">{question}</th>')[1].split("</tr>")[0]
    cell = row.split(f'<td class="{slug}"')[1].split("</td>")[0]
    assert f">{fact.answer} <a" in cell
    assert fact.proofs
    for proof in fact.proofs:
        assert f'href="{proof.url}">{proof.act}</a>' in cell


def test_without_labs_no_cell_leads_to_a_page_that_is_not_there(client, django_user_model, settings):
    settings.LABS = False
    client.force_login(django_user_model.objects.create_user("alice"))
    links = re.findall(r'class="proof" href="([^"]*)"', page_of(client))
    assert {"/sessions/#cookie", "/jwt/#client", "/oauth/apps/#ends"} <= set(links)
    assert not [link for link in links if client.get(link, follow=True).status_code != 200]


def test_the_lifetime_in_the_table_is_that_of_the_settings(client, settings):
    from datetime import timedelta

    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"ACCESS_TOKEN_LIFETIME": timedelta(hours=25)}
    assert "up to 1500 minutes" in page_of(client)


def test_before_the_first_run_no_cost_is_told(client, monkeypatch):
    measured(monkeypatch, None)
    page = page_of(client)
    assert "Not measured yet on this machine." in page
    assert "µs" not in page


def test_measured_costs_stand_in_the_table_each_below_its_mechanism(client, monkeypatch):
    measured(monkeypatch, {"sessions.db": 512.4, "oauth.opaque": 901.6})
    row = page_of(client).split("What does one request cost")[1].split("</tr>")[0]
    sessions, jwt, oauth = row.split("<td")[1:]
    assert "512 µs; a bare view 100 µs" in sessions
    assert "Not measured" in jwt
    assert "902 µs" in oauth


def test_the_header_says_what_this_browser_holds_and_that_it_is_nothing(client):
    page = page_of(client)
    assert "no session" in page
    assert "no access token in this tab" in page
