"""Who answers where. The hostile pages have a project of their own (`hostile/`); so will the third-party app."""

from __future__ import annotations

from allauth.idp.oidc.views import jwks
from django.urls import URLPattern, include, path

from . import apis, github, google, grants, guests, tampering, views
from .engine import AuthorizeView, RevokeView, TokenView, UserInfoView


def pages(slug: str) -> list[URLPattern]:
    """Return what every company has: a first page, sign in, sign out, apps with access, accounts to throw away."""
    return [
        path(f"{slug}/", views.home),
        path(f"{slug}/login", views.SignInView.as_view()),
        path(f"{slug}/logout", views.sign_out),
        path(f"{slug}/apps", grants.apps),
        path(f"{slug}/signup", guests.sign_up),
    ]


urlpatterns = [
    path("", views.index),
    path("healthz", views.healthz),
    path("tampering/", tampering.order),
    # GitHub
    *pages("github"),
    path("github/login/oauth/authorize", github.GitHubAuthorizeView.as_view()),
    path("github/login/oauth/access_token", github.GitHubTokenView.as_view()),
    path("github/api/v3/user", github.user),
    path("github/api/v3/user/emails", github.emails),
    path("github/api/v3/user/repos", apis.repositories),
    path("github/api/v3/applications/<str:client_id>/token", github.delete_token),
    path("github/api/v3/applications/<str:client_id>/grant", github.delete_grant),
    # Google
    *pages("google"),
    path("google/o/oauth2/v2/auth", AuthorizeView.as_view()),
    path("google/token", TokenView.as_view()),
    path("google/userinfo", UserInfoView.as_view()),
    path("google/revoke", RevokeView.as_view()),
    path("google/calendar/v3/users/me/calendarList", apis.calendars),
    path("google/certs", google.certs),
    path("google/jwks.json", jwks),
    path("google/.well-known/openid-configuration", google.discovery),
    # Outside ID: allauth's own paths, with our stricter views in front of four of them
    *pages("oidc"),
    path("oidc/identity/o/authorize", AuthorizeView.as_view()),
    path("oidc/identity/o/api/token", TokenView.as_view()),
    path("oidc/identity/o/api/userinfo", UserInfoView.as_view()),
    path("oidc/identity/o/api/revoke", RevokeView.as_view()),
    path("oidc/api/timetable", apis.timetable),
    path("oidc/identity/o/device", views.not_offered),
    path("oidc/identity/o/api/device/code", views.not_offered),
    path("oidc/", include("allauth.idp.urls")),
]
