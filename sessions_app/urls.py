"""Server-side sessions. Include it as `path("sessions/", include("sessions_app.urls"))`."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from . import views

app_name = "sessions"
urlpatterns = [
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),  # POST only: a link or an image must not sign anybody out
    path("", views.dashboard, name="dashboard"),
    path("devices/", views.list_devices, name="devices"),
    path("devices/<int:pk>/revoke/", views.revoke_device, name="revoke"),
    path("devices/revoke-others/", views.revoke_other_devices, name="revoke-others"),
    path("password/", views.PasswordChangeView.as_view(), name="password"),
    path("api/whoami/", views.whoami, name="whoami"),
]
