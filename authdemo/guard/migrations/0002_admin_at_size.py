"""Indexes of tables that other packages own, for the orders, filters and searches of this app's pages in the admin.

RunSQL and not AddIndex: that would change the other app's models, and `makemigrations` would want to undo it.
"""

from __future__ import annotations

from django.db import migrations

INDEXES = {
    "accessattempt_at": "axes_accessattempt (attempt_time)",
}


class Migration(migrations.Migration):
    dependencies = [("guard", "0001_failures"), ("axes", "0010_accessattemptexpiration")]
    operations = [
        migrations.RunSQL(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}", f"DROP INDEX IF EXISTS {name}")
        for name, columns in INDEXES.items()
    ]
