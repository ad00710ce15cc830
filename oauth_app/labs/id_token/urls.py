"""The page, below `oauth/`. Each path is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import views

app_name = "id_token"
urlpatterns = [
    path("id-token/", labs_only(views.index), name="index"),
    path("id-token/raw/", labs_only(views.raw), name="raw"),
]
