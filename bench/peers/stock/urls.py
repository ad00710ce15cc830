"""The jobs, the sign-in by SimpleJWT, and the admin, whose sign-in opens a session."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path
from rest_framework_simplejwt.views import token_obtain_pair

from . import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/token/", token_obtain_pair),
    path("api/whoami/", views.WhoAmIView.as_view()),
    path("api/me/", views.MeView.as_view()),
    path("session/", views.session),
    path("bare/", views.bare),
]
