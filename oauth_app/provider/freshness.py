"""When did this user sign in, in this very session, and is it the one whom the app expects? Some apps want to know.

Django's `last_login` is of the user, whichever browser it was; so the session keeps its own.
"""

from __future__ import annotations

import time
from typing import Any

import jwt
from allauth.idp.oidc.adapter import get_adapter
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from . import engine
from .authorization import Asked, SentBack

KEY = "oauth_provider_auth_time"


@receiver(user_logged_in, dispatch_uid="oauth_provider.auth_time")
def note(request: HttpRequest | None, **kwargs: Any) -> None:
    """Write down that it was now."""
    if request is not None and hasattr(request, "session"):
        request.session[KEY] = int(time.time())


def auth_time(request: HttpRequest) -> int | None:
    """Return seconds since 1970, None for a session that is older than this file."""
    found = request.session.get(KEY)
    return found if isinstance(found, int) else None


def is_older(request: HttpRequest, seconds: int) -> bool:
    """Tell whether the sign-in is more than that ago; one whose time is not known is."""
    at = auth_time(request)
    return at is None or time.time() - at > seconds


def is_over(request: HttpRequest) -> bool:
    """Tell whether this sign-in has ended since its request began: by a new password, or by an administrator.

    To be called in the transaction that writes down what the user allows. It holds the user's row, so whoever ends
    that, and has changed the mark in the same row, was before and is seen here, or comes after and finds it written.
    """
    rows = get_user_model()._default_manager.select_for_update(no_key=True)  # what refers to the row need not wait
    rows.filter(pk=request.user.pk or 0).first()  # type: ignore[misc]
    return not get_user(request).is_authenticated  # from the row as it is now


def subject_of_hint(asked: Asked) -> str | None:
    """Return whom the app's ID token names, None without one. It may have expired. Raises SentBack if not ours."""
    hint = asked.query.get("id_token_hint")
    if not hint:
        return None
    adapter = get_adapter()
    keys = {
        jwk["kid"]: jwk for jwk in (engine.public_jwk(key.pem) for key in adapter.list_private_keys(is_active=True))
    }
    try:
        key = jwt.PyJWK(keys[jwt.get_unverified_header(hint)["kid"]])
        checked = {"audience": asked.client.pk, "issuer": adapter.get_issuer()}
        claims = jwt.decode(hint, key, ["RS256"], {"verify_exp": False}, **checked)
        return str(claims["sub"])
    except (jwt.PyJWTError, KeyError) as error:
        raise SentBack("invalid_request", "id_token_hint is no ID token that this client got here.") from error
