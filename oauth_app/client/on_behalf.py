"""Use a stored token: call an API with it, refresh it, revoke it. Authlib does the protocol of the last two.

No request and no page in here. `session` is a `transport.ProviderSession`, so no call waits for longer than it may.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

import requests
from authlib.integrations.requests_client.oauth2_session import OAuth2ClientAuth
from authlib.oauth2 import OAuth2Client, OAuth2Error
from django.db import transaction

from .endpoints import UNUSABLE
from .models import ProviderToken
from .stored import Grant, NoToken, Secrets, secrets_of

Problem = ProviderToken.Problem


@dataclass(frozen=True)
class Endpoints:
    """Where a provider refreshes and revokes, and how it knows us.

    `own_way`: it has no RFC 7009, and ends tokens by calls of its own (GitHub). An empty URL: it does not do that.
    """

    client_id: str
    client_secret: str = field(repr=False)
    token_url: str = ""
    revocation_url: str = ""
    auth_method: str = "client_secret_post"
    own_way: bool = False


class NotRefreshed(Exception):
    """No new token came. `problem` says why; for `Problem.ENDED` there never will."""

    def __init__(self, problem: str) -> None:
        super().__init__(Problem(problem).label)
        self.problem = problem


class NotRevoked(Exception):
    """The token may live on at the provider. The text says why we do not know better."""


class TokenClient(OAuth2Client):
    """Authlib's client, which sends by the session that it is given."""

    client_auth_class = OAuth2ClientAuth


def call(
    token: ProviderToken, at: Endpoints, session: requests.Session, url: str, *, refreshing: bool = True
) -> requests.Response:
    """Return the answer of a GET in the user's name (RFC 6750 §2.1).

    A token that is over is refreshed first where that can be done, and once more where the provider says 401 although
    our clock says otherwise. Raises NoToken, NotRefreshed, and `requests.RequestException` where no answer came.
    """
    if refreshing and token.expired and token.refreshable:
        token = refresh(token, at, session)
        refreshing = False
    response = _get(token, session, url)
    if response.status_code != HTTPStatus.UNAUTHORIZED:
        return response
    if refreshing and token.refreshable:
        return _get(refresh(token, at, session), session, url)
    if not token.refreshable:
        ProviderToken.objects.filter(pk=token.pk, updated_at=token.updated_at).update(problem=Problem.ENDED)
    return response


def _get(token: ProviderToken, session: requests.Session, url: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {secrets_of(token).access}", "Accept": "application/json"}
    return session.get(url, headers=headers)


def refresh(seen: ProviderToken, at: Endpoints, session: requests.Session) -> ProviderToken:
    """Exchange the refresh token for new tokens, and keep them (RFC 6749 §6). `seen` is the row as you know it.

    A provider that rotates takes a refresh token once, and may end everything when it comes twice (RFC 9700 §4.14.2).
    So one at a time: the others wait for the row, and then take what the first one got, good or bad.

    Raises NoToken, NotRefreshed.
    """
    with transaction.atomic():
        token = ProviderToken.objects.select_for_update().filter(pk=seen.pk).first()
        if token is None:
            raise NoToken("The account was disconnected in this moment.")
        if token.updated_at == seen.updated_at:
            changes = _exchange(token, at, session)
            for name, value in changes.items():
                setattr(token, name, value)
            token.save(update_fields=[*changes, "updated_at"])
    if token.problem:
        raise NotRefreshed(token.problem)
    return token


def _exchange(token: ProviderToken, at: Endpoints, session: requests.Session) -> dict[str, object]:
    """Return what to write into the row."""
    client = TokenClient(session, at.client_id, at.client_secret, token_endpoint_auth_method=at.auth_method)
    try:
        answer = client.refresh_token(at.token_url, refresh_token=secrets_of(token).refresh)
        return Grant.of(answer, token.scopes).columns()
    except OAuth2Error as error:
        # RFC 6749 §5.2: revoked, expired, or used by somebody else before.
        return {"problem": Problem.ENDED if error.error == "invalid_grant" else Problem.REFUSED}
    except requests.RequestException:
        return {"problem": Problem.UNREACHABLE}
    except UNUSABLE:
        return {"problem": Problem.UNUSABLE}


def revoke(secrets: Secrets, at: Endpoints, session: requests.Session, *, only_these: bool = False) -> None:
    """End the tokens at the provider, and what else it ends by them. One that is over there already is no failure.

    With `only_these` GitHub ends nothing else. Others leave no choice: see `provider.one_by_one`. Raises NotRevoked.
    """
    if not at.revocation_url:
        raise NotRevoked("It has no address at which a token can be taken back.")
    try:
        if at.own_way:
            _delete("token" if only_these else "grant", secrets, at, session)
            return
        # The refresh token first: without it no new access token can come (RFC 7009 §2.1).
        for kind, value in (("refresh_token", secrets.refresh), ("access_token", secrets.access)):
            if value:
                _revoke_one(kind, value, at, session)
    except requests.Timeout:
        raise NotRevoked("It did not answer in time.") from None
    except requests.ConnectionError:
        raise NotRevoked("It cannot be reached.") from None
    except requests.RequestException:
        raise NotRevoked("It answered with nothing that can be read.") from None


def _delete(what: str, secrets: Secrets, at: Endpoints, session: requests.Session) -> None:
    """GitHub's own calls: REST API, "Delete an app token" for that one, "Delete an app authorization" for all that the
    app has of its user. 404: it knows no such token (any more).
    """
    us = (at.client_id, at.client_secret)
    answer = session.delete(f"{at.revocation_url}/{what}", json={"access_token": secrets.access}, auth=us)
    if answer.status_code not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND):
        raise NotRevoked(f"It answered with {answer.status_code}.")


def _revoke_one(kind: str, value: str, at: Endpoints, session: requests.Session) -> None:
    client = TokenClient(session, at.client_id, at.client_secret, revocation_endpoint_auth_method=at.auth_method)
    answer = client.revoke_token(at.revocation_url, token=value, token_type_hint=kind)
    if answer.status_code == HTTPStatus.OK:
        return
    # RFC 7009 §2.2: an unknown token is answered 200. Google answers 400 and `invalid_token`.
    if answer.status_code == HTTPStatus.BAD_REQUEST and "invalid_token" in answer.text:
        return
    raise NotRevoked(f"It answered with {answer.status_code}.")
