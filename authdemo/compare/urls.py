"""The page. It says what starts it where LABS is off; the rest is 404 then."""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import views

app_name = "compare"
urlpatterns = [
    path("", views.index, name="index"),
    path("run/", labs_only(views.run), name="run"),
    path("step/", labs_only(views.step), name="step"),
    path("meanwhile/", labs_only(views.meanwhile), name="meanwhile"),
    path("forget/", labs_only(views.forget), name="forget"),
]
