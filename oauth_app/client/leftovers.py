"""Tokens that nobody needs any more: those before a new sign-in, and those of a sign-in that was refused.

They are ended at the provider, if that ends nothing that is still needed. Nobody waits for it: it is done by a thread
of its own, and what goes wrong stands in the log. (uWSGI runs threads with `enable-threads` only.)

What is needed, this database says. Sites with a database each must not share one client at Google: to one of them a
grant may be of no use that another one lives by.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from allauth.socialaccount import app_settings
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import ProviderException
from django.db import transaction
from django.http import HttpRequest
from requests import RequestException

from .accounts import still_signed_in
from .models import ProviderToken
from .on_behalf import Endpoints, NotRevoked, revoke
from .stored import NOTHING, Grant, NoToken, Secrets, keep, secrets_of
from .transport import ProviderSession

logger = logging.getLogger("oauth_app.client")
LONGEST_WAIT = 10  # seconds until its turn. Later, whoever was refused may have come in, and need what it would end.
worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="oauth-leftovers")


def keep_or_end(request: HttpRequest, provider: Any, adapter: Any, *, done: bool) -> None:
    """Keep what the provider has answered if the sign-in or the connection is `done`. End what is not needed."""
    grant: Grant | None = adapter.grant
    if grant is None:
        return
    unneeded = _kept(request, grant) if done else None
    if unneeded is None:
        unneeded = _of_a_refused(request, grant, one_by_one=provider.one_by_one)
    elif not provider.one_by_one:  # Google ends the whole grant by any of its tokens: the new would go with the old
        unneeded = NOTHING
    if not any(unneeded):
        return
    try:
        at = provider.endpoints(adapter)
    except (RequestException, ProviderException):  # of its discovery page
        return
    job = partial(_end, unneeded, at, provider.sub_id, time.monotonic())
    transaction.on_commit(lambda: worker.submit(job), robust=True)


def _kept(request: HttpRequest, grant: Grant) -> Secrets | None:
    """Keep the answer for the account that was accepted. Returns what nobody needs now, None where it was not kept."""
    accepted = getattr(request, "accepted_login", None)
    if accepted is None or accepted.account.pk is None or accepted.account.user_id != request.user.pk:
        return None
    with transaction.atomic():
        return keep(accepted.account, grant) if still_signed_in(request).is_authenticated else None


def _of_a_refused(request: HttpRequest, grant: Grant, *, one_by_one: bool) -> Secrets:
    """Return what of the answer can be ended.

    Where that ends all that we have of an account there: only of one that is not connected here. It spares its owner
    a grant that nobody uses, and Google gives a refresh token with the first consent only: the next one is the first.
    """
    login = getattr(request, "named_login", None)
    account = login and SocialAccount.objects.filter(provider=login.account.provider, uid=login.account.uid).first()
    if not one_by_one:
        return grant.secrets if login and account is None else NOTHING
    token = ProviderToken.objects.filter(account=account).first() if account else None
    try:
        return grant.secrets.but(secrets_of(token)) if token else grant.secrets
    except NoToken:
        return grant.secrets


def _end(secrets: Secrets, at: Endpoints, provider_id: str, asked: float) -> None:
    """Do it. Nobody hears of an exception in here, so each is logged: its text only where it is our own."""
    why = "its turn came too late"
    try:
        if time.monotonic() - asked <= LONGEST_WAIT:
            with ProviderSession(app_settings.REQUESTS_TIMEOUT) as session:
                revoke(secrets, at, session, only_these=True)
            return
    except NotRevoked as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001
        why = type(error).__name__
    logger.warning("%s: a token that nobody needs lives on there: %s", provider_id, why)
