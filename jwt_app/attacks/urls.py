"""The attacks' paths. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path, re_path

from authdemo.trials.urls import patterns

from . import services, views
from .attempts import ATTACKS
from .naive import VERIFIERS

app_name = "jwt_attacks"
urlpatterns = [
    *patterns(ATTACKS),
    # The guessing goes on in pieces
    path("weak-secret/guess/", views.guess, name="guess"),
    path("weak-secret/stop/", views.stop, name="stop"),
    path("weak-secret/own/", views.own, name="own"),
    # Wrong on purpose
    path("naive/token/", services.token, name="naive-token"),
    re_path(rf"naive/(?P<slug>{'|'.join(VERIFIERS)})/whoami/$", services.whoami, name="naive-whoami"),
]
