"""Sign-in by user name or e-mail, within one company."""

from __future__ import annotations

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import ScryptPasswordHasher, make_password  # type: ignore[attr-defined]
from django.http import HttpRequest

from .companies import company_at
from .models import Account


class QuickHasher(ScryptPasswordHasher):
    """Scrypt at a fraction of Django's cost, for passwords that everybody knows. Not for a real project."""

    work_factor = 2**11
    parallelism = 1


class CompanyBackend(AxesStandaloneBackend, BaseBackend):
    """Checks a password against the accounts of the company whose page was asked for."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, username: str = "", password: str = "", **kwargs: Any
    ) -> Account | None:
        """Return the account, or None: which of the two was wrong is not said. Raises PermissionDenied in a lock."""
        company = company_at(request) if request else None
        if company is None:
            return None
        AxesStandaloneBackend.authenticate(self, request, username, password)
        # In any case, as the guard counts them.
        account = Account.objects.named(username, company.slug).first()
        if account is None:
            make_password(password)  # a name that does not exist takes as long as a wrong password
            return None
        return account if account.is_active and account.check_password(password) else None

    def get_user(self, user_id: int) -> Account | None:  # type: ignore[override]
        """Return the active account of a session."""
        return Account.objects.filter(pk=user_id, is_active=True).first()
