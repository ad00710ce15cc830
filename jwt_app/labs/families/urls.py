"""The lab's two calls, below `jwt/labs/`. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.cache import never_cache

from authdemo.labs import labs_only

from . import views

app_name = "jwt_families"
urlpatterns = [
    path("family/", labs_only(never_cache(views.FamilyView.as_view())), name="family"),
    path("race/", labs_only(never_cache(views.RaceView.as_view())), name="race"),
]
