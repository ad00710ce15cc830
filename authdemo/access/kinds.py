"""The kinds of things that let somebody in as a user. Each is a class: how many there are, which, and how they end.

A kind says which permission shows it, and hides from whoever has not got that. Nothing here is a secret: a row is told
by when it began, from where and by what.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_permission_codename
from django.db.models import Count, Max, Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo.events.models import AuthEvent
from authdemo.guard.models import Failures
from jwt_app import denylist
from jwt_app.models import RefreshFamily
from oauth_app.client.disconnecting import remove, take
from oauth_app.client.models import ProviderToken
from oauth_app.provider.models import Consent
from sessions_app import devices
from sessions_app.labs.stores.living import can_be_listed, sessions_of
from sessions_app.labs.stores.stores import STORES
from sessions_app.programs import program

BY_NAME = "q"  # the search field of a list, where a row has a name and no key
MOST = 10  # rows of each kind, the newest; the admin's list has them all


@dataclass(frozen=True)
class Row:
    """One of them, in words."""

    what: str
    since: datetime | None = None
    until: datetime | None = None
    key: Any = None  # of the row that the admin has a page of


@dataclass(frozen=True)
class Found:
    """What a user has of one kind."""

    number: int = 0
    rows: Sequence[Row] = field(default_factory=tuple)
    until: datetime | None = None  # when the last of them ends by itself
    note: str = ""  # what the list cannot tell


class Kind(ABC):
    """One kind. `model`: whose pages in the admin show it, to whom that lets see them; `lookup`: how its list is asked
    for one user's. `ends`: what "End everything" does to it; "" where it does nothing, or where it is `chosen`: asked
    for with it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    model: ClassVar[type[Model]]
    lookup: ClassVar[str] = "user__id__exact"
    ends: ClassVar[str] = ""
    chosen: ClassVar[bool] = False

    @property
    def permission(self) -> str:
        """Return which permission shows it."""
        meta = self.model._meta
        return f"{meta.app_label}.{get_permission_codename('view', meta)}"

    def url(self, user: Any, key: Any = None) -> str:
        """Return the admin's page of one of them, or its list of this user's."""
        meta = self.model._meta
        name = f"admin:{meta.app_label}_{meta.model_name}"
        if key is not None:
            return reverse(f"{name}_change", args=[key])
        value = user.get_username() if self.lookup == BY_NAME else user.pk
        return f"{reverse(f'{name}_changelist')}?{urlencode({self.lookup: value})}"

    @abstractmethod
    def of(self, user: Any) -> Found:
        """Return what there is of it now."""

    def end(self, user: Any) -> int:
        """End them, by the function that the app's own pages use. Returns how many there were."""
        return 0

    def afterwards(self, user: Any) -> Callable[[], list[str]]:
        """Return what is to be done once the end is certain. That returns what has to be known of it.

        It is asked for before `end`, in the same transaction.
        """
        return list

    def remains(self) -> str:
        """Return what "End everything" cannot end, and until when; "" where nothing is left."""
        return ""


class Sessions(Kind):
    """Sessions of the site, in whichever store."""

    name, title = "sessions", "Sessions"
    model = UserSession
    ends = "They end at once: the next request of each browser is anonymous."

    def of(self, user: Any) -> Found:
        """Return the rows that point to one. A session in a signed cookie has none."""
        rows = UserSession.objects.filter(user_id=user.pk).order_by("-last_seen_at")
        shown = [Row(f"{program(row.user_agent)} at {row.ip}", row.created_at, key=row.pk) for row in rows[:MOST]]
        return Found(rows.count(), shown)

    def end(self, user: Any) -> int:
        """As the page of devices does."""
        return devices.end_all(user)


class LabSessions(Kind):
    """Sessions of the site's users on the stores of the lab, which open the lab and nothing else."""

    name, title = "lab-sessions", "Sessions in the store lab"
    model = UserSession
    ends = "They end at once, on each store: in signed cookies and in the memory of a process as well."

    def of(self, user: Any) -> Found:
        """Return those that a store can list."""
        found, silent = sessions_of(user)
        rows = [Row(one.store.title, one.since, one.until) for one in found[:MOST]]
        unlisted = [store.title for store in STORES if not can_be_listed(store)]
        note = f"Nobody can list those in: {', '.join(unlisted).lower()}."
        if silent:
            note += f" This does not answer: {', '.join(store.title for store in silent)}."
        return Found(len(found), rows, note=note)

    def url(self, user: Any, key: Any = None) -> str:
        """Return "": they have no page here."""
        return ""

    def end(self, user: Any) -> int:
        """Delete the records. Those that nobody can list, or reach just now, carry a mark that is worthless."""
        found, _ = sessions_of(user)
        for one in found:
            one.end()
        return len(found)


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
        """Return those with a refresh token that has not expired."""
        alive = self._alive(user)
        rows = [
            Row(f"{one.tokens} refresh tokens" if one.tokens > 1 else "1 refresh token", one.created_at, one.until,
                one.pk)
            for one in alive.order_by("-created_at")[:MOST]
        ]  # fmt: skip
        return Found(alive.count(), rows)

    def end(self, user: Any) -> int:
        """As an administrator's action does. The deny-list hears of each."""
        living = RefreshFamily.objects.filter(user_id=user.pk, revoked_at=None).select_related("user")
        return sum(family.revoke(RefreshFamily.Reason.ADMIN) for family in living)


