"""The attacks' paths. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path

from authdemo.trials.urls import patterns

from . import naive, views
from .attempts import ATTACKS

app_name = "attacks"
urlpatterns = [
    *patterns(ATTACKS),
    path("colour/", views.colour, name="colour"),
    # Wrong on purpose
    path("naive/", naive.sign_in, name="naive-home"),
    path("naive/login/", naive.sign_in, name="naive-login"),
    path("naive/whoami/", naive.whoami, name="naive-whoami"),
    path("naive/logout/", naive.sign_out, name="naive-logout"),
    path("naive/colour/", naive.colour, name="naive-colour"),
]
