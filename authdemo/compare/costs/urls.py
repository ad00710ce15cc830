"""Below `compare/costs/`. All of it is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import views

app_name = "compare_costs"
urlpatterns = [
    path("", labs_only(views.index), name="index"),
    path("start/", labs_only(views.start), name="start"),
    path("cancel/", labs_only(views.cancel), name="cancel"),
    path("progress/", labs_only(views.progress), name="progress"),
]
