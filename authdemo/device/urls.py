"""The other device's paths. Each is 404 unless LABS or DEBUG is on."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "device"
urlpatterns = [
    path("", views.index, name="index"),
    path("act/", views.act, name="act"),
    path("hand/", views.hand, name="hand"),
    path("hand/my-session/", views.hand_my_session, name="hand-my-session"),
    path("put-away/", views.put_away, name="put-away"),
]
