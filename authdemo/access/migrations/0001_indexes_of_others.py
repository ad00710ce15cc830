"""Indexes of tables that other packages own, for the orders, filters and searches of the admin's lists.

RunSQL and not AddIndex: that would change the other app's models, and `makemigrations` would want to undo it. Where a
package changes its table on SQLite, Django makes that anew without them: `tests/admin/test_at_size.py` would tell.
"""

from __future__ import annotations

from django.db import migrations

PREFIX = "authdemo_admin_"  # names of indexes are one for the whole database
INDEXES = {
    "usersession_created": "usersessions_usersession (created_at)",
    "usersession_last_seen": "usersessions_usersession (last_seen_at)",
    "usersession_ip": "usersessions_usersession (ip, created_at)",
    "outstandingtoken_expires": "token_blacklist_outstandingtoken (expires_at)",
    "blacklistedtoken_at": "token_blacklist_blacklistedtoken (blacklisted_at)",
    "socialaccount_uid": "socialaccount_socialaccount (uid, date_joined)",
    "socialaccount_joined": "socialaccount_socialaccount (date_joined)",
    "socialaccount_last_login": "socialaccount_socialaccount (last_login)",
    "socialaccount_provider": "socialaccount_socialaccount (provider, date_joined)",
    "client_created": "allauth_idp_oidc_client (created_at)",
    "client_name": "allauth_idp_oidc_client (name, created_at)",
    "client_type": "allauth_idp_oidc_client (type, created_at)",
    "emailaddress_primary": 'account_emailaddress (email) WHERE "primary"',
    "emailaddress_secondary": 'account_emailaddress (email) WHERE NOT "primary"',
    "emailaddress_verified": "account_emailaddress (email) WHERE verified",
    "emailaddress_unverified": "account_emailaddress (email) WHERE NOT verified",
    "logentry_of_one": "django_admin_log (user_id, action_time)",
    "logentry_about": "django_admin_log (object_id, content_type_id)",
    "accessattempt_at": "axes_accessattempt (attempt_time)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("allauth_idp_oidc", "0003_client_allow_uri_wildcards"),
        ("axes", "0010_accessattemptexpiration"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        ("token_blacklist", "0013_alter_blacklistedtoken_options_and_more"),
        ("usersessions", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(
            f"CREATE INDEX IF NOT EXISTS {PREFIX}{name} ON {columns}", f"DROP INDEX IF EXISTS {PREFIX}{name}"
        )
        for name, columns in INDEXES.items()
    ]
