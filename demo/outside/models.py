"""Accounts of the outside world: each belongs to one company, whatever its name."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

LONGEST = 254  # an e-mail address (RFC 5321 §4.5.3.1.3). SQLite refuses a pattern of 50,000 characters.


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by what somebody typed."""

    def named(self, name: str, company: str) -> models.QuerySet[Account]:
        """Return those of a company with this user name or e-mail address, in any case."""
        if len(name) > LONGEST:
            return self.none()
        return self.filter(Q(username__iexact=name) | Q(email__iexact=name), company=company).order_by("pk")


class Account(AbstractBaseUser):
    """Somebody's account at one company. The same user name at another company is another account."""

    company = models.CharField(max_length=20)
    username = models.CharField(max_length=150)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField()
    email_verified = models.BooleanField(default=False, help_text="Did the company see that its owner can read it?")
    is_active = models.BooleanField(default=True)

    objects: ClassVar[AccountManager] = AccountManager()

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
