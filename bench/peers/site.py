"""The whole site's settings, as it comes, without its log."""

from __future__ import annotations

from authdemo.settings import *  # noqa: F403

LOGGING_CONFIG = None  # Django sets no logger up, so the lines of the access log go nowhere
