"""The admin as a project has it that does not send its password page to ours: a key that changes by a foreign view."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from authdemo import urls

urlpatterns = [path("admin/", admin.site.urls), *urls.urlpatterns]
