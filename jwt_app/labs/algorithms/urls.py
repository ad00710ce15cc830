"""Below `jwt/`. Each is 404 unless LABS is on.

Each algorithm has paths of its own, word for word: the wire shows words that stand in a URLconf, and masks all others.
"""

from __future__ import annotations

from django.urls import path
from django.views.decorators.cache import never_cache

from authdemo.labs import labs_only

from . import api
from .tokens import ALGORITHMS

app_name = "algorithms"
urlpatterns = [
    path(
        f"algorithms/{algorithm}/{where}", labs_only(never_cache(view.as_view())), {"algorithm": algorithm}, name=name
    )
    for algorithm in ALGORITHMS
    for where, view, name in (
        ("token/", api.TokenView, "token"),
        ("whoami/", api.WhoAmIView, "whoami"),
        ("jwks.json", api.JWKSView, "jwks"),
    )
]
