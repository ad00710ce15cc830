"""Pages and API. Included at `oauth/`; the endpoints of the protocol are in `protocol.py`."""

from __future__ import annotations

from django.urls import path

from . import api, pages
from .more import client_pages, machines

app_name = "provider"
urlpatterns = [
    path("apps/", pages.apps, name="apps"),
    path("apps/<int:pk>/revoke/", pages.revoke, name="revoke"),
    path("notes/", pages.notes, name="notes"),
    path("notes/<int:pk>/delete/", pages.delete_note, name="delete_note"),
    path("clients/", client_pages.clients, name="clients"),
    path("clients/add/", client_pages.add, name="add_client"),
    path("clients/<slug:pk>/secret/", client_pages.renew, name="renew_client"),
    path("clients/<slug:pk>/delete/", client_pages.delete, name="delete_client"),
    path("api/whoami/", api.WhoAmIView.as_view(), name="whoami"),
    path("api/export/", machines.ExportView.as_view(), name="export_api"),
    path("api/notes/", api.NotesView.as_view(), name="notes_api"),
]
