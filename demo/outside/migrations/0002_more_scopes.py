"""Clients that were registered before may ask for what those of today may: `seed_outside` changes nothing that exists."""

from __future__ import annotations

from django.db import migrations

ADDED = {
    "authdemo-github": ("public_repo", ""),
    "authdemo-google": ("https://www.googleapis.com/auth/calendar.readonly", "refresh_token"),
    "authdemo-oidc": ("timetable", ""),
}


def add(apps, schema_editor):
    """Add a scope, and a grant, to each that is there."""
    for client in apps.get_model("allauth_idp_oidc", "Client").objects.filter(pk__in=ADDED):
        scope, grant = ADDED[client.pk]
        for field, value in (("scopes", scope), ("grant_types", grant)):
            lines = getattr(client, field).split("\n")
            if value and value not in lines:
                setattr(client, field, "\n".join([*lines, value]))
        client.save()


class Migration(migrations.Migration):
    dependencies = [("outside", "0001_initial"), ("allauth_idp_oidc", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