class AccessTokens(Kind):
    """Access tokens. Nobody keeps them; each came with a refresh token, and those are kept."""

    name, title = "access-tokens", "Access tokens"
    model = RefreshFamily

    def of(self, user: Any) -> Found:
        """Return how many of the last minutes are not denied, and when the last of them expires."""
        lifetime = api_settings.ACCESS_TOKEN_LIFETIME
        issued = OutstandingToken.objects.filter(user_id=user.pk, created_at__gt=timezone.now() - lifetime)
        if denylist.is_on():
            issued = issued.filter(membership__family__revoked_at=None)
        last = issued.aggregate(number=Count("pk"), last=Max("created_at"))
        return Found(last["number"], until=last["last"] and last["last"] + lifetime)

    @property
    def ends(self) -> str:  # type: ignore[override]
        """They end where somebody looks them up."""
        return "They are denied at once, by this site." if denylist.is_on() else ""

    def remains(self) -> str:
        """Return who still takes them."""
        if denylist.is_on():
            return "Services that verify by the public key alone know of no denial, and take them until they expire."
        return "Nobody looks them up (JWT_DENYLIST is off), so they open the API until they expire."


class Apps(Kind):
    """Apps of others that the user has allowed something."""

    name, title = "apps", "Apps with access"
    model = Consent
    ends = "Their access ends at once, with all of their tokens. They have to ask again."

    def of(self, user: Any) -> Found:
        """Return them."""
        rows = Consent.objects.filter(user_id=user.pk).select_related("client").order_by("-created_at")
        shown = [Row(f"{row.client.name}: {row.scopes}", row.created_at, key=row.pk)
                 for row in rows[:MOST]]  # fmt: skip
        return Found(rows.count(), shown)

    def end(self, user: Any) -> int:
        """As the user's own page does."""
        found = list(Consent.objects.filter(user_id=user.pk).select_related("user", "client"))
        for consent in found:
            consent.revoke("admin")
        return len(found)


class Accounts(Kind):
    """Accounts at providers that sign in as this user."""

    name, title = "accounts", "Connected accounts"
    model = SocialAccount
    chosen = True

    def of(self, user: Any) -> Found:
        """Return them."""
        rows = SocialAccount.objects.filter(user_id=user.pk).order_by("-date_joined")
        shown = [Row(row.provider, row.date_joined, key=row.pk) for row in rows[:MOST]]
        return Found(rows.count(), shown)

    def end(self, user: Any) -> int:
        """Disconnect them, and tell of each."""
        found = list(SocialAccount.objects.filter(user_id=user.pk))
        for account in found:
            remove(None, account)
        return len(found)


class ProviderTokens(Kind):
    """Providers' tokens that are kept here to act in the user's name there."""

    name, title = "provider-tokens", "Stored tokens of providers"
    model, lookup = ProviderToken, "account__user__id__exact"
    ends = "They are forgotten here, and ended at their provider where that can be done."

    def of(self, user: Any) -> Found:
        """Return them, without decrypting any."""
        rows = ProviderToken.objects.filter(account__user_id=user.pk).select_related("account")
        shown = [Row(f"{row.account.provider}: {row.scopes}", row.created_at, row.expires_at,
                     row.pk) for row in rows[:MOST]]  # fmt: skip
        return Found(rows.count(), shown)

    def afterwards(self, user: Any) -> Callable[[], list[str]]:
        """Take the tokens out of their rows, to end them at their provider."""
        providers = {provider.sub_id: provider for provider in get_adapter().list_providers(None)}
        rows = ProviderToken.objects.filter(account__user_id=user.pk).select_related("account")
        taken = [take(row.account, providers.get(row.account.provider)) for row in rows]
        return lambda: [f"{one.name}: a token lives on there. {why}" for one in taken if (why := one.end())]

    def end(self, user: Any) -> int:
        """Delete the rows."""
        return ProviderToken.objects.filter(account__user_id=user.pk).delete()[0]


class Locks(Kind):
    """Wrong passwords that still count. They let nobody in; they may keep the user out."""

    name, title = "locks", "Wrong passwords that count"
    model, lookup = Failures, BY_NAME

    def of(self, user: Any) -> Found:
        """Return them, by address."""
        rows: Any = Failures.objects.one_a_pair(timezone.now()).filter(username=user.get_username())
        shown = [Row(f"{row.here} from {row.ip_address}", row.attempt_time, key=row.pk) for row in rows[:MOST]]
        return Found(rows.count(), shown)


class Events(Kind):
    """What has happened to this user lately."""

    name, title = "events", "Events"
    model = AuthEvent

    def of(self, user: Any) -> Found:
        """Return the newest."""
        rows = AuthEvent.objects.by(user)
        shown = [Row(_told(row), row.at, key=row.pk) for row in rows[:MOST]]
        return Found(rows.count(), shown)


def _told(event: AuthEvent) -> str:
    """Say what happened, and who did it where that was somebody else."""
    actor = f", by {event.actor_name}" if event.actor_name else ""
    return f"{event.get_mechanism_display()}: {event.get_verb_display()}{actor}"


KINDS: tuple[Kind, ...] = (
    Sessions(), LabSessions(), Families(), AccessTokens(), Apps(), ProviderTokens(), Accounts(), Locks(), Events()
)  # fmt: skip
