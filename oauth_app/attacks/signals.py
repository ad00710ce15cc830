"""Who starts over forgets what was predicted here; and when an ID token is checked, the stock class is asked, too."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from authdemo.start_over.signals import started_over
from authdemo.wire import browser
from oauth_app.client.id_token import IDToken
from oauth_app.client.signals import id_token_checked

from . import stock
from .models import Trial

logger = logging.getLogger("oauth_app.attacks")


@receiver(started_over, dispatch_uid="oauth_app.attacks.forget")
def forget(request: HttpRequest, **kwargs: Any) -> None:
    """Delete this browser's trials."""
    if name := browser.browser_of(request):
        Trial.objects.filter(browser=name).delete()


@receiver(id_token_checked, dispatch_uid="oauth_app.attacks.stock")
def ask_the_stock_class(request: HttpRequest, provider_id: str, token: IDToken, **kwargs: Any) -> None:
    """Have it look at the same token, in a run of ours and in no other sign-in. It has no say in what happens."""
    if not settings.LABS or stock.HEADER not in request.headers:
        return
    try:
        stock.ask(request, provider_id, token)
    except Exception as error:  # noqa: BLE001  whatever it is, the sign-in goes on
        logger.error("the stock class was not asked: %s", type(error).__name__)
