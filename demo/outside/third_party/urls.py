"""The pages of Paper & Ink."""

from __future__ import annotations

from django.urls import path

from . import connecting, export, notes, television, views

urlpatterns = [
    path("", views.home, name="home"),
    path("connect/", connecting.connect, name="connect"),
    path("callback/", connecting.callback, name="callback"),
    path("denied/", connecting.denied, name="denied"),
    path("notes/", notes.notes, name="notes"),
    path("notes/add/", notes.add, name="add"),
    path("renew/", notes.renew, name="renew"),
    path("disconnect/", notes.disconnect, name="disconnect"),
    path("television/", television.screen, name="television"),
    path("television/on/", television.on, name="television_on"),
    path("television/off/", television.off, name="television_off"),
    path("export/", export.export, name="export"),
    path("healthz", views.healthz),
]
handler400 = "demo.outside.third_party.views.bad_request"
handler404 = "demo.outside.third_party.views.page_not_found"
handler500 = "demo.outside.third_party.views.server_error"
