"""The one user model that all three mechanisms share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower


def without_at(value: str) -> None:
    """Refuse `@` in a user name: people sign in by name or e-mail, and a name could pose as somebody's address."""
    if "@" in value:
        raise ValidationError("A user name cannot contain @.", code="at_sign")


class OnlyByUpdate(models.PositiveIntegerField):
    """A number that `save()` leaves as the row has it: an instance that was read before would write the old one."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return what is written: the row's own number, but for a new row."""
        return super().pre_save(model_instance, add) if add else F(self.attname)


class User(AbstractUser):
    """Django's own user, with an e-mail address that only one account can have, and a way to end all sign-ins at once.

    A project of your own should start like this too: a custom model is easy before the first migration and hard
    after it (Django documentation, "Using a custom user model when starting a project").
    """

    username = models.CharField(
        max_length=150,
        unique=True,
        help_text="Letters, digits and . + - _ only.",
        validators=[UnicodeUsernameValidator(), without_at],
        error_messages={"unique": "A user with that name exists already."},
    )
    # Part of the mark that each session and each refresh family carries, beside the password. One more, and whatever
    # began before opens nothing, wherever it lies: in the cookie itself, or in another process's memory.
    security_stamp = OnlyByUpdate(default=0, editable=False)

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="one_account_per_email",
                violation_error_message="An account with this e-mail address exists already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(username__contains="@"),
                name="username_is_no_email",
                violation_error_message="A user name cannot contain @.",
            ),
        ]
        indexes = [  # the few that the admin's filters look for
            models.Index(fields=["username"], condition=models.Q(is_staff=True), name="user_staff"),
            models.Index(fields=["username"], condition=models.Q(is_superuser=True), name="user_superuser"),
            models.Index(fields=["username"], condition=models.Q(is_active=False), name="user_inactive"),
        ]

    def get_session_auth_hash(self) -> str:
        """Return the mark of a sign-in. It changes with the password, and with `void_sign_ins`."""
        return f"{super().get_session_auth_hash()}.{self.security_stamp}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the marks that the keys of SECRET_KEY_FALLBACKS would give."""
        for mark in super().get_session_auth_fallback_hash():
            yield f"{mark}.{self.security_stamp}"

    def void_sign_ins(self) -> None:
        """Make all marks of before worthless, at once and for every process. One statement.

        It deletes no record and sends no signal: `authdemo.access.ending` does that, and this closes the gap between
        a sign-in that is under way and the deletion.
        """
        User.objects.filter(pk=self.pk).update(security_stamp=F("security_stamp") + 1)
        self.refresh_from_db(fields=["security_stamp"])
