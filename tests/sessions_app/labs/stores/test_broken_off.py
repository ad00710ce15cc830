"""Steps that break off half-way: nobody stays signed in, and nobody is locked out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory
from redis.exceptions import ConnectionError as NoRedis

from authdemo.accounts.models import User
from authdemo.guard.models import Failures
from sessions_app.labs.stores import measure
from sessions_app.labs.stores.models import DbSession
from sessions_app.labs.stores.stores import BY_NAME, STORES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server: Any, settings: Any) -> Any:
    """This site, so that it can be called. The account has the demo's password."""
    settings.LABS, settings.SITE_URL = True, live_server.url
    settings.ALLOWED_HOSTS = settings.LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "testserver"]
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith("CanonicalHostMiddleware")]
    User.objects.create_user("alice", "alice@example.com", settings.DEMO_PASSWORD)
    return settings


def test_the_session_ends_where_the_look_for_it_fails(site, monkeypatch):
    seen = []

    def fails(*_: Any) -> str:
        seen.append(DbSession.objects.count())
        raise NoRedis

    monkeypatch.setattr(measure, "found_in", fails)
    with pytest.raises(NoRedis):
        measure.try_store(BY_NAME["db"], RequestFactory().get("/"))
    assert seen == [1]
    assert DbSession.objects.count() == 0


def test_an_account_with_a_password_of_its_own_is_not_locked_out(site):
    alice = User.objects.get()
    alice.set_password("a phrase of her own")
    alice.save()
    rows = [measure.try_store(store, RequestFactory().get("/")) for store in STORES if not store.missing]
    assert {row.problem.split(",")[0] for row in rows} == {"alice has another password than the demo's by now"}
    assert measure.compare(BY_NAME["db"], RequestFactory().get("/")).problem == rows[0].problem
    assert Failures.objects.count() == 0
