"""The pages, below `oauth/`. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import views

app_name = "flow"
urlpatterns = [
    path("flow/", labs_only(views.index), name="index"),
    path("flow/start/", labs_only(views.start), name="start"),
    path("flow/slow/", labs_only(views.slow_motion), name="slow"),
    path("flow/next/", labs_only(views.next_leg), name="next"),
]
