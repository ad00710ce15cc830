"""Access tokens as a sign-in gives them, and the site set so that each algorithm has signed one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from unittest import mock

from django.conf import settings
from django.test import override_settings

from jwt_app import keys, tokens
from jwt_app.backend import KeyedBackend, key_ring, token_backend
from jwt_app.tokens import AccessToken, RefreshToken

from .people import Person

Within = Callable[[], AbstractContextManager[object]]
ASYMMETRIC = ("ES256", "EdDSA", "RS256")  # the last one signs from then on


def access_for(person: Person) -> AccessToken:
    """Return an access token as a sign-in gives it."""
    token: AccessToken = RefreshToken.for_user(person.user).access_token
    return token


def signed_by_each(person: Person) -> dict[str, str]:
    """Return an access token by each algorithm with a public key. All are in the ring, so all are good."""
    token_backend()  # makes the ring's first key, which would sign instead of ours if it came later
    made, ring = {}, key_ring()
    assert ring  # noqa: S101  the scratch site has no JWT_SIGNING_KEY
    for name in ASYMMETRIC:
        ring.ensure(name)
        made[name] = str(access_for(person))
    return made


def with_shared_secret() -> Within:
    """Let the site sign and verify by HS256. One secret is no ring, so the process gets another backend meanwhile.

    `mock.patch` puts it there. By settings alone, the backend of the ring would have to be thrown away after each
    turn, and would be made again within the time of the next one.
    """
    secret = {"ALGORITHM": "HS256", "SIGNING_KEY": keys.new_key("HS256"), "VERIFYING_KEY": ""}
    with override_settings(SIMPLE_JWT=settings.SIMPLE_JWT | secret):
        backend = KeyedBackend()
        assert backend.signing.algorithm == "HS256"  # noqa: S101  it has read its one key now, and keeps it
    return lambda: mock.patch.object(tokens, "token_backend", return_value=backend)
