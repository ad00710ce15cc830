"""The attacks' paths. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import path, re_path

from . import naive, views
from .attempts import ATTEMPTS

app_name = "attacks"
# By name, and not any slug: the wire shows the words of our paths, and masks what could be anything. Django compares a
# pattern that ends in "$" with the whole path.
SLUG = f"(?P<slug>{'|'.join(attempt.slug for attempt in ATTEMPTS)})"
urlpatterns = [
    path("", views.index, name="index"),
    path("colour/", views.colour, name="colour"),
    # Wrong on purpose
    path("naive/", naive.sign_in, name="naive-home"),
    path("naive/login/", naive.sign_in, name="naive-login"),
    path("naive/whoami/", naive.whoami, name="naive-whoami"),
    path("naive/logout/", naive.sign_out, name="naive-logout"),
    path("naive/colour/", naive.colour, name="naive-colour"),
    re_path(rf"{SLUG}/$", views.attempt, name="attempt"),
    re_path(rf"{SLUG}/predict/$", views.predict, name="predict"),
    re_path(rf"{SLUG}/send/$", views.send, name="send"),
]
