"""The environment decides who vouches: the real GitHub and Google, any OpenID provider, else the stand-ins."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.fixtures.demo import ROOT, clean_environment

SHOW = """
import json
import django
django.setup()
from django.conf import settings
from authdemo.settings.env import problems
from oauth_app.client.endpoints import GitHubAdapter, GoogleAdapter
print(json.dumps({
    "problems": problems, "providers": settings.SOCIALACCOUNT_PROVIDERS, "names": settings.SIGN_IN_WITH,
    "form_action": settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"],
    "github": [GitHubAdapter.authorize_url, GitHubAdapter.access_token_url, GitHubAdapter.profile_url],
    "google": [GoogleAdapter.authorize_url, GoogleAdapter.access_token_url, GoogleAdapter.id_token_issuer],
}))
"""


@pytest.fixture
def read(tmp_path):
    """Return what a process with this environment sees."""

    def read(**environment: str):
        env = clean_environment(tmp_path) | {"DJANGO_SETTINGS_MODULE": "authdemo.settings"} | environment
        done = subprocess.run(
            [sys.executable, "-c", SHOW], cwd=ROOT, env=env, text=True, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return read


def test_without_any_setting_the_stand_ins(read):
    seen = read(DEMO_PROVIDERS_URL="http://127.0.0.1:9000", DEMO_THIRDPARTY_URL="http://127.0.0.1:9001")
    assert seen["problems"] == []
    assert seen["github"][0] == "http://127.0.0.1:9000/github/login/oauth/authorize"
    assert seen["google"] == [f"http://127.0.0.1:9000/google{path}" for path in ("/o/oauth2/v2/auth", "/token", "")]
    assert seen["form_action"] == ["'self'", "http://127.0.0.1:9000"]  # and no app: each has its own page
    assert [(one["name"], one["stand_in"]) for one in seen["names"]] == [
        ("GitHub", True), ("Google", True), ("Outside ID", True),
    ]  # fmt: skip
    for provider in seen["providers"].values():
        assert "OAUTH_PKCE_ENABLED" not in provider  # our providers ask by themselves: see test_start.py
        assert provider["APPS"][0]["settings"]["uid_prefix"] == "stand-in:"


def test_with_client_ids_the_real_ones(read):
    seen = read(
        GITHUB_CLIENT_ID="gh", GITHUB_CLIENT_SECRET="ghs", GOOGLE_CLIENT_ID="go", GOOGLE_CLIENT_SECRET="gos",
        OIDC_NAME="Keycloak", OIDC_SERVER_URL="https://id.example.org/realms/main/",
        OIDC_CLIENT_ID="kc", OIDC_CLIENT_SECRET="kcs", DEMO_THIRDPARTY_URL="http://127.0.0.1:9001",
    )  # fmt: skip
    assert seen["problems"] == []
    assert seen["github"][0] == "https://github.com/login/oauth/authorize"
    assert seen["github"][2] == "https://api.github.com/user"
    assert seen["google"] == [
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://accounts.google.com",
    ]
    assert seen["form_action"] == [
        "'self'", "https://github.com", "https://accounts.google.com", "https://id.example.org",
    ]  # fmt: skip
    apps = {name: provider["APPS"][0] for name, provider in seen["providers"].items()}
    assert (apps["github"]["client_id"], apps["google"]["client_id"]) == ("gh", "go")
    assert "uid_prefix" not in apps["github"]["settings"] | apps["google"]["settings"]
    oidc = apps["openid_connect"]
    assert (oidc["name"], oidc["provider_id"], oidc["client_id"]) == ("Keycloak", "outside", "kc")
    assert oidc["settings"]["server_url"] == "https://id.example.org/realms/main"
    assert oidc["settings"]["uid_prefix"] == "id.example.org:"
    assert [one["stand_in"] for one in seen["names"]] == [False, False, False]


def test_one_real_one_leaves_the_others(read):
    seen = read(GITHUB_CLIENT_ID="gh", GITHUB_CLIENT_SECRET="ghs")
    assert [one["stand_in"] for one in seen["names"]] == [False, True, True]


def test_a_provider_without_a_name_is_called_by_its_host(read):
    seen = read(OIDC_SERVER_URL="https://id.example.org", OIDC_CLIENT_ID="a", OIDC_CLIENT_SECRET="b")
    assert seen["names"][2]["name"] == "id.example.org"


def test_the_public_password_is_not_shown_outside_of_a_demo(read):
    seen = read(DEBUG="false", SECRET_KEY="x" * 60)
    assert "workshop-2026" not in json.dumps(seen["providers"])


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"GITHUB_CLIENT_ID": "x"}, "Set both GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET"),
        ({"GOOGLE_CLIENT_SECRET": "x"}, "Set both GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET"),
        ({"OIDC_SERVER_URL": "https://a.example"}, "OIDC_SERVER_URL needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"),
        (
            {"OIDC_SERVER_URL": "a.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
            "OIDC_SERVER_URL must be",
        ),
        ({"OIDC_NAME": "Keycloak"}, "mean nothing without OIDC_SERVER_URL"),
        ({"OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}, "mean nothing without OIDC_SERVER_URL"),
    ],
)
def test_a_contradiction_is_one_sentence(read, environment, said):
    problems = read(**environment)["problems"]
    assert len(problems) == 1
    assert said in problems[0]
