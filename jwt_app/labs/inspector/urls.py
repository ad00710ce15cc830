"""The inspector's paths, below `jwt/`. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import views

app_name = "inspector"
urlpatterns = [
    path("inspector/", labs_only(views.page), name="page"),
    path("api/inspect/", labs_only(views.InspectView.as_view()), name="api"),
]
