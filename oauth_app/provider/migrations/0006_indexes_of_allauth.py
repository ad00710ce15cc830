"""Indexes of tables that other packages own, for the orders, filters and searches of this app's pages in the admin.

RunSQL and not AddIndex: that would change the other app's models, and `makemigrations` would want to undo it.
"""

from __future__ import annotations

from django.db import migrations

INDEXES = {
    "client_created": "allauth_idp_oidc_client (created_at)",
    "client_name": "allauth_idp_oidc_client (name, created_at)",
    "client_type": "allauth_idp_oidc_client (type, created_at)",
}


class Migration(migrations.Migration):
    dependencies = [("oauth_provider", "0005_admin_at_size"), ("allauth_idp_oidc", "0003_client_allow_uri_wildcards")]
    operations = [
        migrations.RunSQL(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}", f"DROP INDEX IF EXISTS {name}")
        for name, columns in INDEXES.items()
    ]
