"""The one user model that all three mechanisms share."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower


def without_at(value: str) -> None:
    """Refuse `@` in a user name: people sign in by name or e-mail, and a name could pose as somebody's address."""
    if "@" in value:
        raise ValidationError("A user name cannot contain @.", code="at_sign")


class User(AbstractUser):
    """Django's own user, with an e-mail address that only one account can have.

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
