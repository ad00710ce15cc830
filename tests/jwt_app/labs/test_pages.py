"""The labs' pages, as far as they go without a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PAGES = ["/jwt/storage/", "/jwt/families/"]
TOKEN_PAGES = [
    *PAGES,
    "/jwt/inspector/",
    "/jwt/keys/",
    "/jwt/role/",
    "/jwt/denylist/",
    "/jwt/attacks/",
    "/jwt/api/docs/",
]


@pytest.mark.parametrize("path", PAGES)
def test_without_labs_the_page_does_not_exist_and_nothing_leads_there(
    client: Client, settings: Any, path: str
) -> None:
    settings.LABS = False
    assert client.get(path).status_code == 404
    assert path not in client.get("/jwt/").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_with_labs_the_client_leads_there_and_nothing_is_inline(client: Client, settings: Any, path: str) -> None:
    settings.LABS = True
    assert f'href="{path}"' in client.get("/jwt/").content.decode()
    html = client.get(path).content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)
    assert "This page needs JavaScript" in html


@pytest.mark.parametrize("path", TOKEN_PAGES)
def test_each_page_on_tokens_leads_to_all_others_and_says_where_one_is(
    client: Client, settings: Any, path: str
) -> None:
    settings.LABS = True
    shown = re.search(r'<nav class="experiments".*?</nav>', client.get(path).content.decode(), re.S)
    assert shown
    assert re.findall(r'href="([^"]+)" aria-current', shown[0]) == [path]
    assert set(re.findall(r'href="([^"]+)"', shown[0])) == {"/jwt/", *TOKEN_PAGES}
