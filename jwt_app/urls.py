"""Included at `jwt/`."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "jwt"
urlpatterns = [
    path("", views.ClientPage.as_view(), name="client"),
    path("api/token/", views.LoginView.as_view(), name="login"),
    path("api/token/refresh/", views.RefreshView.as_view(), name="refresh"),
    path("api/token/blacklist/", views.LogoutView.as_view(), name="logout"),
    path("api/token/verify/", views.VerifyView.as_view(), name="verify"),
    path("api/whoami/", views.WhoAmIView.as_view(), name="whoami"),
    path("api/me/", views.MeView.as_view(), name="me"),
    path(".well-known/jwks.json", views.JWKSView.as_view(), name="jwks"),
]
