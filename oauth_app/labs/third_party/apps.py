"""An app of its own, for its templates."""

from __future__ import annotations

from django.apps import AppConfig


class ThirdPartyConfig(AppConfig):
    """Label `oauth_third_party`."""

    name = "oauth_app.labs.third_party"
    label = "oauth_third_party"
    verbose_name = "Somebody else's app, drawn"
