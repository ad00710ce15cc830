"""`manage.py check`: one sentence for each setting that is wrong."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from authdemo.settings.env import problems


@register
def environment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report what `authdemo.settings.env` could not use."""
    return [Error(problem, id="authdemo.E001") for problem in problems]
