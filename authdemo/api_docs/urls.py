"""Included at `jwt/api/`."""

from __future__ import annotations

from django.urls import path

from .views import DocsPage, SchemaView

app_name = "api_docs"
urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsPage.as_view(), name="page"),
]
