"""The way to the provider: what is sent, what a link or another site cannot change, where one comes back to."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from oauth_app.client.provider import CarefulProvider, local_path

from .conftest import PATHS, PROVIDERS, TOKEN

SCOPES = {"github": "user:email", "google": "email openid profile", "outside": "email openid profile"}
CLIENTS = {"github": "authdemo-github", "google": "authdemo-google", "outside": "authdemo-oidc"}
EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http://testserver/x",
    "x",
]


def query(response):
    pairs = parse_qsl(urlsplit(response["Location"]).query, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_authorization_request(visitor, provider):
    sent = query(visitor.start(provider))
    assert sent["response_type"] == "code"
    assert sent["client_id"] == CLIENTS[provider]
    assert " ".join(sorted(sent["scope"].split())) == SCOPES[provider]
    assert sent["redirect_uri"] == f"http://testserver/oauth/accounts/{PATHS[provider]}/login/callback/"
    assert sent["code_challenge_method"] == "S256"
    assert len(sent["state"]) >= 16
    assert "client_secret" not in sent


@pytest.mark.parametrize("provider", PROVIDERS)
def test_pkce_is_on_because_our_providers_ask_for_it(visitor, settings, monkeypatch, provider):
    name = "openid_connect" if provider == "outside" else provider
    assert "OAUTH_PKCE_ENABLED" not in settings.SOCIALACCOUNT_PROVIDERS[name]
    assert query(visitor.start(provider))["code_challenge_method"] == "S256"
    monkeypatch.setattr(CarefulProvider, "pkce_enabled_default", False)  # the line that the attack's page shows
    assert "code_challenge" not in query(visitor.start(provider))
    monkeypatch.delattr(CarefulProvider, "pkce_enabled_default")  # allauth's own, as the page says
    assert "code_challenge" not in query(visitor.start(provider))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_code_goes_back_with_the_verifier_of_this_browser(visitor, provider):
    sent = query(visitor.start(provider))
    visitor.come_back(provider, code="the-code", state=sent["state"])
    body = next(fields for path, fields, _ in visitor.company.calls if path == TOKEN[provider])
    digest = hashlib.sha256(body["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == sent["code_challenge"]
    assert body["code"] == "the-code"
    assert body["redirect_uri"] == sent["redirect_uri"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_address_of_the_button_changes_nothing(visitor, provider):
    extra = "scope=repo,admin&auth_params=redirect_uri%3Dhttps%3A%2F%2Fevil.example%26response_type%3Dtoken&action=x"
    response = visitor.client.post(f"/oauth/accounts/{PATHS[provider]}/login/?{extra}")
    sent = query(response)
    assert " ".join(sorted(sent["scope"].split())) == SCOPES[provider]
    assert sent["response_type"] == "code"
    assert sent["redirect_uri"].startswith("http://testserver/")


@pytest.mark.parametrize("on_get", [False, True])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_link_starts_nothing_whatever_allauths_setting_says(visitor, settings, provider, on_get):
    settings.SOCIALACCOUNT_LOGIN_ON_GET = on_get
    response = visitor.client.get(f"/oauth/accounts/{PATHS[provider]}/login/")
    assert response.status_code == 200
    assert "A link alone starts nothing" in response.content.decode()
    assert visitor.client.head(f"/oauth/accounts/{PATHS[provider]}/login/").status_code == 200
    assert "socialaccount_states" not in visitor.client.session


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_form_of_another_site_starts_nothing(company, db, provider):
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(f"/oauth/accounts/{PATHS[provider]}/login/").status_code == 403


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)("/oauth/accounts/github/login/").status_code == 405
    assert getattr(client, method)("/oauth/accounts/github/login/callback/").status_code == 405


@pytest.mark.parametrize(
    "path", ["oidc/nobody", "oidc/github", "oidc/openid_connect", "oidc/%00", "oidc/" + "x" * 3000, "outside", "oidc"]
)
def test_a_provider_that_does_not_exist(client, db, path):
    assert client.get(f"/oauth/accounts/{path}/login/").status_code == 404
    assert client.post(f"/oauth/accounts/{path}/login/").status_code == 404
    assert client.get(f"/oauth/accounts/{path}/login/callback/").status_code == 404


@pytest.mark.parametrize("evil", EVIL)
def test_next_leads_nowhere_else(visitor, evil):
    assert visitor.sign_in(next=evil)["Location"] == "/oauth/signed-in/"
    assert f'value="{evil}"' not in visitor.client.get("/oauth/", {"next": evil}).content.decode()


@pytest.mark.parametrize("url", [*EVIL, None, "", " /x", "/\n/x"])
def test_local_path_refuses(url):
    assert local_path(url) == ""


@pytest.mark.parametrize("url", ["/", "/sessions/?a=b#c"])
def test_local_path_lets_through(url):
    assert local_path(url) == url


def test_next_goes_through_the_first_page(visitor):
    page = visitor.client.get("/oauth/?next=/sessions/devices/").content.decode()
    assert page.count('name="next" value="/sessions/devices/"') == 3


@pytest.mark.parametrize("process", ["redirect", "login", "", "x"])
def test_an_unknown_process_is_a_sign_in(visitor, process):
    visitor.sign_in(process=process, next="/sessions/")
    assert visitor.username() == "alice.outside"


def test_pages_with_one_time_values_are_not_stored(visitor):
    for response in (visitor.sign_in(), visitor.come_back(), visitor.client.get("/oauth/signed-in/")):
        assert "no-store" in response["Cache-Control"]


def test_the_browser_may_send_a_form_to_the_providers_and_nowhere_else(client, db, settings):
    policy = client.get("/oauth/")["Content-Security-Policy"]
    directive = next(part for part in policy.split("; ") if part.startswith("form-action"))
    assert directive == f"form-action 'self' {settings.PROVIDERS_URL}"
