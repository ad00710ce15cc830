"""The overview answers without JavaScript: three cards, a tree whose every leaf is an answer, a table."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest
from django.urls import reverse

from authdemo.mechanisms import MECHANISMS
from authdemo.overview.comparison import ROWS
from authdemo.overview.decision import TREE, Answer, Question

pytestmark = pytest.mark.django_db


def leaves(question: Question) -> Iterator[Answer]:
    for option in question.options:
        if isinstance(option.leads_to, Answer):
            yield option.leads_to
        else:
            yield from leaves(option.leads_to)


def test_the_page_shows_what_each_is_for_and_what_it_costs(client):
    page = html.unescape(client.get("/").content.decode())
    for mechanism in MECHANISMS:
        assert mechanism.use_for in page
        assert mechanism.cost in page


def test_every_way_through_the_tree_ends_in_an_answer_with_reasons_and_a_link(client):
    page = html.unescape(client.get("/").content.decode())
    answers = list(leaves(TREE))
    assert len(answers) >= 8
    for answer in answers:
        assert answer.title in page
        assert len(answer.reasons) >= 2
        for part in answer.parts:
            assert f'href="{reverse(part.home)}"' in page


def test_a_combination_is_a_possible_answer():
    assert any(len(answer.parts) == 3 for answer in leaves(TREE))
    assert {len(answer.parts) for answer in leaves(TREE)} == {1, 2, 3}


def test_the_table_has_an_answer_of_each_mechanism_in_every_row(client):
    page = html.unescape(client.get("/").content.decode())
    for row in ROWS:
        assert row.question in page
        assert all(answer in page for _, answer in row.cells)


def test_the_header_says_what_this_browser_holds_and_that_it_is_nothing(client):
    page = html.unescape(client.get("/").content.decode())
    assert "no session" in page
    assert "no access token in this tab" in page
