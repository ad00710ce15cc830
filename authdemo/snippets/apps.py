"""A Django app, since it brings a template tag."""

from django.apps import AppConfig


class SnippetsConfig(AppConfig):
    """Label `snippets`."""

    name = "authdemo.snippets"
