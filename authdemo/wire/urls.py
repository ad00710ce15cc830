"""The wire panel's own paths. Nothing here is recorded, and each browser sees its own exchanges only."""

from __future__ import annotations

from django.urls import path

from . import reports, views

app_name = "wire"
urlpatterns = [
    path("", views.index, name="index"),
    path("open/", views.open_panel, name="open"),
    path("close/", views.close_panel, name="close"),
    path("clear/", views.clear, name="clear"),
    path("cards/", views.cards, name="cards"),
    path("reports/", reports.take, name="reports"),
    path("reveal/<uuid:pk>/", views.reveal, name="reveal"),
]
