"""Where everything is: one prefix for each mechanism."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from authdemo.health import healthz

urlpatterns = [
    path("", include("authdemo.overview.urls")),
    path("sessions/", include("sessions_app.urls")),
    path("jwt/", include("jwt_app.urls")),
    path("oauth/", include("oauth_app.client.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
