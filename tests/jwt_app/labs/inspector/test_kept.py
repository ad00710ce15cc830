"""Nothing that is pasted is kept: no row, no cache, no line of the log, not in what the wire shows, in no address."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from authdemo.wire.models import Exchange
from tests.jwt_app.labs.inspector.conftest import PAGE, URL, hs256

pytestmark = pytest.mark.django_db

KEY = "pasted-key-8843-of-somebody"
CLAIM, NUMBER = "pasted-claim-5521-of-somebody", 719553
TOKEN = hs256({"user_id": NUMBER, "role": "staff", "username": CLAIM, "exp": 1719553001}, KEY, kid="pasted-kid-1177")
TRACES = (KEY, CLAIM, str(NUMBER), "1719553001", "pasted-kid-1177", TOKEN, *TOKEN.split("."))


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables; the caches are tables, too."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  the names are the database's own
            found[table] = cursor.fetchall()
        return found


def asked_in_every_way(client: Client) -> Iterator[Any]:
    for form in ("secret", "pem", "jwk", "jwks", "site", ""):
        yield client.post(PAGE, {"act": "inspect", "token": TOKEN, "key": KEY, "key_format": form})
    edited = {
        "header": '{"alg": "HS256"}',
        "payload": f'{{"username": "{CLAIM}"}}',
        "key": KEY,
        "key_format": "secret",
    }
    yield client.post(PAGE, {"act": "sign", "token": TOKEN} | edited)
    yield client.post(PAGE, {"act": "sign", "token": TOKEN} | edited | {"header": f'{{"alg": "{CLAIM}"}}'})
    yield client.post(PAGE, {"act": "inspect", "token": TOKEN * 900, "key": KEY})
    for body in ({}, {"key": KEY}, {"key": KEY, "key_format": "pem"}, {"key_format": "site"}, {"key_format": KEY}):
        yield client.post(URL, {"token": TOKEN} | body, content_type="application/json")
    yield client.post(URL, f'{{"token": "{TOKEN}", {KEY}', content_type="application/json")
    yield client.post(URL, {"token": TOKEN * 900, "key": KEY}, content_type="application/json")


@pytest.mark.parametrize("panel", ["closed", "open"])
def test_nothing_that_was_pasted_is_anywhere_afterwards(caplog: Any, panel: str) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client()
    client.post("/wire/open/" if panel == "open" else "/wire/close/")
    before = everything()
    answers = list(asked_in_every_way(client))
    assert CLAIM in answers[0].content.decode()  # the answer is the one place
    after = everything()
    changed = {table for table in after if after[table] != before[table]}
    assert changed == ({"wire_exchange"} if panel == "open" else set())
    kept = json.dumps(after, default=str)
    log = "\n".join([caplog.text, *(str(record.__dict__) for record in caplog.records if record.name != "asyncio")])
    for trace in TRACES:
        assert trace not in kept
        assert trace not in log


def test_the_wire_shows_that_it_happened_and_what_it_cost_and_no_body() -> None:
    client = Client()
    client.post("/wire/open/")
    list(asked_in_every_way(client))
    seen = list(Exchange.objects.filter(method="POST", path__in=[PAGE, URL]))
    assert len(seen) == 16
    for exchange in seen:
        assert exchange.request["body"] in (None, {"fields": []}, "")
        assert exchange.response["body"] in (None, "")
    assert all(exchange.statement_count == 0 for exchange in seen if exchange.path == URL)
    page = client.get("/wire/").content.decode()
    assert not [trace for trace in TRACES if trace in page]


def test_the_answers_lie_in_no_cache_and_the_form_puts_nothing_into_an_address() -> None:
    client = Client()
    for response in asked_in_every_way(client):
        assert "no-store" in response["Cache-Control"]
        assert not response.has_header("Location")
    html = client.post(PAGE, {"act": "inspect", "token": TOKEN}).content.decode()
    assert f'<form method="post" action="{PAGE}#found"' in html
    assert 'href="/jwt/inspector/?' not in html
    assert client.get(PAGE, {"token": TOKEN, "key": KEY}).content.decode().count(TOKEN) == 0


def test_a_pasted_key_shows_no_letter_where_a_field_of_its_name_is_redacted() -> None:
    from authdemo.wire import harmless, redaction
    from authdemo.wire.redaction import Known

    assert harmless.SECRETS["key"] in harmless.CHOSEN
    kept = redaction.body("application/json", json.dumps({"token": TOKEN, "key": KEY}).encode(), Known())
    assert not [trace for trace in TRACES if trace in json.dumps(kept)]
    assert KEY[:4] not in json.dumps(kept)
