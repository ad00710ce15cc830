"""The jobs, the sign-in by SimpleJWT, and the admin, whose sign-in opens a session.

The API is included, as an app's URLs are: to find a view costs time as well.
"""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from rest_framework_simplejwt.views import token_obtain_pair, token_refresh, token_verify

from . import views

api = [
    path("token/", token_obtain_pair, name="login"),
    path("token/refresh/", token_refresh, name="refresh"),
    path("token/verify/", token_verify, name="verify"),
    path("whoami/", views.WhoAmIView.as_view(), name="whoami"),
    path("me/", views.MeView.as_view(), name="me"),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include((api, "api"))),
    path("session/", views.session),
    path("bare/", views.bare),
]
