"""The outside world and orders beside the real site, as `manage.py demo` runs them."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
import requests

from tests.demo.visitor import PASSWORD

pytestmark = pytest.mark.live
LOGIN = {
    "github": "/oauth/accounts/github/login/",
    "google": "/oauth/accounts/google/login/",
    "oidc": "/oauth/accounts/oidc/outside/login/",
}


def token_pair(site):
    body = {"username": "alice", "password": PASSWORD}
    answer = requests.post(f"{site}/jwt/api/token/", json=body, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def get_orders(demo, token):
    return requests.get(f"{demo.orders}/orders/", headers={"Authorization": f"Bearer {token}"}, timeout=20)


@pytest.mark.parametrize("instance", ["site", "site_b"])
def test_orders_believes_tokens_of_both_instances(demo, instance):
    answer = get_orders(demo, token_pair(getattr(demo, instance))["access"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["user"]["username"] == "alice"


def test_orders_refuses_the_refresh_token(demo):
    answer = get_orders(demo, token_pair(demo.site)["refresh"])
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_token_type"


def test_orders_goes_on_believing_after_sign_out(demo):
    # Claim J5: nothing can take an access token back before it expires.
    tokens = token_pair(demo.site)
    ended = requests.post(f"{demo.site}/jwt/api/token/blacklist/", json={"refresh": tokens["refresh"]}, timeout=20)
    assert ended.status_code == 200
    assert get_orders(demo, tokens["access"]).status_code == 200


def test_the_way_back_from_the_companies_leads_to_the_buttons(demo):
    for page in ("/", "/github/", "/google/login", "/oidc/logout"):
        assert (
            f'<a href="{demo.site}/oauth/">Back to Authdemo</a>'
            in requests.get(demo.providers + page, timeout=20).text
        )


@pytest.mark.parametrize("instance", ["site", "site_b"])
@pytest.mark.parametrize("company", LOGIN)
def test_the_site_sends_requests_that_the_companies_accept(demo, visitor, company, instance):
    site = getattr(demo, instance)
    page = visitor.get(f"{site}/oauth/")
    token = visitor.cookies["authdemo_csrf"]
    answer = visitor.post(site + LOGIN[company], data={"csrfmiddlewaretoken": token}, headers={"Referer": page.url})
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(demo.providers)
    page = visitor.sign_in(visitor.follow(visitor.follow(answer)), "eve.outside")
    assert "Allow Authdemo?" in page.text
    answer = visitor.submit(page, action="grant")
    assert answer.headers["Location"].startswith(urljoin(site, LOGIN[company]))
    # The site has changed the code for tokens and read who it is: an address that this company did not verify.
    page = visitor.follow(answer)
    assert page.status_code == 403
    assert "verified" in page.text
    assert visitor.get(f"{site}/sessions/api/whoami/").status_code == 401
