"""Indexes of tables that other packages own, for the orders, filters and searches of this app's pages in the admin.

RunSQL and not AddIndex: that would change the other app's models, and `makemigrations` would want to undo it.
"""

from __future__ import annotations

from django.db import migrations

INDEXES = {
    "usersession_created": "usersessions_usersession (created_at)",
    "usersession_last_seen": "usersessions_usersession (last_seen_at)",
    "usersession_ip": "usersessions_usersession (ip, created_at)",
}


class Migration(migrations.Migration):
    dependencies = [("usersessions", "0001_initial")]
    operations = [
        migrations.RunSQL(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}", f"DROP INDEX IF EXISTS {name}")
        for name, columns in INDEXES.items()
    ]
