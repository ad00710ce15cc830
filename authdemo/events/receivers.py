"""Hears the signals of Django, of allauth and of our apps, and writes an event for each.

An event is one INSERT. It belongs to the transaction of what it tells of: where that is rolled back, nothing happened
and nothing is told. An event that the database refuses is logged and lost; the request goes on, since nobody should
be locked out, or be left with a family of tokens that did not end, because the book-keeping failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

from allauth.socialaccount.signals import pre_social_login, social_account_added, social_account_removed
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, transaction
from django.dispatch import receiver
from django.http import HttpRequest

from authdemo.accounts.names import account_named
from authdemo.accounts.signals import sign_ins_voided
from authdemo.wire import browser
from jwt_app import signals as jwt
from oauth_app.client.signals import token_forgotten
from oauth_app.provider import signals as third_parties
from sessions_app import devices
from sessions_app.programs import program

from . import facts
from .models import AuthEvent, Mechanism, Verb

logger = logging.getLogger("authdemo.events")
PROGRAM_LENGTH = AuthEvent._meta.get_field("user_agent").max_length


def listener(function: Callable[..., None]) -> Callable[..., None]:
    """Let no failure through, and leave the transaction around it usable."""

    @wraps(function)
    def guarded(**kwargs: Any) -> None:
        try:
            # Without a savepoint, PostgreSQL would refuse every further statement of the transaction.
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                function(**kwargs)
        except Exception:  # whatever it is, the request must go on
            logger.exception("An event was lost: %s", function.__name__)

    return guarded


def write(mechanism: Mechanism, verb: Verb, user: Any, request: Any = None, **more: str) -> None:
    """Add the event. `request` may be Django's or REST framework's; without one the current is taken, if any."""
    request = request or facts.current.get()
    event = AuthEvent(mechanism=mechanism, verb=verb, instance=settings.INSTANCE_NAME, **more)
    if user is not None:
        event.user_id, event.username = user.pk, user.get_username()
    if request is not None:
        event.ip = facts.address(request)
        event.browser = browser.acting(request) or None
        event.user_agent = program(request.META.get("HTTP_USER_AGENT", ""))[:PROGRAM_LENGTH]
        told_of = user is not None or verb != Verb.SIGN_IN_FAILED  # whom an unknown name was meant for, nobody knows
        if told_of and (actor := facts.administrator(request, user)):
            event.actor_id, event.actor_name = actor.pk, actor.get_username()
    event.save()


# ---- Sessions. "Sign in with …" ends in one as well.


def of_the_site(request: Any) -> bool:
    """Tell whether a sign-in or sign-out is about the site's own session (or about none, as in a command)."""
    session = getattr(request, "session", None)
    return session is None or devices.is_the_sites(session)


@receiver(pre_social_login, dispatch_uid="events.vouched")
def vouched(request: HttpRequest, sociallogin: Any, **kwargs: Any) -> None:
    """Remember who vouched, for the sign-in that may follow in this request."""
    request.vouched_by = sociallogin.account.provider  # type: ignore[attr-defined]


@receiver(user_logged_in, dispatch_uid="events.signed_in")
@listener
def signed_in(request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """A session was opened: with a password, or with a provider's word. One of an experiment opens nothing here."""
    if not of_the_site(request):
        return
    provider = getattr(request, "vouched_by", "")
    mechanism = Mechanism.OAUTH2 if provider else Mechanism.SESSION
    write(mechanism, Verb.SIGNED_IN, user, request, provider=provider)


@receiver(user_logged_out, dispatch_uid="events.signed_out")
@listener
def signed_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A session was closed. `user` is None where there was none."""
    if user is not None and of_the_site(request):
        write(Mechanism.SESSION, Verb.SIGNED_OUT, user, request)


@receiver(devices.ended, dispatch_uid="events.session_ended")
@listener
def session_ended(user: Any, **kwargs: Any) -> None:
    """A session was ended from another browser, or by an administrator."""
    write(Mechanism.SESSION, Verb.REVOKED, user)


@receiver(user_login_failed, dispatch_uid="events.sign_in_failed")
@listener
def sign_in_failed(credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    """Name and password do not fit. What was typed as the name is not kept: it may have been the password."""
    user = account_named(credentials.get("username"))
    reason = "unknown_account" if user is None else "wrong_password" if user.is_active else "inactive_account"
    if getattr(request, "sign_in_refused", False):  # by the guard, which has not looked at the password
        reason = "locked"
    match = getattr(request, "resolver_match", None)
    mechanism = Mechanism.JWT if match and "jwt" in match.app_names else Mechanism.SESSION
    write(mechanism, Verb.SIGN_IN_FAILED, user, request, reason=reason)


@receiver(sign_ins_voided, dispatch_uid="events.voided")
@listener
def voided(user: Any, reason: str, **kwargs: Any) -> None:
    """All sign-ins of an account are over, those that nobody lists as well."""
    write(Mechanism.SESSION, Verb.REVOKED, user, reason=reason)


# ---- JSON Web Tokens

FAMILY_VERBS = {
    jwt.issued: Verb.ISSUED,
    jwt.refreshed: Verb.REFRESHED,
    jwt.reused: Verb.REUSED,
    jwt.revoked: Verb.REVOKED,
}


@receiver(list(FAMILY_VERBS), dispatch_uid="events.family_changed")
@listener
def family_changed(signal: Any, user: Any, reason: str = "", **kwargs: Any) -> None:
    """A family of refresh tokens began, went on or ended; `reason` is one of `RefreshFamily.Reason`."""
    write(Mechanism.JWT, FAMILY_VERBS[signal], user, reason=str(reason))


# ---- Third parties on our API

THIRD_PARTY_VERBS = {
    third_parties.issued: Verb.ISSUED,
    third_parties.refreshed: Verb.REFRESHED,
    third_parties.reused: Verb.REUSED,
    third_parties.revoked: Verb.REVOKED,
    third_parties.client_deleted: Verb.APP_DELETED,
    third_parties.denied_by_scope: Verb.DENIED_BY_SCOPE,
}


@receiver(list(THIRD_PARTY_VERBS), dispatch_uid="events.third_party")
@listener
def third_party(signal: Any, user: Any, client: Any, reason: str = "", scope: str = "", **kwargs: Any) -> None:
    """What a user has allowed somebody's app was used, ended or not enough; `reason` says why, or for which scope."""
    write(Mechanism.OAUTH2, THIRD_PARTY_VERBS[signal], user, reason=str(reason or scope), app=client.pk)


# ---- Connected accounts


@receiver(social_account_added, dispatch_uid="events.connected")
@listener
def connected(request: HttpRequest, sociallogin: Any, **kwargs: Any) -> None:
    """A provider's account opens this user's from now on."""
    write(Mechanism.OAUTH2, Verb.CONNECTED, sociallogin.user, request, provider=sociallogin.account.provider)


@receiver(social_account_removed, dispatch_uid="events.disconnected")
@listener
def disconnected(request: HttpRequest, socialaccount: Any, **kwargs: Any) -> None:
    """It no longer does."""
    write(Mechanism.OAUTH2, Verb.DISCONNECTED, socialaccount.user, request, provider=socialaccount.provider)


@receiver(token_forgotten, dispatch_uid="events.token_forgotten")
@listener
def forgotten(user: Any, provider: str, **kwargs: Any) -> None:
    """We no longer act in the user's name there. The account stays connected."""
    write(Mechanism.OAUTH2, Verb.REVOKED, user, provider=provider, reason="token_forgotten")
