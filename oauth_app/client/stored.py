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


class Unreadable(NoToken):
    """There is one, and nobody can read it."""


class Secrets(NamedTuple):
    """The two tokens in clear, on their way to the provider. Without a `repr`, so that no log has them."""

    access: str
    refresh: str

    def __repr__(self) -> str:
        return "Secrets(…)"

    def but(self, needed: Secrets) -> Secrets:
        """Return them with "" for each that is among the others: a provider may answer with a token of before."""
        return Secrets(*("" if value in needed else value for value in self))


NOTHING = Secrets("", "")


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

    @property
    def secrets(self) -> Secrets:
        """Return its two tokens."""
        return Secrets(self.access_token, self.refresh_token)

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


def keep(account: SocialAccount, grant: Grant) -> Secrets:
    """Keep the tokens of an account in the place of those before. Of an account that is gone meanwhile, nothing.

    Returns the tokens that nobody needs any more, with "" for each that somebody does.
    """
    try:
        with transaction.atomic():
            tokens = ProviderToken.objects.select_for_update()
            token, first = tokens.get_or_create(account=account, defaults=grant.columns())
            return NOTHING if first else _replace(token, grant)
    except IntegrityError:  # disconnected in another tab, in this moment
        return grant.secrets


def _replace(token: ProviderToken, grant: Grant) -> Secrets:
    """Write the new tokens into a row that is locked; or leave those before, where they may do more."""
    try:
        old = secrets_of(token)
    except NoToken:  # written with another key: it helps nobody, and must not stand beside a new one
        old = NOTHING
    changes, unneeded = grant.columns(), old
    if not grant.refresh_token:
        if old.refresh and token.problem != ProviderToken.Problem.ENDED:
            # RFC 6749 §1.5: the refresh token brings what its own authorization has allowed, whatever this one has.
            had, has = token.scope_list, grant.scopes.split()
            if set(has) < set(had):
                return grant.secrets.but(old)
            changes["scopes"], unneeded = " ".join(dict.fromkeys([*has, *had])), Secrets(old.access, "")
        else:
            changes |= {"refresh_token": None, "refreshable": False}
    for name, value in changes.items():
        setattr(token, name, value)
    token.save(update_fields=[*changes, "updated_at"])
    return unneeded.but(grant.secrets)


def token_of(account: SocialAccount) -> ProviderToken:
    """Return the row. Raises NoToken."""
    token = ProviderToken.objects.filter(account=account).first()
    if token is None:
        raise NoToken("No token of this account is kept here. Sign in or connect again, and there is one.")
    return token


def secrets_of(token: ProviderToken) -> Secrets:
    """Decrypt. Raises Unreadable where the row was written with another key than `FERNET_KEYS` has now, and NoToken
    where it is gone.
    """
    try:
        return Secrets(token.access_token, token.refresh_token or "")
    except InvalidToken:
        raise Unreadable(
            "The token of this account was encrypted with another key than the one that is set now, so nobody can "
            "read it. Connect the account again, and there is a new one."
        ) from None
    except ProviderToken.DoesNotExist:
        raise NoToken("The account was disconnected in this moment.") from None
