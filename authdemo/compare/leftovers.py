"""What a process that was killed has left behind, and no kept run names: found by its marks, ended by the next run.

Most of it ends by itself: tokens within minutes, sessions of the stores within an hour. An app does not, and an
administrator's session would be good for two weeks.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.idp.oidc.models import Client as Registered
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.utils import timezone

from oauth_app.provider.more import registration
from sessions_app import devices

from .clients import STAFF, USER_AGENT
from .columns.base import ACCOUNT
from .columns.oauth import NAME

ONE_STEP = timedelta(minutes=3)  # more than it can take; an administrator is signed in no longer
ANY_RUN = timedelta(days=1)  # more than it can take: eleven steps, and an hour at most before each


def end() -> None:
    """End what no run uses any more: sessions at the site that a run has opened, and apps that it has registered."""
    now = timezone.now()
    too_old = Q(user__username=STAFF, created_at__lt=now - ONE_STEP) | Q(
        user__username=ACCOUNT, created_at__lt=now - ANY_RUN
    )
    for session in UserSession.objects.filter(too_old, user_agent=USER_AGENT).select_related("user"):
        devices.end(session)
    for app in Registered.objects.filter(name=NAME, owner=None, created_at__lt=now - ANY_RUN):
        registration.delete(app)
