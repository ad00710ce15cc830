"""Access tokens of four issuers, one for each algorithm: with a key of its own, and never with the site's.

So no token of this experiment is good at the site's own API, nor one of the site's here, nor one algorithm's at
another's: the signature does not fit, and `iss` does not either.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings

from authdemo.settings.env import generated
from jwt_app import denylist, keys
from jwt_app.authentication import StatelessAuthentication
from jwt_app.backend import OneKey
from jwt_app.tokens import AccessToken

ALGORITHMS = ("RS256", "ES256", "EdDSA", "HS256")


def issuer_of(algorithm: str) -> str:
    """Return the `iss` of these tokens. Below it are the keys that verify them, as at the site's own."""
    return f"{settings.SITE_URL}/jwt/algorithms/{algorithm}"


def key_of(algorithm: str) -> OneKey:
    """Return the key, the same in every process of this site: it is made once and kept beside the site's own."""
    return _key(algorithm, issuer_of(algorithm))


@cache
def _key(algorithm: str, issuer: str) -> OneKey:
    private = generated(f"lab_jwt_key.{algorithm}", lambda: keys.new_key(algorithm))
    return OneKey(
        algorithm,
        private,
        keys.public_key(algorithm, private),
        audience=api_settings.AUDIENCE,
        issuer=issuer,
        leeway=api_settings.LEEWAY,
        json_encoder=api_settings.JSON_ENCODER,
    )


class LabToken(AccessToken):
    """The site's access token, but for who signs it. There is a class for each algorithm: see TOKENS."""

    algorithm = ""

    @property
    def token_backend(self) -> Any:
        """The one key of this algorithm."""
        return key_of(self.algorithm)


TOKENS = {name: type(f"{name}Token", (LabToken,), {"algorithm": name}) for name in ALGORITHMS}


class LabAuthentication(StatelessAuthentication):
    """Believes tokens of one algorithm's issuer. Asks the deny-list about those that say so."""

    def __init__(self, algorithm: str) -> None:
        super().__init__()
        self.algorithm = algorithm

    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        """Return the token. Raises InvalidToken, with the reason as its cause."""
        try:
            token: AccessToken = TOKENS[self.algorithm](raw_token)
            denylist.check(token)
        except TokenError as error:
            raise InvalidToken(str(error)) from error
        return token
