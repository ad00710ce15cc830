"""The paths of these attacks, and of allauth as it comes. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.trials.urls import patterns

from . import naive_stock
from .attempts import ATTACKS

app_name = "apps"
urlpatterns = [
    *patterns(ATTACKS),
    # Wrong on purpose
    path("stock/authorize", naive_stock.authorize, name="stock-authorization"),
    path("stock/token", naive_stock.token, name="stock-token"),
    path("stock/revoke", naive_stock.revoke, name="stock-revoke"),
    path("stock/userinfo", naive_stock.userinfo, name="stock-userinfo"),
    path("stock/openid-configuration", naive_stock.discovery, name="stock-configuration"),
]
