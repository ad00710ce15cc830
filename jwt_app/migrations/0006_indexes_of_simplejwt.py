"""Indexes of tables that other packages own, for the orders, filters and searches of this app's pages in the admin.

RunSQL and not AddIndex: that would change the other app's models, and `makemigrations` would want to undo it.
"""

from __future__ import annotations

from django.db import migrations

INDEXES = {
    "outstandingtoken_expires": "token_blacklist_outstandingtoken (expires_at)",
    "blacklistedtoken_at": "token_blacklist_blacklistedtoken (blacklisted_at)",
}


class Migration(migrations.Migration):
    dependencies = [("jwt_app", "0005_admin_at_size"), ("token_blacklist", "0013_alter_blacklistedtoken_options_and_more")]
    operations = [
        migrations.RunSQL(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}", f"DROP INDEX IF EXISTS {name}")
        for name, columns in INDEXES.items()
    ]
