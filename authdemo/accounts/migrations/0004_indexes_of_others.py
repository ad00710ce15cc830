"""Indexes of tables that other packages own, for the orders, filters and searches of this app's pages in the admin.

RunSQL and not AddIndex: that would change the other app's models, and `makemigrations` would want to undo it.
"""

from __future__ import annotations

from django.db import migrations

INDEXES = {
    "emailaddress_primary": "account_emailaddress (email) WHERE \"primary\"",
    "emailaddress_secondary": "account_emailaddress (email) WHERE NOT \"primary\"",
    "emailaddress_verified": "account_emailaddress (email) WHERE verified",
    "emailaddress_unverified": "account_emailaddress (email) WHERE NOT verified",
    "logentry_of_one": "django_admin_log (user_id, action_time)",
    "logentry_about": "django_admin_log (object_id, content_type_id)",
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_admin_at_size"), ("account", "0009_emailaddress_unique_primary_email"), ("admin", "0003_logentry_add_action_flag_choices")]
    operations = [
        migrations.RunSQL(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}", f"DROP INDEX IF EXISTS {name}")
        for name, columns in INDEXES.items()
    ]
