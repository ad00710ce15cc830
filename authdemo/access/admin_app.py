"""django.contrib.admin with a site of our own (Django's documentation, "Overriding the default admin site")."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Takes the place of "django.contrib.admin" in INSTALLED_APPS."""

    default_site = "authdemo.access.site.AdminSite"
