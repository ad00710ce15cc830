"""An ID token was checked: keep what was found, for a browser that has its panel open. Its user leaves: forget it."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from authdemo.start_over.signals import started_over
from authdemo.wire import browser
from oauth_app.client.id_token import Expected, IDToken
from oauth_app.client.signals import id_token_checked

from . import kept

logger = logging.getLogger("oauth_app.labs")


@receiver(id_token_checked, dispatch_uid="oauth_id_token.keep")
def keep(request: HttpRequest, provider_id: str, token: IDToken, expected: Expected, **kwargs: Any) -> None:
    """Keep it. Whatever goes wrong here, the sign-in goes on; the text of an error might hold the token."""
    name = browser.recorded_as(request) if settings.LABS else ""
    if not name:
        return
    try:
        if found := kept.taken(provider_id, token, expected):
            kept.keep(name, found)
    except Exception as error:  # noqa: BLE001
        logger.error("an ID token was not kept: %s", type(error).__name__)


@receiver([started_over, user_logged_out], dispatch_uid="oauth_id_token.forget")
def forget(request: HttpRequest | None, **kwargs: Any) -> None:
    """Delete this browser's token."""
    if request is not None and (name := browser.browser_of(request)):
        kept.forget(name)


@receiver(user_logged_in, dispatch_uid="oauth_id_token.forget_another")
def forget_another(request: HttpRequest | None, **kwargs: Any) -> None:
    """Delete it where somebody signs in without one: it is of another person."""
    if not hasattr(request, "accepted_login"):
        forget(request)
