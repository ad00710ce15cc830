"""The page, below `oauth/`. It is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import views

app_name = "third_party"
urlpatterns = [
    path("third-party/", labs_only(views.index), name="index"),
    path("third-party/start/", labs_only(views.start), name="start"),
]
