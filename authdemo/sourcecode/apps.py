"""A Django app, since it brings a template tag."""

from django.apps import AppConfig


class SourceCodeConfig(AppConfig):
    """Label `sourcecode`."""

    name = "authdemo.sourcecode"
    verbose_name = "Source code"
