"""AuthEvent: who did what by which mechanism. Rows are added and never changed.

Two ways around that are meant. Deleting a user sets `user` to null (Django does that through `_base_manager`) and the
name stays. `AuthEvent.prune()` removes old rows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone


class AppendOnly(Exception):
    """An event has happened: it can be neither changed nor taken back."""


class Mechanism(models.TextChoices):
    """The mechanisms, named as in the answer of `whoami`."""

    SESSION = "session", "session"
    JWT = "jwt", "JWT"
    OAUTH2 = "oauth2", "OAuth2"


class Verb(models.TextChoices):
    """What happened. An API call that is answered or refused in the ordinary way is none of these."""

    SIGNED_IN = "signed_in", "signed in"
    SIGN_IN_FAILED = "sign_in_failed", "sign-in failed"
    SIGNED_OUT = "signed_out", "signed out"
    ISSUED = "issued", "issued"
    REFRESHED = "refreshed", "refreshed"
    REUSED = "reused", "reused"
    REVOKED = "revoked", "revoked"
    DENIED_BY_SCOPE = "denied_by_scope", "denied by scope"
    CONNECTED = "connected", "connected an account"
    DISCONNECTED = "disconnected", "disconnected an account"
    APP_DELETED = "app_deleted", "deleted an app"
    UNLOCKED = "unlocked", "lock lifted"


class AuthEventQuerySet(models.QuerySet["AuthEvent"]):
    """Reads as a sentence: `AuthEvent.objects.by(alice).of(Mechanism.JWT).that(Verb.REFRESHED).since(noon)`."""

    def by(self, user: AbstractBaseUser | AnonymousUser) -> AuthEventQuerySet:
        """Keep the events of this user; an anonymous one has none."""
        # Without the test, None would find all events that have no user.
        return self.none() if user.pk is None else self.filter(user_id=user.pk)

    def of(self, *mechanisms: Mechanism) -> AuthEventQuerySet:
        """Keep those of one of the mechanisms."""
        return self.filter(mechanism__in=mechanisms)

    def in_browser(self, browser: str) -> AuthEventQuerySet:
        """Keep those of one browser, named as `wire.browser` names it; "" is no browser and has none."""
        return self.filter(browser=browser) if browser else self.none()

    def that(self, *verbs: Verb) -> AuthEventQuerySet:
        """Keep those with one of the verbs."""
        return self.filter(verb__in=verbs)

    def since(self, moment: datetime) -> AuthEventQuerySet:
        """Keep those at `moment` or later."""
        return self.filter(at__gte=moment)

    def update(self, **kwargs: Any) -> NoReturn:
        """Raise AppendOnly."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Raise AppendOnly. See `AuthEvent.prune`."""
        raise AppendOnly

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[AuthEvent]:
        """Add rows. Raises AppendOnly for the kind that changes those which are there."""
        if kwargs.get("update_conflicts"):
            raise AppendOnly
        return super().bulk_create(objs, *args, **kwargs)


class AuthEvent(models.Model):
    """Something that happened to a credential. Never holds one: no password, session key, code or token."""

    at = models.DateTimeField("time", default=timezone.now)
    # related_name="+": `user.events.add(event)` would hand the event to somebody else.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    username = models.CharField("user name", max_length=150, blank=True, help_text="As it was then.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(
        "done by", max_length=150, blank=True, help_text="Where it was somebody else, an administrator for example."
    )
    mechanism = models.CharField(max_length=10, choices=Mechanism.choices)
    verb = models.CharField(max_length=20, choices=Verb.choices)
    reason = models.CharField(max_length=40, blank=True, help_text="A short code.")
    provider = models.CharField(max_length=200, blank=True, help_text="Who vouched for the user: github, say.")
    app = models.CharField(
        max_length=100, blank=True, help_text="The client ID of an app that calls in the user's name."
    )
    instance = models.CharField(max_length=20, help_text="Which process of the site it was.")
    ip = models.GenericIPAddressField("IP address", null=True)
    user_agent = models.CharField("browser or program", max_length=40, blank=True)
    # Null: not known. The tour and the lessons ask by it what somebody has done, whoever they were signed in as.
    browser = models.CharField("hashed browser ID", max_length=64, null=True, editable=False)  # noqa: DJ001

    objects = AuthEventQuerySet.as_manager()

    class Meta:
        verbose_name = "event"
        ordering = ["-id"]
        get_latest_by = "id"
        indexes = [
            models.Index(fields=["at"], name="event_at"),
            models.Index(fields=["user", "at"], name="event_user_at"),
            models.Index(fields=["username", "at"], name="event_username_at"),
            models.Index(fields=["mechanism", "at"], name="event_mechanism_at"),
            models.Index(fields=["verb", "at"], name="event_verb_at"),
            models.Index(fields=["browser", "at"], name="event_browser_at"),
        ]

    def __str__(self) -> str:
        return f"{self.username or 'somebody'}: {self.get_verb_display()} ({self.get_mechanism_display()})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row. Raises AppendOnly for one that was saved before."""
        if not self._state.adding:
            raise AppendOnly
        # An event made with the ID of another would replace it: Django tries UPDATE first.
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise AppendOnly. See `prune`."""
        raise AppendOnly

    @classmethod
    def prune(cls, before: datetime) -> int:
        """Remove what happened before that moment, in one statement. Returns how many rows."""
        return cls._base_manager.filter(at__lt=before).delete()[0]
