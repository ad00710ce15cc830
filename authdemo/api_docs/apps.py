"""A Django app, since it brings a page."""

from django.apps import AppConfig


class APIDocsConfig(AppConfig):
    """Label `api_docs`."""

    name = "authdemo.api_docs"
