"""The endpoints of the protocol, at allauth's paths. Included at the root: discovery is looked for there.

Ours stand first. allauth's own are there for their names, which it looks up, and for discovery.
"""

from __future__ import annotations

from django.db.transaction import non_atomic_requests
from django.urls import include, path

from . import views
from .more import device_views, introspection

urlpatterns = [
    path(".well-known/jwks.json", views.JWKSView.as_view()),
    path("identity/o/authorize", views.AuthorizationView.as_view(), name="oauth_provider_authorize"),
    # No transaction around it, where ATOMIC_REQUESTS would open one: what has ended must stay so.
    path("identity/o/api/token", non_atomic_requests(views.TokenView.as_view())),
    path("identity/o/api/revoke", views.RevokeView.as_view()),
    path("identity/o/api/userinfo", views.UserInfoView.as_view()),
    path("identity/o/logout", views.not_offered),
    path("identity/o/device", device_views.DeviceView.as_view(), name="oauth_provider_device"),
    path("identity/o/api/device/code", device_views.DeviceAuthorizationView.as_view()),
    path("identity/o/api/introspect", introspection.IntrospectView.as_view(), name="oauth_provider_introspect"),
    path("identity/o/api/clients", views.not_offered),
    path("", include("allauth.idp.urls")),
]
