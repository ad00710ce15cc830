"""The stores' paths, below `sessions/`. Each is 404 unless LABS is on.

Each store has paths of its own, word for word: the wire shows words that stand in a URLconf, and masks all others.
"""

from __future__ import annotations

from django.urls import path

from authdemo.labs import labs_only

from . import administrator, pages, views
from .stores import STORES

app_name = "stores"
urlpatterns = [
    path("stores/", labs_only(pages.index), name="index"),
    path("stores/run/", labs_only(pages.run), name="run"),
    path("stores/run/next/", labs_only(pages.go_on), name="next"),
    # Not below a store's path: who calls is known by the site's session, and there is the store's in its place.
    path("stores/end/", labs_only(administrator.end), name="end"),
    path("instances/", labs_only(pages.instances), name="instances"),
    path("instances/send/", labs_only(pages.send), name="send"),
]
for store in STORES:
    base, of = f"stores/{store.name}", {"store": store.name}
    urlpatterns += [
        path(f"{base}/login/", labs_only(views.LoginView.as_view()), of, name="login"),
        path(f"{base}/whoami/", labs_only(views.whoami), of, name="whoami"),
        path(f"{base}/logout/", labs_only(views.LogoutView.as_view()), of, name="logout"),
    ]
