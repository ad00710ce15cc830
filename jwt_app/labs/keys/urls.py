"""The two pages, below `jwt/`. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import views

app_name = "keys"
urlpatterns = [
    path("keys/", labs_only(views.index), name="index"),
    path("keys/change/", labs_only(views.change), name="change"),
    path("keys/again/", labs_only(views.again), name="again"),
    path("keys/noise/", labs_only(views.noise), name="noise"),
    path("role/", labs_only(views.role), name="role"),
    path("role/demote/", labs_only(views.demote), name="demote"),
]
