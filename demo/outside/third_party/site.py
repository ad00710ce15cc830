"""The site, as an app sees it: discovery, and Authlib as the relying party. Whatever fails is Trouble.

What Authlib does by itself: `state`, `nonce` and the PKCE verifier are made, kept in the session and compared; the ID
token's signature, issuer, times and nonce are checked. What it leaves to us is said where we do it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from django.conf import settings
from joserfc.errors import JoseError

from .reports import ReportedSession
from .trouble import UNREADABLE, Trouble, understood

FRESH = 10 * 60  # seconds for which we believe what discovery has said
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MORE = ("revocation_endpoint", "device_authorization_endpoint")


class Trips(DjangoIntegration):  # type: ignore[misc]
    """Authlib's memory of who has set out for the site, in the session. It looks at no date when somebody is back."""

    expires_in = 10 * 60  # seconds

    def get_state_data(self, session: Any, state: str | None) -> dict[str, Any] | None:
        """Return what belongs to a `state`, None where this browser has not set out with it, or too long ago."""
        kept = session.get(f"_state_{self.name}_{state}") or {}
        return kept.get("data") if kept.get("exp", 0) > time.time() else None

    def forget_old(self, session: Any) -> None:
        """Forget who has set out and not come back."""
        self._clear_session_state(session)


class SiteClient(DjangoOAuth2App):  # type: ignore[misc]
    """One of our registrations at the site."""

    client_cls = ReportedSession
    server_metadata: dict[str, Any]

    def load_server_metadata(self) -> dict[str, Any]:
        """Return what the site says about itself. Authlib asks once, and compares nothing."""
        if time.time() - self.server_metadata.get("_loaded_at", 0) > FRESH:
            with self._get_session() as session:
                answer = session.request("GET", self._server_metadata_url, withhold_token=True)
            answer.raise_for_status()
            self.server_metadata = believed(answer.json()) | {"_loaded_at": time.time()}
        return self.server_metadata

    def parse_id_token(self, token: dict[str, Any], nonce: str, **kwargs: Any) -> Any:
        """Return the claims of an ID token that is for us. Where it is not, give the tokens back that came with it."""
        # Authlib compares the issuer and forgets the audience where there is an `azp` (OpenID Connect Core §3.1.3.7).
        issuer, audience = self.load_server_metadata()["issuer"], self.client_id
        kwargs["claims_options"] = {"iss": {"value": issuer}, "aud": {"essential": True, "value": audience}}
        try:
            return super().parse_id_token(token, nonce, **kwargs)
        except (JoseError, AuthlibBaseError, requests.RequestException, *UNREADABLE):
            self.give_back(str(token.get("refresh_token") or token.get("access_token") or ""))
            raise

    def ask(self, method: str, path: str, access_token: str, **more: Any) -> requests.Response:
        """Call the site's API. Raises Trouble."""
        # Without `expires_at`: Authlib would refresh by itself, in each of two tabs.
        token = {"access_token": access_token, "token_type": "Bearer"}
        with understood():
            answer: requests.Response = self.request(method, settings.SITE_URL + path, token=token, **more)
            return answer

    def refreshed(self, refresh_token: str) -> dict[str, Any]:
        """Exchange a refresh token (RFC 6749 §6). Raises Trouble; Refused with `invalid_grant` where it is over."""
        with understood(), self._get_oauth_client(**self.load_server_metadata()) as session:
            return usable(session.refresh_token(refresh_token=refresh_token))

    def fetched(self, **form: str) -> dict[str, Any]:
        """Ask the token endpoint for tokens by another grant: `grant_type`. Raises Trouble."""
        with understood():
            answer = dict(self.fetch_access_token(**form))
        with self.kept_or_given_back(answer):
            return answer

    @contextmanager
    def kept_or_given_back(self, answer: dict[str, Any]) -> Iterator[None]:
        """Where we cannot use tokens, nobody has them. Raises Trouble for an answer that is not `usable`."""
        try:
            with understood():
                usable(answer)
                yield
        except Trouble:
            self.give_back(str(answer.get("refresh_token") or answer.get("access_token") or ""))
            raise

    def give_back(self, token: str) -> bool:
        """Revoke a token (RFC 7009); a refresh token ends with its access tokens. Tells whether the site agreed."""
        try:
            with understood(), self._get_oauth_client(**self.load_server_metadata()) as session:
                address = session.metadata["revocation_endpoint"]
                return bool(token and session.revoke_token(address, token=token).status_code == requests.codes.ok)
        except Trouble:
            return False

    def post(self, endpoint: str, **form: str) -> dict[str, Any]:
        """Send a form to an address out of discovery, as a client without a secret. Return the JSON; or Trouble."""
        with understood():
            address = self.load_server_metadata().get(endpoint)
            if not address:
                raise Trouble("offered")
            with self._get_session() as session:
                data = {"client_id": self.client_id} | form
                answer = session.request("POST", address, data=data, withhold_token=True)
            answer.raise_for_status()
            return dict(answer.json())


def believed(found: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a discovery page that we use. Raises ValueError where it is not of the site that we asked."""
    # RFC 8414 §3.3: it must be, to the letter, the issuer whose page we have asked for.
    if found["issuer"] != settings.SITE_URL:
        raise ValueError("issuer")
    kept = {name: found[name] for name in (*ENDPOINTS, *(name for name in MORE if name in found))}
    if not all(urlsplit(address).scheme in {"http", "https"} for address in kept.values()):
        raise ValueError("address")
    names_itself = found.get("authorization_response_iss_parameter_supported") is True
    # How we are registered to have ID tokens signed, whatever else the page lists.
    algorithms = {"id_token_signing_alg_values_supported": ["RS256"]}
    return (
        kept | algorithms | {"issuer": found["issuer"], "authorization_response_iss_parameter_supported": names_itself}
    )


def usable(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of a token endpoint (RFC 6749 §5.1). Raises ValueError where it is none."""
    access, refresh, scope = answer.get("access_token"), answer.get("refresh_token") or "", answer.get("scope") or ""
    if not access or not all(isinstance(text, str) for text in (access, refresh, scope)):
        raise ValueError("token")
    if str(answer.get("token_type")).lower() != "bearer":  # §7.1: do not use what you do not understand
        raise ValueError("token_type")
    return answer


def registered(client_id: str, secret: str | None = None) -> SiteClient:
    """Return a client by what the site gave us when we registered."""
    # No `scope` here: Authlib would send it with each refresh, and get more or less than the user has allowed by then.
    return SiteClient(
        Trips(client_id), client_id, client_id=client_id, client_secret=secret,
        server_metadata_url=f"{settings.SITE_URL}/.well-known/openid-configuration",
        client_kwargs={"code_challenge_method": "S256"},
    )  # fmt: skip


PAPER = registered("paper-and-ink", "outside-paper-secret")
TELEVISION = registered("paper-tv")  # it stands in a living room: nothing in it stays secret
EXPORT = registered("night-export", "outside-export-secret")
CLIENTS = {client.client_id: client for client in (PAPER, TELEVISION, EXPORT)}
