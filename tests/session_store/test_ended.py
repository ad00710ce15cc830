"""On cached_db an ended session stays ended: whatever becomes of the cache, and whoever writes to it when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone

from authdemo.accounts.models import User
from tests.session_store.conftest import CACHED_DB, but_not_djangos_own
from tests.wire.instruments import Timing

pytestmark = pytest.mark.django_db


def sign_out(victim, other):
    return victim.post("/sessions/logout/")


def revoke(victim, other):
    row = UserSession.objects.get(session_key=victim.cookie())
    return other.post(f"/sessions/devices/{row.pk}/revoke/")


def revoke_others(victim, other):
    return other.post("/sessions/devices/revoke-others/")


def delete_in_the_admin(victim, other):
    row = UserSession.objects.get(session_key=victim.cookie())
    return other.post(f"/admin/usersessions/usersession/{row.pk}/delete/", {"post": "yes"})


@but_not_djangos_own(CACHED_DB)
@pytest.mark.parametrize("end", [sign_out, revoke, revoke_others, delete_in_the_admin])
def test_what_ends_while_the_cache_hangs_has_ended_when_it_is_back(browser_of, copy_of, valkey, end):
    victim, other = browser_of("alice"), browser_of("alice")
    thief = copy_of(victim)
    valkey.hang()
    assert end(victim, other).status_code == 302
    assert thief.user() is None
    valkey.go_on()
    assert thief.user() is None
    assert other.user() == "alice"


@but_not_djangos_own(CACHED_DB)
@pytest.mark.parametrize("moment", ["before the crash", "during the outage"])
def test_a_cache_that_is_started_again_with_old_data_brings_nobody_back(browser_of, copy_of, valkey, moment):
    victim, other = browser_of("alice"), browser_of("alice")
    thief = copy_of(victim)
    valkey.client().save()
    if moment == "before the crash":
        sign_out(victim, other)
        assert thief.user() is None
    valkey.kill()
    assert other.user() == "alice"  # from the database
    if moment == "during the outage":
        sign_out(victim, other)
    valkey.start_again()
    assert thief.user() is None
    assert other.user() == "alice"


@but_not_djangos_own(CACHED_DB)
def test_a_request_that_writes_its_copy_just_after_the_end(browser_of, copy_of, valkey, before_next):
    victim = browser_of("alice")
    thief = copy_of(victim)
    valkey.client().flushall()
    # The thief's request has read the row, and has yet to write the copy.
    before_next("set", lambda: sign_out(victim, None))
    thief.user()
    assert thief.user() is None


@but_not_djangos_own(CACHED_DB)
def test_a_request_that_saves_the_session_just_after_the_end(browser_of, copy_of, store, before_next):
    victim = browser_of("alice")
    thief = copy_of(victim)
    session = store(victim.cookie())
    session["seen"] = True
    before_next("set", lambda: sign_out(victim, None))
    session.save()
    assert thief.user() is None
    assert not store().exists(victim.cookie() or session.session_key)


def test_a_save_after_the_end_is_refused(browser_of, store):
    victim = browser_of("alice")
    session = store(victim.cookie())
    session["seen"] = True
    sign_out(victim, None)
    with pytest.raises(UpdateError):
        session.save()


@but_not_djangos_own(CACHED_DB)
def test_of_two_saves_at_once_the_one_in_the_database_counts(browser_of, store, before_next):
    key = browser_of("alice").cookie()
    first, second = store(key), store(key)
    first["state"], second["state"] = "used", "new"
    before_next("set", second.save)  # first: row. second: row, copy. first: copy
    first.save()
    assert store(key)["state"] == "new"


@but_not_djangos_own(CACHED_DB)
def test_what_was_used_up_while_the_cache_hung_is_not_there_again(browser_of, store, valkey):
    key = browser_of("alice").cookie()
    session = store(key)
    session["state"] = "once"
    session.save()
    valkey.hang()
    session = store(key)
    del session["state"]
    session.save()
    valkey.go_on()
    assert "state" not in store(key)


@but_not_djangos_own(CACHED_DB)
def test_a_cache_that_somebody_writes_to_makes_nobody_somebody_else(browser_of, store, valkey):
    alice, bob = browser_of("alice"), browser_of("bob")
    server = valkey.client()
    keys = {
        owner.cookie(): next(key for key in valkey.names() if owner.cookie().encode() in key) for owner in (alice, bob)
    }
    server.set(keys[bob.cookie()], server.get(keys[alice.cookie()]))
    assert bob.user() == "bob"


@pytest.mark.parametrize("rubbish", [b"", b"\x80\x04rubbish", b"{}", b'{"_auth_user_id": "1"}', b'"a:b:c"', b"[1]"])
def test_rubbish_in_the_cache_is_no_copy(browser_of, valkey, rubbish):
    alice = browser_of("alice")
    for key in valkey.names():
        valkey.client().set(key, rubbish)
    assert cost(alice) == (2, 2)
    assert cost(alice) == (1, 1)


def test_the_copy_opens_nothing_for_an_expired_session_or_a_closed_account(browser_of):
    alice, bob, carol = browser_of("alice"), browser_of("bob"), browser_of("carol")
    Session.objects.filter(session_key=alice.cookie()).update(expire_date=timezone.now() - timedelta(seconds=1))
    User.objects.filter(username="bob").update(is_active=False)
    User.objects.filter(username="carol").delete()
    assert [browser.user() for browser in (alice, bob, carol)] == [None, None, None]


def test_another_password_ends_the_session_although_there_is_a_copy(browser_of):
    alice = browser_of("alice")
    user = User.objects.get(username="alice")
    user.set_password("another one")
    user.save()
    assert alice.user() is None


def test_the_cost(browser_of, valkey):
    alice = browser_of("alice")
    assert cost(alice) == (1, 1)
    valkey.client().flushall()
    assert cost(alice) == (2, 2)
    assert cost(alice) == (1, 1)
    valkey.kill()
    assert cost(alice) == (2, 2)


def test_a_session_without_a_user_has_a_copy_too(browser_of, store, django_assert_num_queries):
    visitor = store()
    visitor["basket"] = 3
    visitor.save()
    with django_assert_num_queries(1):
        assert store(visitor.session_key)["basket"] == 3
    visitor.delete()
    ended = store(visitor.session_key)
    assert "basket" not in ended
    assert ended.session_key is None


def test_the_end_tidies_up_where_it_can(browser_of, valkey):
    alice = browser_of("alice")
    assert len(valkey.names()) == 1
    sign_out(alice, None)
    assert valkey.names() == []


def cost(browser) -> tuple[int, int]:
    response = browser.get("/sessions/api/whoami/")
    assert response.status_code == 200
    return Timing.of(response).counts
