"""The engine: which release was read, what it accepts as it comes, and what `manage.py check` says."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from allauth.idp.oidc.internal.clientkit import is_redirect_uri_allowed
from django.core.checks import run_checks
from django.urls import include, path

import oauth_app.provider

from .conftest import CALLBACK

FOLDER = Path(oauth_app.provider.__file__).parent
urlpatterns = [path("", include("allauth.idp.urls")), path("", include("authdemo.urls"))]


def test_the_internal_modules_are_those_of_the_release_that_was_read():
    """Read `allauth/idp/oidc/internal` anew before you raise these: engine.py overrides private methods."""
    assert version("django-allauth") == "65.21.1"
    assert version("oauthlib") == "4.0.1"


def test_they_are_imported_in_one_file():
    internal = re.compile(r"^from allauth\S*\.internal", re.MULTILINE)
    using = [file.name for file in FOLDER.rglob("*.py") if internal.search(file.read_text(encoding="utf-8"))]
    assert using == ["engine.py"]


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1/callback/", f"{CALLBACK}?next=x", f"{CALLBACK}#x", "http://evil@127.0.0.1:9001/callback/"],
)
def test_as_it_comes_it_takes_other_addresses(address):
    """Where this fails, the engine has become strict, and the page that says otherwise is wrong."""
    assert is_redirect_uri_allowed(address, [CALLBACK], False)


def ids() -> set[str]:
    return {message.id for message in run_checks() if message.id and message.id.startswith("oauth_provider")}


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("IDP_OIDC_PRIVATE_KEY", "", "oauth_provider.E001"),
        ("IDP_OIDC_PRIVATE_KEY", "no key", "oauth_provider.E001"),
        ("OAUTH_ISSUER", "", "oauth_provider.E002"),
        ("OAUTH_ISSUER", "http://localhost:8000/", "oauth_provider.E002"),
        ("IDP_OIDC_ADAPTER", "allauth.idp.oidc.adapter.DefaultOIDCAdapter", "oauth_provider.E003"),
        ("IDP_OIDC_ACCESS_TOKEN_FORMAT", "jwt", "oauth_provider.E004"),
        ("PASSWORD_HASHERS", ["django.contrib.auth.hashers.PBKDF2PasswordHasher"], "oauth_provider.E006"),
        ("PASSWORD_HASHERS", ["oauth_app.provider.hashers.ClientSecretHasher"], "oauth_provider.E006"),
        ("ROOT_URLCONF", __name__, "oauth_provider.E005"),
    ],
)
def test_a_wrong_setting_is_said(settings, name, value, found):
    assert ids() == set()
    setattr(settings, name, value)
    assert ids() == {found}
