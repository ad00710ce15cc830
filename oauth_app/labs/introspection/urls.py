"""The page, below `oauth/`. It is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import views

app_name = "introspection"
urlpatterns = [
    path("introspection/", labs_only(views.index), name="index"),
    path("introspection/run/", labs_only(views.run), name="run"),
]
