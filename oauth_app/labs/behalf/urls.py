"""Below `oauth/`. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import views

app_name = "behalf"
urlpatterns = [
    path("behalf/", labs_only(views.index), name="index"),
    path("behalf/act/", labs_only(views.act), name="act"),
    path("behalf/remains/", labs_only(views.remains), name="remains"),
]
