"""The page's path, below `jwt/`. It is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path
from django.views.generic import TemplateView

from authdemo.labs import labs_only

app_name = "storage"
urlpatterns = [
    # The browser does it all, by the endpoints that every client has.
    path("storage/", labs_only(TemplateView.as_view(template_name="jwt_storage/index.html")), name="index"),
]
