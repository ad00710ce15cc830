"""Where everything is: one prefix for each mechanism."""

from __future__ import annotations

from django.contrib import admin
from django.http import Http404
from django.urls import include, path
from django.views.defaults import page_not_found

from authdemo.health import healthz

urlpatterns = [
    path("", include("authdemo.overview.urls")),
    path("sessions/", include("sessions_app.urls")),
    path("jwt/", include("jwt_app.urls")),
    path("oauth/", include("oauth_app.client.urls")),
    path("wire/", include("authdemo.wire.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    # Our own page also while DEBUG is on. With its slash it leaves APPEND_SLASH to Django.
    path("<path:anything>/", lambda request, anything: page_not_found(request, Http404())),
]
