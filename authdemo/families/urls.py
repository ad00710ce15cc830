"""Below `jwt/families/`."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "families"
urlpatterns = [path("<uuid:pk>/end/", views.end, name="end")]
