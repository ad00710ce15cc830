"""`python -m django seed_outside --settings demo.outside.settings`: the accounts and the clients."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.models import Client
from django.core.management.base import BaseCommand
from django.db import transaction

from demo.outside.companies import COMPANIES, Company
from demo.outside.models import Account

PASSWORD = "workshop-2026"
PEOPLE = (
    # user name, given name, family name, e-mail, verified?
    ("alice.outside", "Alice", "Outside", "alice@outside.example", True),
    ("bob.outside", "Bob", "Outside", "bob@outside.example", True),
    ("mallory.outside", "Mallory", "Outside", "mallory@outside.example", True),
    # Eve typed somebody else's address and never proved that she can read it.
    ("eve.outside", "Eve", "Outside", "bob@example.com", False),
)


class Command(BaseCommand):
    """Makes what is missing. Of what exists it changes the redirect URIs only, which follow the environment."""

    help = "Make the accounts and clients of the outside world; what exists stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed each company in one transaction."""
        with transaction.atomic():
            made = sum(
                self.accounts(company) + self.client(company) + self.others(company) for company in COMPANIES.values()
            )
            every = Account.objects.count() + Client.objects.count()
        self.stdout.write(f"Outside world: {made} accounts and clients made, {every} in all.")

    def accounts(self, company: Company) -> int:
        """Return how many accounts were made. Their ids are fixed: a new database names the same people."""
        made = 0
        for offset, (username, given, family, email, verified) in enumerate(PEOPLE):
            if Account.objects.filter(company=company.slug, username=username).exists():
                continue
            account = Account(pk=company.first_account + offset, company=company.slug, username=username, email=email)
            account.given_name, account.family_name, account.email_verified = given, family, verified
            account.set_password(PASSWORD)
            account.save(force_insert=True)
            made += 1
        return made

    def client(self, company: Company) -> int:
        """Register the demo's site at a company."""
        client = Client.objects.filter(id=company.client_id).first()
        made = client is None
        if client is None:
            client = Client(id=company.client_id, name="Authdemo", type=Client.Type.CONFIDENTIAL)
            client.set_secret(company.client_secret)
            client.set_scopes(list(company.scopes))
            client.set_default_scopes(list(company.default_scopes))
            client.set_grant_types(list(company.grants))
        client.set_redirect_uris(company.redirect_uris)
        client.save()
        return int(made)

    def others(self, company: Company) -> int:
        """Register the other apps: one that is wrong on purpose, and Mallory's."""
        made = 0
        for other in company.others:
            client = Client.objects.filter(id=other.client_id).first()
            made += client is None
            if client is None:
                client = Client(id=other.client_id, name=other.name, type=Client.Type.CONFIDENTIAL)
                client.set_secret(other.client_secret)
                client.set_scopes(list(company.scopes))
                client.set_default_scopes(list(company.default_scopes))
                client.set_grant_types(["authorization_code"])
            client.set_redirect_uris([other.redirect_uri])
            client.save()
        return made
