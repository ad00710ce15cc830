"""The paths that all attacks have. Each is 404 unless LABS is on."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from . import views
from .attempts import Attacks


def patterns(attacks: Attacks) -> list[URLPattern]:
    """Return the paths of an app's attacks, for its `urlpatterns`."""
    # By name, and not any slug: the wire shows the words of our paths, and masks what could be anything. Django
    # compares a pattern that ends in "$" with the whole path.
    slug = f"(?P<slug>{'|'.join(attempt.slug for attempt in attacks.attempts)})"
    given = {"attacks": attacks}
    return [
        path("", views.index, given, name="index"),
        re_path(rf"{slug}/$", views.attempt, given, name="attempt"),
        re_path(rf"{slug}/predict/$", views.predict, given, name="predict"),
        re_path(rf"{slug}/send/$", views.send, given, name="send"),
    ]
