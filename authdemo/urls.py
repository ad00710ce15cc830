"""Where everything is: one prefix for each mechanism."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from authdemo.health import healthz

urlpatterns = [
    path("", include("authdemo.overview.urls")),
    path("compare/", include("authdemo.compare.urls")),
    path("sessions/attacks/", include("sessions_app.attacks.urls")),
    path("sessions/", include("sessions_app.urls")),
    path("sessions/", include("sessions_app.labs.stores.urls")),
    path("jwt/attacks/", include("jwt_app.attacks.urls")),
    path("jwt/", include("jwt_app.urls")),
    path("jwt/families/", include("authdemo.families.urls")),
    path("jwt/", include("jwt_app.labs.inspector.urls")),
    path("jwt/", include("jwt_app.labs.keys.urls")),
    path("jwt/", include("jwt_app.labs.families.urls")),
    path("jwt/", include("jwt_app.labs.storage.urls")),
    path("jwt/", include("jwt_app.labs.denylist.urls")),
    path("jwt/", include("jwt_app.labs.algorithms.urls")),
    path("jwt/api/", include("authdemo.api_docs.urls")),
    path("oauth/", include("oauth_app.client.urls")),
    path("oauth/", include("oauth_app.labs.behalf.urls")),
    path("oauth/", include("oauth_app.labs.flow.urls")),
    path("oauth/", include("oauth_app.labs.id_token.urls")),
    path("oauth/", include("oauth_app.labs.third_party.urls")),
    path("oauth/", include("oauth_app.labs.introspection.urls")),
    path("oauth/", include("oauth_app.provider.urls")),
    path("", include("oauth_app.provider.protocol")),
    path("oauth/attacks/", include("oauth_app.attacks.urls")),
    path("compare/costs/", include("authdemo.compare.costs.urls")),
    path("workshop/", include("authdemo.workshop.urls")),
    path("wire/", include("authdemo.wire.urls")),
    path("device/", include("authdemo.device.urls")),
    path("", include("authdemo.start_over.urls")),
    # The admin's own form checks the old password past the guard, and leaves the records of other sessions.
    path("admin/password_change/", RedirectView.as_view(pattern_name="sessions:password")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]

handler400 = "authdemo.errors.bad_request"
handler403 = "authdemo.errors.permission_denied"
handler404 = "authdemo.errors.page_not_found"
handler500 = "authdemo.errors.server_error"
