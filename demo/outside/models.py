"""Accounts of the outside world: each belongs to one company, whatever its name."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Account(AbstractBaseUser):
    """Somebody's account at one company. The same user name at another company is another account."""

    company = models.CharField(max_length=20)
    username = models.CharField(max_length=150)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField()
    email_verified = models.BooleanField(default=False, help_text="Did the company see that its owner can read it?")
    is_active = models.BooleanField(default=True)

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "username"], name="one_username_a_company"),
            models.UniqueConstraint(fields=["company", "email"], name="one_email_a_company"),
        ]

    def __str__(self) -> str:
        return f"{self.username} at {self.company}"

    def get_full_name(self) -> str:
        """Return the name as people say it."""
        return f"{self.given_name} {self.family_name}".strip()
