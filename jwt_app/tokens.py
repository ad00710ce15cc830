"""Access and refresh tokens: SimpleJWT's, with our backend, and with families of refresh tokens (RFC 9700 §4.14.2)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.utils import datetime_from_epoch

from . import signals
from .backend import KeyedBackend, token_backend
from .models import RefreshFamily

FAMILY = "family"


class RefusedToken(TokenError):
    """A token that we do not accept although its signature is right; `code` says why."""

    def __init__(self, detail: str, code: str) -> None:
        super().__init__(detail)
        self.code = code


def ended(reason: str) -> RefusedToken:
    """Return the refusal for a family that ended for this reason, one of `RefreshFamily.Reason`."""
    if reason == RefreshFamily.Reason.PASSWORD:
        return RefusedToken("The password was changed after this sign-in.", "password_changed")
    if reason == RefreshFamily.Reason.INACTIVE:
        return RefusedToken("The account was deactivated after this sign-in.", "user_inactive")
    return RefusedToken("This sign-in has ended, or the account is gone.", "token_revoked")


def too_late() -> RefusedToken:
    """Return the refusal for a token that another call has exchanged within the grace."""
    return RefusedToken("This refresh token was exchanged a moment ago. Use what came of it.", "token_used")


def digest(token: str) -> str:
    """Return what is stored of a refresh token: it recognises the token and cannot be used as one.

    A plain SHA-256 is enough, since a signature cannot be guessed as a password can.
    """
    return hashlib.sha256(token.encode()).hexdigest()


class SignedToken(simplejwt.Token):
    """What both kinds have in common. Reading one asks no database."""

    @property
    def token_backend(self) -> KeyedBackend:
        """Our backend in the place of SimpleJWT's."""
        return token_backend()

    def verify(self) -> None:
        """Check the claims; signature, `exp`, `iss` and `aud` were checked by the backend.

        Raises TokenError. A claim of the wrong type is refused here, before anything computes with it.
        """
        try:
            for claim in ("exp", "iat"):
                datetime_from_epoch(self.payload[claim])
            if not isinstance(self.payload[api_settings.USER_ID_CLAIM], str):
                raise TypeError
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            raise TokenError("A claim is missing or of the wrong type") from error
        simplejwt.Token.verify(self)

    def verify_token_type(self) -> None:
        """Keep an access token from being used as a refresh token and the other way round (RFC 8725 §3.11)."""
        if self.payload.get(api_settings.TOKEN_TYPE_CLAIM) != self.token_type:
            raise RefusedToken(f"This is not a token of the type {self.token_type}.", "token_wrong_type")


class AccessToken(SignedToken, simplejwt.AccessToken):
    """Opens the API for some minutes. No record of it exists."""


