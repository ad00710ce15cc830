"""The lab's page and its two calls, below `jwt/`. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from authdemo.labs import labs_only

from . import views

app_name = "jwt_families"
urlpatterns = [
    path("families/", labs_only(TemplateView.as_view(template_name="jwt_families/index.html")), name="index"),
    path("labs/family/", labs_only(never_cache(views.FamilyView.as_view())), name="family"),
    path("labs/race/", labs_only(never_cache(views.RaceView.as_view())), name="race"),
]
