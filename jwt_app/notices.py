"""A mail to the user whose used refresh token came back: somebody else may have a copy."""

from __future__ import annotations

import logging
from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string
from rest_framework_simplejwt.settings import api_settings

from .models import RefreshFamily

logger = logging.getLogger(__name__)
SUBJECT = "One of your sign-ins was ended"


def reuse(user: Any, family: RefreshFamily) -> None:
    """Send it. Nothing in it opens anything. A user without an address gets none.

    A mail that cannot be sent is logged, without the address, and lost: the family has ended, and the answer is to say
    that. Set EMAIL_TIMEOUT, or a mail server that does not answer holds it up.
    """
    address = getattr(user, user.get_email_field_name(), "")
    if not address:
        return
    context = {
        "name": user.get_username(),
        "since": family.created_at,
        "issuer": api_settings.ISSUER,
        "minutes": int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds() // 60),
    }
    try:
        send_mail(SUBJECT, render_to_string("jwt_app/reuse_mail.txt", context), None, [address])
    except Exception as error:  # noqa: BLE001  whatever a mail backend raises
        logger.error("a notice of reuse was not sent: %s", type(error).__name__)
