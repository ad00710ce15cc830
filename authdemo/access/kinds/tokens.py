"""JSON Web Tokens: sign-ins by token, and the access tokens that came of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_app import denylist
from jwt_app.models import REMEMBERED, RefreshFamily

from .base import MOST, Found, Kind, Row


class Families(Kind):
    """Sign-ins by token."""

    name, title = "families", "Refresh families"
    model = RefreshFamily
    ends = "They end at once: none of their refresh tokens is exchanged any more."

    def _alive(self, user: Any) -> QuerySet[RefreshFamily, Any]:
        own = RefreshFamily.objects.filter(user_id=user.pk, revoked_at=None)
        return own.annotate(tokens=Count("members"), until=Max("members__token__expires_at")).filter(
            until__gt=timezone.now()
        )

    def of(self, user: Any) -> Found:
        """Return those with a refresh token that has not expired, and why others have ended lately."""
        alive = self._alive(user)
        rows = [Row(_tokens(one.tokens), one.created_at, one.until, one.pk) for one in
                alive.order_by("-created_at")[:MOST]]  # fmt: skip
        return Found(alive.count(), rows, note=self._ended(user))

    def _ended(self, user: Any) -> str:
        since = timezone.now() - REMEMBERED
        lately = RefreshFamily.objects.filter(user_id=user.pk, revoked_at__gt=since)
        counted = lately.values_list("reason").annotate(number=Count("pk")).order_by("-number", "reason")
        told = [f"{number} ({RefreshFamily.Reason(reason).label})" for reason, number in counted]
        return f"Ended in the last {REMEMBERED.days} days: {', '.join(told)}." if told else ""

    def end(self, user: Any) -> int:
        """As an administrator's action does. The deny-list hears of each."""
        number = self._alive(user).count()
        for family in RefreshFamily.objects.filter(user_id=user.pk, revoked_at=None).select_related("user"):
            family.revoke(RefreshFamily.Reason.ADMIN)
        return number


def _tokens(number: int) -> str:
    """Say how often it was exchanged: the newest token is alive, those before it are used."""
    return "1 refresh token" if number == 1 else f"{number} refresh tokens, {number - 1} of them used"


class AccessTokens(Kind):
    """Access tokens. Nobody keeps them; each came with a refresh token, and those are kept."""

    name, title = "access-tokens", "Access tokens"
    model = RefreshFamily

    def of(self, user: Any) -> Found:
        """Return how many of the last minutes are not denied, and when the last of them expires."""
        lifetime = api_settings.ACCESS_TOKEN_LIFETIME
        issued = OutstandingToken.objects.filter(user_id=user.pk, created_at__gt=timezone.now() - lifetime)
        if denylist.is_on():
            # Without the first, a token whose family is gone would pass for one whose family lives.
            issued = issued.filter(membership__family__isnull=False, membership__family__revoked_at=None)
        last = issued.aggregate(number=Count("pk"), last=Max("created_at"))
        return Found(last["number"], until=last["last"] and last["last"] + lifetime)

    def end(self, user: Any) -> int:
        """Return how many there are: they end with their families, next."""
        return self.of(user).number

    @property
    def ends(self) -> str:  # type: ignore[override]
        """They end where somebody looks them up."""
        return "They are denied at once, by this site." if denylist.is_on() else ""

    def remains(self) -> str:
        """Return who still takes them."""
        if denylist.is_on():
            return "Services that verify by the public key alone know of no denial, and take them until they expire."
        return "Nobody looks them up (JWT_DENYLIST is off), so they open the API until they expire."
