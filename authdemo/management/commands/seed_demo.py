"""`manage.py seed_demo`: alice, bob and teacher, with a password that everybody knows."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, IntegrityError, transaction

from authdemo import third_party
from authdemo.accounts.demo import ACCOUNTS, Account, is_local_demo
from authdemo.accounts.models import User


class Command(BaseCommand):
    help = "Make the demo's accounts. Repeatable: what exists is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_local_demo():
            raise CommandError(
                "Not seeded: the password of these accounts is public, so they are made only where DEBUG is true and "
                "ALLOWED_HOSTS names nothing but this machine."
            )
        try:
            states = {account: self._seed(account) for account in ACCOUNTS}
            apps = third_party.seed()
        except DatabaseError as error:
            raise CommandError("The database is not ready: run `python manage.py migrate` first.") from error
        if options["verbosity"]:
            for account, state in states.items():
                self.stdout.write(f"  {account.username:<8} {account.role:<21} {state}")
            self.stdout.write(f"Third-party apps: {apps}")
            self.stdout.write(f"Password of each, unless it was changed: {settings.DEMO_PASSWORD}")

    def _seed(self, account: Account) -> str:
        """Make one account, or say why not. Hashing a password is slow, so look before."""
        if User.objects.filter(username=account.username).exists():
            return "exists"
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    account.username,
                    account.email,
                    settings.DEMO_PASSWORD,
                    is_staff=account.staff,
                    is_superuser=account.staff,
                )
                # allauth asks this table, not the user, whether an address is taken and proven: a provider that
                # only claims "alice@example.com" must not get into her account.
                EmailAddress.objects.create(user=user, email=account.email, verified=True, primary=True)
                if not account.staff:
                    third_party.seed_notes(account.username)
        except IntegrityError:  # another account has the address, or another process was faster
            return f"not made: {account.email} is in use"
        return "made"
