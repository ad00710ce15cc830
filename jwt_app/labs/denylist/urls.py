"""The page and its endpoint, below `jwt/`. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.cache import never_cache

from authdemo.labs import labs_only

from . import api, views

app_name = "denylist"
urlpatterns = [
    path("denylist/", labs_only(views.index), name="index"),
    path("denylist/run/", labs_only(views.run), name="run"),
    path("denylist/again/", labs_only(views.again), name="again"),
    path("denylist/token/", labs_only(never_cache(api.LabTokenView.as_view())), name="token"),
]
