"""Paths: our pages in the namespace `oauth`, and the names that allauth looks up, which have no namespace."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from . import views
from .connections import connections
from .set_up import set_up

pages = [
    path("", views.index, name="index"),
    path("status/", views.status, name="status"),
    path("signed-in/", views.signed_in, name="signed_in"),
    path("switch/<str:provider_id>/", views.switch, name="switch"),
    path("connections/", connections, name="connections"),
    path("set-up/", set_up, name="set_up"),
]

# Each provider's callback is registered there, character for character. `include` of allauth.urls would add a second
# sign-in, sign-up and password pages.
accounts = [
    path("github/login/", views.login, {"provider_id": "github"}, name="github_login"),
    path("github/login/callback/", views.callback, {"provider_id": "github"}, name="github_callback"),
    path("google/login/", views.login, {"provider_id": "google"}, name="google_login"),
    path("google/login/callback/", views.callback, {"provider_id": "google"}, name="google_callback"),
    path("oidc/<str:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
    path("login/", views.sign_in_page, name="account_login"),
    path("logout/", LogoutView.as_view(), name="account_logout"),
    path("inactive/", views.inactive, name="account_inactive"),
    path("signup/", views.sign_up, name="socialaccount_signup"),
]

urlpatterns = [
    path("", include((pages, "oauth"))),
    path("accounts/", include(accounts)),
]
