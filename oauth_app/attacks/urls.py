"""The attacks' paths. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import include, path, re_path

from authdemo.trials.urls import patterns

from . import naive, naive_page
from .attempts import ATTACKS
from .naive_apps import APPS

app_name = "oauth_attacks"
urlpatterns = [
    *patterns(ATTACKS),
    path("apps/", include("oauth_app.attacks.third_parties.urls")),
    # Wrong on purpose
    path("naive/", naive_page.page, name="naive-home"),
    path("naive/framed/", naive_page.framed, name="naive-framed"),
    path("naive/callback/", naive.callback, name="naive-callback"),
    path("naive/token/", naive.token_login, name="naive-token"),
    path("naive/id-token/", naive.id_token_login, name="naive-id-token"),
    path("naive/whoami/", naive.whoami, name="naive-whoami"),
    path("naive/connect/", naive.connect, name="naive-connect"),
    path("naive/disconnect/", naive.disconnect, name="naive-disconnect"),
    re_path(rf"naive/(?P<slug>{'|'.join(APPS)})/login/$", naive.begin, name="naive-login"),
]