class RefreshToken(SignedToken, simplejwt.RefreshToken):
    """Good for one exchange. `for_user`, `rotate`, `check` and `revoke` are all that is done with it."""

    token: str | None

    access_token_class = AccessToken

    @property
    def no_copy_claims(self) -> tuple[str, ...]:  # type: ignore[override]
        """What an access token does not get. With JWT_DENYLIST it gets the family, to be denied by that."""
        own = simplejwt.RefreshToken.no_copy_claims
        return own if getattr(settings, "JWT_DENYLIST", False) else (*own, FAMILY)

    def __str__(self) -> str:
        """Sign once: with ES* and PS* a second signature differs, and so would its digest."""
        if self.token is None:
            self.token = super().__str__()
        return str(self.token)

    @classmethod
    def for_user(cls, user: Any) -> RefreshToken:
        """Start a family with its first token: this is what a sign-in does."""
        with transaction.atomic():
            family = RefreshFamily.objects.create(user=user, session_auth_hash=user.get_session_auth_hash())
            token = cls._issue(family)
        signals.issued.send(sender=RefreshFamily, user=user, family=family)
        return token

    @classmethod
    def _issue(cls, family: RefreshFamily, parent: OutstandingToken | None = None) -> RefreshToken:
        user: Any = family.user
        token = cls()
        token[api_settings.USER_ID_CLAIM] = str(getattr(user, api_settings.USER_ID_FIELD))
        # Copied into the access token, and as old as that is: `role` does not follow a demotion.
        token["username"] = user.get_username()
        token["role"] = "staff" if getattr(user, "is_staff", False) else "user"
        token[FAMILY] = str(family.pk)
        row = OutstandingToken.objects.create(
            user=user,
            jti=token["jti"],
            token=digest(str(token)),
            created_at=token.current_time,
            expires_at=datetime_from_epoch(token["exp"]),
        )
        family.members.create(token=row, parent=parent)
        return token

    def rotate(self) -> RefreshToken:
        """Exchange this token for the next of its family. Of any number of exchanges at once, one succeeds.

        Five statements. Raises RefusedToken; where the token was exchanged before, the whole family has ended then,
        and stays so: the refusal comes after the transaction. `durable` refuses a transaction around this one, which
        would take the end of the family back. Within the grace a late copy is refused, and nothing ends.
        """
        with transaction.atomic(durable=True):
            # Everybody who presents a token of this family waits here for the one before. Other families go on.
            family, row = self._find(RefreshFamily.objects.select_for_update(of=("self",)))
            reused = is_used(row)
            if is_late(row, family.grace):
                raise too_late()
            if reused:
                # RFC 9700 §4.14.2: a used token that comes back means that somebody else has a copy. Nobody can
                # tell who of the two is the thief, so both have to sign in again.
                family.revoke(RefreshFamily.Reason.REUSE)
            else:
                BlacklistedToken.objects.create(token=row)
                successor = self._issue(family, parent=row)
        if reused:
            signals.reused.send(sender=RefreshFamily, user=family.user, family=family)
            raise RefusedToken("This refresh token was used before, so this sign-in has been ended.", "token_reused")
        signals.refreshed.send(sender=RefreshFamily, user=family.user, family=family)
        return successor

    def check(self) -> None:
        """Raise RefusedToken where `rotate` would refuse, and change nothing."""
        family, row = self._find(RefreshFamily.objects.all())
        if is_late(row, family.grace):
            raise too_late()
        if is_used(row):
            raise RefusedToken("This refresh token was used before.", "token_reused")

    def revoke(self) -> RefreshFamily | None:
        """Sign out: end the family, and return it. Where it has ended, or its user is gone, nothing is left to do."""
        family = RefreshFamily.objects.select_related("user").filter(pk=self._uuid(FAMILY)).first()
        if family is not None:
            family.revoke(RefreshFamily.Reason.LOGOUT)
        return family

    def _find(self, families: Any) -> tuple[RefreshFamily, OutstandingToken]:
        """Return the family and the row of this token. Raises RefusedToken where they no longer allow anything."""
        family = families.select_related("user").filter(pk=self._uuid(FAMILY)).first()
        if family is None:
            raise ended("")
        if family.revoked_at:
            raise ended(family.reason)
        if not api_settings.USER_AUTHENTICATION_RULE(family.user):
            raise RefusedToken("This account is not active.", "user_inactive")
        if not family.password_unchanged():
            raise ended(RefreshFamily.Reason.PASSWORD)
        tokens = OutstandingToken.objects.select_related(
            "blacklistedtoken", "successor__token__blacklistedtoken"
        ).order_by()
        row = tokens.filter(jti=self._uuid("jti").hex).first()
        # The digest covers every claim, so this is the token as it was issued, in this family.
        if row is None or not constant_time_compare(row.token, digest(str(self))):
            raise RefusedToken("This refresh token is not one that was issued here.", "token_not_valid")
        return family, row

    def _uuid(self, claim: str) -> UUID:
        try:
            return UUID(str(self.payload.get(claim)))
        except ValueError:
            raise RefusedToken("This refresh token is not one that was issued here.", "token_not_valid") from None


def is_late(row: OutstandingToken, grace: timedelta) -> bool:
    """Say whether this is the last token but one, exchanged within the grace.

    Then it is more likely the second tab of one browser than a thief. Once the successor was used as well, its holder
    has it for certain, and an older copy is no tab that was slow.
    """
    if not grace or not hasattr(row, "blacklistedtoken") or not hasattr(row, "successor"):
        return False
    return not is_used(row.successor.token) and timezone.now() < row.blacklistedtoken.blacklisted_at + grace


def is_used(row: OutstandingToken) -> bool:
    """Say whether the token was exchanged already: it is on the blacklist, or has a successor."""
    return hasattr(row, "blacklistedtoken") or hasattr(row, "successor")
