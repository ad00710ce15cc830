"""What the app keeps: whose notes it may print, a code that stands on a television, and answers that have come.

Tokens stand here in clear, and nowhere else: not in a cookie, not in a page. A real app would encrypt them, too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import IntegrityError, models
from django.utils import timezone


class Connection(models.Model):
    """What one browser's user has allowed one of our clients. Tokens that open nothing any more are not kept."""

    objects: ClassVar[models.Manager[Connection]] = models.Manager()  # said, since the site has no such app

    class Ended(models.TextChoices):
        """Why there is no token any more."""

        REFUSED = "refused", "the site refused the access token, and the refresh token as well"
        OVER = "over", "the access token is over, and there is no refresh token"

    browser = models.CharField(max_length=32)  # stands in the session
    browser_before = models.CharField(max_length=32, blank=True)  # see `browsers.py`
    client_id = models.CharField(max_length=100)
    subject = models.CharField(max_length=255, blank=True)
    username = models.CharField(max_length=255, blank=True)
    scope = models.CharField(max_length=500, blank=True)
    access_token = models.TextField(blank=True)
    refresh_token = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(default=timezone.now)
    refreshed_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    # Which tokens these are: the first ones, the ones after. And until when somebody is fetching the next ones.
    version = models.PositiveIntegerField(default=0)
    busy_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["browser", "client_id"], name="one_connection_a_client")]

    def __str__(self) -> str:
        return f"{self.client_id} for {self.username or 'somebody'}"

    @property
    def scopes(self) -> list[str]:
        """Return what was allowed."""
        return self.scope.split()

    @property
    def expired(self) -> bool:
        """Tell whether the access token is over, by our clock."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class Screen(models.Model):
    """A television that shows a code, and waits for somebody to type it elsewhere (RFC 8628 §3.2)."""

    objects: ClassVar[models.Manager[Screen]] = models.Manager()  # said, since the site has no such app

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "Nobody has answered yet."
        DENIED = "denied", "Somebody said no."
        EXPIRED = "expired", "Nobody typed the code in time."
        DONE = "done", "Somebody allowed it."

    browser = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    device_code = models.TextField(blank=True)
    user_code = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=500)
    whole_address = models.CharField(max_length=500, blank=True)  # with the code in it
    interval = models.PositiveIntegerField()  # seconds
    slowed = models.BooleanField(default=False)
    asked = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.State(self.state).label)


class Answered(models.Model):
    """A `state` that has come back. Each is good once, also where it comes back twice at the same moment."""

    objects: ClassVar[models.Manager[Answered]] = models.Manager()  # said, since the site has no such app

    state_hash = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"answered at {self.at}"

    @classmethod
    def is_first(cls, state_hash: str) -> bool:
        """Tell whether it comes back for the first time. Those of yesterday are forgotten: no session has them."""
        cls.objects.filter(at__lt=timezone.now() - timedelta(days=1)).delete()
        try:
            cls.objects.create(state_hash=state_hash)
        except IntegrityError:
            return False
        return True
