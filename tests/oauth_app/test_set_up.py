"""What to register at the real providers: the addresses that are really sent, no secret, and what cannot work."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model

from .conftest import PATHS, PROVIDERS

PATH = "/oauth/set-up/"
SECRETS = ("outside-github-secret", "outside-google-secret", "outside-oidc-secret")


@pytest.fixture
def anywhere(settings):
    """Let the site answer to any name, as it is served in production."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://auth.example.org"
    return settings


def cards(response) -> dict[str, str]:
    """Return the text of each provider's card by its title, with tags taken out."""
    assert response.status_code == 200
    found = re.findall(r"<section.*?<h2[^>]*>(.*?)</h2>(.*?)</section>", response.content.decode(), re.DOTALL)
    return {title: unescape(re.sub(r"<[^>]+>", "", body)) for title, body in found}


def card(response, provider: str) -> str:
    """Return the markup of one card."""
    return str(response.content.decode().split("<section")[1 + PROVIDERS.index(provider)])


def values(response) -> list[str]:
    return [unescape(one) for one in re.findall(r'data-copy="[^"]*">([^<]*)<', response.content.decode())]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_address_is_the_one_that_is_sent(visitor, provider):
    sent = parse_qs(urlsplit(visitor.start(provider)["Location"]).query)
    page = visitor.client.get(PATH)
    assert sent["redirect_uri"][0] in values(page)
    assert sent["redirect_uri"][0].endswith(f"/oauth/accounts/{PATHS[provider]}/login/callback/")
    scopes = re.search(r'<dt>Scopes that we ask for</dt>\s*<dd><span class="value">([^<]*)', card(page, provider))
    assert scopes
    assert set(scopes[1].split()) == set(sent["scope"][0].split())


@pytest.mark.parametrize("host", ["auth.example.org", "auth.example.org:8443"])
def test_the_address_is_of_the_host_that_is_asked(visitor, anywhere, host):
    for secure in (True, False):
        origin = f"http{'s' if secure else ''}://{host}"
        answer = visitor.client.get(PATH, headers={"host": host}, secure=secure)
        for path in PATHS.values():
            assert f"{origin}/oauth/accounts/{path}/login/callback/" in values(answer)
        assert values(answer).count(origin) == 3


def test_no_secret_is_on_the_page(visitor, monkeypatch, settings):
    for provider in settings.SOCIALACCOUNT_PROVIDERS.values():
        monkeypatch.setitem(provider["APPS"][0], "secret", "a-secret-of-a-real-one")
    for secret in (*SECRETS, "a-secret-of-a-real-one"):
        assert secret not in visitor.client.get(PATH).content.decode()


def test_it_says_who_is_played_who_is_real_and_who_is_missing(visitor, monkeypatch, settings):
    shown = cards(visitor.client.get(PATH))
    assert list(shown) == ["GitHub", "Google", "Any OpenID provider"]
    assert all("Now: played by a program on this machine" in text for text in shown.values())
    monkeypatch.setitem(settings.SOCIALACCOUNT_PROVIDERS["github"]["APPS"][0], "settings", {})
    monkeypatch.setitem(settings.SOCIALACCOUNT_PROVIDERS["google"], "APPS", [])
    monkeypatch.setitem(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"], "APPS", [])
    shown = cards(visitor.client.get(PATH))
    assert list(shown) == ["GitHub", "Google", "Any OpenID provider"]
    assert "Now: the real one" in shown["GitHub"]
    assert "They are set." in shown["GitHub"]
    for name, path, variable in (
        ("Google", PATHS["google"], "GOOGLE_CLIENT_SECRET="),
        ("Any OpenID provider", PATHS["outside"], "OIDC_SERVER_URL="),
    ):
        assert "Now: not set up, so nobody is offered it" in shown[name]
        assert f"http://testserver/oauth/accounts/{path}/login/callback/" in shown[name]
        assert "openid profile email" in shown[name]
        assert variable in shown[name]
        assert "They are not set." in shown[name]


@pytest.mark.parametrize(
    ("host", "secure", "google", "others"),
    [
        ("localhost:8000", False, ["! Mind: Only a browser on this machine"], ["! Mind: Only a browser on"]),
        ("auth.example.org", True, [], []),
        ("auth.example.org", False, ["✗ Cannot work here: Google takes plain http for"], ["! Mind: Over plain http"]),
        ("192.0.2.7:8000", True, ["✗ Cannot work here: Google takes no IP address such as 192.0.2.7."], []),
        ("[2001:db8::7]:8000", True, ["✗ Cannot work here: Google takes no IP address such as 2001:db8::7."], []),
        (
            "192.0.2.7:8000", False,
            ["✗ Cannot work here: Google takes no IP address", "✗ Cannot work here: Google takes plain http for"],
            ["! Mind: Over plain http"],
        ),
        ("classroom", True, ["✗ Cannot work here: Google takes public names only"], []),
        ("box.local", True, ["✗ Cannot work here: Google takes public names only"], []),
        ("auth.corp.example.com", True, [], []),
    ],
)  # fmt: skip
def test_a_host_that_cannot_work_is_said(visitor, anywhere, host, secure, google, others):
    shown = cards(visitor.client.get(PATH, headers={"host": host}, secure=secure))
    for name, expected in (("Google", google), ("GitHub", others), ("Any OpenID provider", others)):
        for text in expected:
            assert text in shown[name]
        assert shown[name].count("Cannot work here") + shown[name].count("! Mind:") == len(expected)


def test_a_provider_at_plain_http_elsewhere_is_said(visitor, monkeypatch, settings):
    oidc = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]
    assert "The provider itself" not in cards(visitor.client.get(PATH))["Any OpenID provider"]
    monkeypatch.setitem(oidc, "server_url", "http://id.example.org/realms/main")
    visitor.company.calls.clear()
    assert "The provider itself is asked over plain http" in cards(visitor.client.get(PATH))["Any OpenID provider"]
    assert visitor.company.calls == []  # nobody is asked for this page


def test_outside_of_a_demo_it_is_for_staff(visitor, settings):
    link = f'href="{PATH}"'
    assert link in visitor.client.get("/oauth/").content.decode()
    settings.OAUTH_SET_UP_FOR_ALL = False
    answer = visitor.client.get(PATH)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next={PATH}")
    assert link not in visitor.client.get("/oauth/").content.decode()
    user = get_user_model().objects.create_user("somebody", password="a-password")
    visitor.client.force_login(user)
    assert visitor.client.get(PATH).status_code == 403
    assert link not in visitor.client.get("/oauth/").content.decode()
    user.is_staff = True
    user.save()
    assert visitor.client.get(PATH).status_code == 200
    assert link in visitor.client.get("/oauth/").content.decode()


@pytest.mark.parametrize("left", PROVIDERS)
def test_a_project_that_has_set_up_one_of_them_sees_what_the_others_want(visitor, settings, left):
    """As a copy of this app does: its settings name what it uses, and nothing of the others."""
    name = "openid_connect" if left == "outside" else left
    settings.SOCIALACCOUNT_PROVIDERS = {name: settings.SOCIALACCOUNT_PROVIDERS[name]}
    assert len(cards(visitor.client.get(PATH))) == 3
