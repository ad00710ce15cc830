"""Included at `jwt/`."""

from __future__ import annotations

from django.db.transaction import non_atomic_requests
from django.urls import path
from django.views.decorators.cache import never_cache
from rest_framework_simplejwt import views as simplejwt

from . import cookie, views

app_name = "jwt"
urlpatterns = [
    path("", views.ClientPage.as_view(), name="client"),
    # SimpleJWT's views, with our serializers (SIMPLE_JWT names them).
    # RFC 6749 §5.1: a token must not lie in any cache.
    path("api/token/", never_cache(simplejwt.token_obtain_pair), name="login"),
    # No transaction around it, where ATOMIC_REQUESTS would open one: see RefreshToken.rotate.
    path("api/token/refresh/", non_atomic_requests(never_cache(simplejwt.token_refresh)), name="refresh"),
    path("api/token/blacklist/", never_cache(simplejwt.token_blacklist), name="logout"),
    path("api/token/verify/", never_cache(simplejwt.token_verify), name="verify"),
    # The same with the refresh token in a cookie.
    path("api/cookie/login/", never_cache(cookie.LoginView.as_view()), name="cookie-login"),
    path("api/cookie/refresh/", non_atomic_requests(never_cache(cookie.RefreshView.as_view())), name="cookie-refresh"),
    path("api/cookie/logout/", never_cache(cookie.LogoutView.as_view()), name="cookie-logout"),
    # What a token says is for its holder alone.
    path("api/whoami/", never_cache(views.WhoAmIView.as_view()), name="whoami"),
    path("api/me/", never_cache(views.MeView.as_view()), name="me"),
    path(".well-known/jwks.json", views.JWKSView.as_view(), name="jwks"),
]
