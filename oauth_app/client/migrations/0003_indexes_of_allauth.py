"""Indexes of tables that other packages own, for the orders, filters and searches of this app's pages in the admin.

RunSQL and not AddIndex: that would change the other app's models, and `makemigrations` would want to undo it.
"""

from __future__ import annotations

from django.db import migrations

INDEXES = {
    "socialaccount_uid": "socialaccount_socialaccount (uid, date_joined)",
    "socialaccount_joined": "socialaccount_socialaccount (date_joined)",
    "socialaccount_last_login": "socialaccount_socialaccount (last_login)",
    "socialaccount_provider": "socialaccount_socialaccount (provider, date_joined)",
}


class Migration(migrations.Migration):
    dependencies = [("oauth_client", "0002_admin_at_size"), ("socialaccount", "0006_alter_socialaccount_extra_data")]
    operations = [
        migrations.RunSQL(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}", f"DROP INDEX IF EXISTS {name}")
        for name, columns in INDEXES.items()
    ]
