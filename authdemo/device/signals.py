"""The learner signs out: their device is left behind, and ends soon after."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from sessions_app import devices

from . import store

logger = logging.getLogger("authdemo.device")


@receiver(user_logged_out, dispatch_uid="authdemo.device.leave")
def leave(request: HttpRequest | None, **kwargs: Any) -> None:
    """Note the time. A cache that does not answer must not stop anybody from signing out."""
    if request is None or store.COOKIE not in request.COOKIES:
        return
    if not devices.is_the_sites(request.session):  # the session of an experiment: the learner stays signed in
        return
    try:
        store.leave(request)
    except Exception as error:  # noqa: BLE001  whatever a cache raises
        logger.error("a device was not left: %s", type(error).__name__)
