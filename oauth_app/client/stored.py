"""Keep the provider's tokens of a connected account, and read them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction
from django.utils import timezone

from .models import ProviderToken

LONGEST_LIFE = 10 * 365 * 24 * 60 * 60  # seconds; what a provider says beyond that is no date


class NoToken(Exception):
    """There is no token of this account here. Its text says why."""


class Secrets(NamedTuple):
    """The two tokens in clear, on their way to the provider. Without a `repr`, so that no log has them."""

    access: str
    refresh: str

    def __repr__(self) -> str:
        return "Secrets(…)"


@dataclass(frozen=True)
class Grant:
    """What a token endpoint has answered (RFC 6749 §5.1)."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: str
    expires_at: datetime | None

    @classmethod
    def of(cls, answer: Mapping[str, Any], asked: str) -> Grant:
        """Read an answer. Without `scope` in it, it is what was asked for (§5.1).

        Raises LookupError, TypeError or ValueError where it has another shape.
        """
        access, refresh, scope = answer["access_token"], answer.get("refresh_token") or "", answer.get("scope", asked)
        if not all(isinstance(text, str) for text in (access, refresh, scope)) or not access:
            raise TypeError("token")
        if "\0" in scope or len(scope) > 4000:
            raise ValueError("scope")
        # GitHub writes commas between them.
        return cls(access, refresh, " ".join(scope.replace(",", " ").split()), _end(answer.get("expires_in")))

    def columns(self) -> dict[str, Any]:
        """Return what to write into a row. Where no new refresh token came, the one before still counts (§6)."""
        written = {"access_token": self.access_token, "scopes": self.scopes, "expires_at": self.expires_at}
        again = {"refresh_token": self.refresh_token, "refreshable": True} if self.refresh_token else {}
        return written | again | {"problem": ""}


def _end(seconds: Any) -> datetime | None:
    if seconds is None:
        return None
    life = int(seconds)  # some providers send a text
    if not 0 <= life <= LONGEST_LIFE:
        raise ValueError("expires_in")
    return timezone.now() + timedelta(seconds=life)


def keep(account: SocialAccount, grant: Grant) -> None:
    """Keep the tokens of an account in the place of those before. Of an account that is gone meanwhile, nothing."""
    try:
        with transaction.atomic():
            ProviderToken.objects.update_or_create(account=account, defaults=grant.columns())
    except IntegrityError:  # disconnected in another tab, in this moment
        return


def token_of(account: SocialAccount) -> ProviderToken:
    """Return the row. Raises NoToken."""
    token = ProviderToken.objects.filter(account=account).first()
    if token is None:
        raise NoToken("No token of this account is kept here. Sign in or connect again, and there is one.")
    return token


def secrets_of(token: ProviderToken) -> Secrets:
    """Decrypt. Raises NoToken where the row was written with another key than `FERNET_KEYS` has now, or is gone."""
    try:
        return Secrets(token.access_token, token.refresh_token or "")
    except InvalidToken:
        raise NoToken(
            "The token of this account was encrypted with another key than the one that is set now, so nobody can "
            "read it. Connect the account again, and there is a new one."
        ) from None
    except ProviderToken.DoesNotExist:
        raise NoToken("The account was disconnected in this moment.") from None
