"""The authorization-code flow at each of the three companies."""

from __future__ import annotations

import jwt
import pytest
import requests

from tests.demo.browser import query_of

COMPANIES = ["github", "google", "oidc"]
every_company = pytest.mark.parametrize("company", COMPANIES)


@every_company
def test_alice_allows_the_site_and_gets_a_token(browser, client_of, company):
    client = client_of(company)
    answer = client.exchange(browser.code_for(client))
    assert answer.status_code == 200
    assert answer.json()["access_token"]
    assert answer.headers["Cache-Control"] == "no-store"
