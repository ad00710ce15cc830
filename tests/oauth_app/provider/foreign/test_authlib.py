"""Authlib as a client, as a Django project would use it: registered with the address of discovery, and no more."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.django_client import OAuth
from authlib.oauth2.rfc6749 import OAuth2Token
from django.http import HttpRequest
from django.test import RequestFactory
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.oauth_app.person import Person

from .conftest import ALL, METHODS, NOTES, WHOAMI, Site, parameters

pytestmark = pytest.mark.live
AUTH_METHODS = {"basic": "client_secret_basic", "post": "client_secret_post", "none": "none"}


class App:
    """Somebody's Django project, and the session that one browser has there."""

    def __init__(self, site: Site, method: str = "basic", *, scope: str = ALL, secret: str | None = None) -> None:
        self.site, self.scope, self.session = site, scope, {}
        client_id, registered = METHODS[method]
        how = {"token_endpoint_auth_method": AUTH_METHODS[method]}
        how["revocation_endpoint_auth_method"] = AUTH_METHODS[method]
        self.oauth = OAuth()
        self.client = self.oauth.register(
            "site",
            client_id=client_id,
            client_secret=(registered if secret is None else secret) or None,
            server_metadata_url=site.at("/.well-known/openid-configuration"),
            client_kwargs={"scope": scope, "code_challenge_method": "S256", "timeout": 20} | how,
        )

    session: dict[str, Any]

    def request(self, address: str = "/") -> HttpRequest:
        request = RequestFactory().get(address)
        request.session = self.session  # type: ignore[assignment]  # all that Authlib wants of it is a dict
        return request

    def begin(self, **more: str) -> str:
        return str(self.client.authorize_redirect(self.request(), self.site.callback, **more)["Location"])

    def finish(self, answer: str) -> OAuth2Token:
        """Check the state, change the code, verify the ID token. Raises OAuthError, or what joserfc raises."""
        return self.client.authorize_access_token(self.request(answer))

    def tokens(self, person: Person) -> OAuth2Token:
        return self.finish(self.site.allowed(person, self.begin(), self.scope))

    def call(self, token: OAuth2Token, path: str = NOTES, **more: Any) -> requests.Response:
        method = "POST" if more else "GET"
        answer: requests.Response = self.client.request(method, self.site.at(path), token=token, **more)
        return answer

    def metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.load_server_metadata()
        return found

    def refreshed(self, token: OAuth2Token) -> OAuth2Token:
        with self.client._get_oauth_client(**self.metadata()) as session:
            return session.refresh_token(self.metadata()["token_endpoint"], token["refresh_token"])

    def revoked(self, token: str) -> int:
        with self.client._get_oauth_client(**self.metadata()) as session:
            return int(session.revoke_token(self.metadata()["revocation_endpoint"], token).status_code)


@pytest.mark.parametrize("method", METHODS)
def test_the_whole_way(site, faye, method):
    app = App(site, method)
    answer = site.allowed(faye, app.begin(), ALL)
    token = app.finish(answer)
    assert parameters(answer)["iss"] == app.metadata()["issuer"] == site.issuer
    # Once more by joserfc itself: these keys, this algorithm, this text.
    keys = KeySet.import_key_set(requests.get(app.metadata()["jwks_uri"], timeout=20).json())
    read = jwt.decode(token["id_token"], keys, algorithms=app.metadata()["id_token_signing_alg_values_supported"])
    assert read.header["alg"] == "RS256"
    claims = token["userinfo"]
    assert (read.claims["sub"], read.claims["aud"]) == (claims["sub"], claims["aud"]) == (site.sub, METHODS[method][0])
    assert app.client.userinfo(token=token)["preferred_username"] == "faye"
    assert app.call(token, WHOAMI).json()["user"]["username"] == "faye"
    assert app.call(token, json={"text": "From Authlib"}).status_code == 201
    assert "From Authlib" in [note["text"] for note in app.call(token).json()["notes"]]
    again = app.refreshed(token)
    assert again["access_token"] != token["access_token"]
    assert again["refresh_token"] != token["refresh_token"]
    assert app.call(again).status_code == 200
    assert app.revoked(again["refresh_token"]) == 200
    assert [app.call(one).status_code for one in (token, again)] == [401, 401]
    with pytest.raises(OAuthError) as refused:
        app.refreshed(again)
    assert refused.value.error == "invalid_grant"


def test_each_way_of_saying_who_it_is_that_discovery_lists_works(site):
    listed = App(site).metadata()["token_endpoint_auth_methods_supported"]
    assert sorted(listed) == sorted(AUTH_METHODS.values())


def test_who_says_no_is_understood(site, faye):
    app = App(site)
    answer = site.denied(faye, app.begin(prompt="consent"))
    with pytest.raises(OAuthError) as refused:
        app.finish(answer)
    assert refused.value.error == "access_denied"


def test_a_narrow_token_reads_and_does_not_write(site, faye):
    app = App(site, scope="openid notes:read")
    token = app.tokens(faye)
    assert app.call(token).status_code == 200
    answer = app.call(token, json={"text": "No"})
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert app.call(token, WHOAMI).status_code == 403


def test_another_browser_cannot_bring_the_answer(site, faye):
    app = App(site)
    answer = site.allowed(faye, app.begin(), ALL)
    app.session = {}
    with pytest.raises(MismatchingStateError):
        app.finish(answer)


def test_the_answer_works_once(site, faye):
    app = App(site)
    answer = site.allowed(faye, app.begin(), ALL)
    kept = dict(app.session)
    token = app.finish(answer)
    assert app.call(token).status_code == 200
    app.session = kept  # as a client that forgets to forget
    with pytest.raises(OAuthError) as refused:
        app.finish(answer)
    assert refused.value.error == "invalid_grant"
    assert app.call(token).status_code == 401  # RFC 6749 §4.1.2: what it gave has ended


@pytest.mark.parametrize("method", ["basic", "post"])
def test_a_wrong_secret(site, faye, method):
    app = App(site, method, secret="not-the-secret")
    answer = site.allowed(faye, app.begin(), ALL)
    with pytest.raises(OAuthError) as refused:
        app.finish(answer)
    assert refused.value.error == "invalid_client"


def test_a_client_without_pkce_is_sent_back_at_once(site, faye):
    app = App(site)
    app.client.client_kwargs.pop("code_challenge_method")
    answer = site.returned(faye.get(app.begin()).headers["Location"])
    with pytest.raises(OAuthError, match="PKCE is required") as refused:
        app.finish(answer)
    assert refused.value.error == "invalid_request"
