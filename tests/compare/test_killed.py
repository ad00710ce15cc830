"""A process is killed in the middle of a step: the next run ends what it had opened, and no step is played twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fixtures.demo import RunningDemo

pytestmark = pytest.mark.live
HELPERS = """
import json, os, signal
from datetime import timedelta
from functools import partial
from allauth.idp.oidc.models import Client
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connections
from django.utils import timezone
from authdemo.compare import kept, play
from authdemo.compare.choices import Choices
from authdemo.compare.clients import Caller, somebody
from authdemo.compare.columns import jwt, oauth
from jwt_app.models import RefreshFamily

me, began = os.urandom(32).hex(), timezone.now()

def killed(where, name):
    "Another process plays, and is killed as soon as it comes to that function."
    connections.close_all()
    child = os.fork()
    if not child:
        setattr(where, name, lambda *args: os.kill(os.getpid(), signal.SIGKILL))
        scenario = play.begin(Choices(lifetime=300))
        kept.keep(me, scenario)
        keep = partial(kept.keep_on, me, scenario)
        while True:
            play.play_next(scenario, somebody(), None, keep)
            keep()
    assert os.waitpid(child, 0)[1] == signal.SIGKILL

def opens(path, cookie, value):
    return Caller(somebody(), "").with_cookie("A", path, cookie, value).status_code == 200
"""
SIGN_IN = """
killed(oauth, "exchanged")
held = kept.of(me).held

def still_open():
    family = jwt.claim(held["jwt"]["refresh"], "family")
    return [
        opens("/sessions/stores/db/whoami/", "lab_db", held["sessions"]["cookie"]),
        RefreshFamily.objects.filter(pk=family, revoked_at=None).exists(),
        Client.objects.filter(pk=held["oauth"]["app"]).exists(),
        opens("/sessions/", settings.SESSION_COOKIE_NAME, held["oauth"]["session"]),
    ]

before = still_open()
kept.keep(me, play.begin(Choices()))
print(json.dumps([before, still_open()]))
kept.forget(me)
"""
REVOKE = """
killed(oauth.OAuthColumn, "revoke")
administrators = UserSession.objects.filter(user__username="teacher", created_at__gte=began)
keys = [row.session_key for row in administrators]

def still_open():
    return [opens("/admin/", settings.SESSION_COOKIE_NAME, key) for key in keys]

before = still_open()
play.begin(Choices())  # at once: it could still be at work
at_once = still_open()
administrators.update(created_at=began - timedelta(minutes=4))
play.begin(Choices())
later = still_open()

scenario = kept.of(me)
play.play_next(scenario, somebody(), None)
run = scenario.run
cells = run.played[-1].cells.values()
print(json.dumps([
    before, at_once, later, run.played[-1].slug, [cell.outcome for cell in cells], [len(cell.calls) for cell in cells],
    run.next_step, list(scenario.held.values()),
]))
kept.forget(me)
"""


def seen(demo: RunningDemo, code: str) -> Any:
    return json.loads(demo.shell(HELPERS + code).splitlines()[-1])


def test_killed_while_signing_in(demo: RunningDemo):
    """What was opened is kept at once, so that who begins again ends it."""
    before, after = seen(demo, SIGN_IN)
    assert before == [True] * 4
    assert after == [False] * 4


def test_killed_while_the_administrator_is_signed_in(demo: RunningDemo):
    """Nobody keeps that session: it is found by its mark. And the step is not played again as if nothing had been."""
    before, at_once, later, slug, outcomes, calls, following, held = seen(demo, REVOKE)
    assert before == at_once == [True]
    assert later == [False]
    assert (slug, outcomes, calls) == ("revoke", ["problem"] * 3, [0] * 3)
    assert following is None
    assert held == [{}, {}, {}]
