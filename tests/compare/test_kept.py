"""A run between two steps: whose it is, what lies in the table, and that nothing of it stays open."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as Registered
from allauth.usersessions.models import UserSession
from django.conf import settings as real_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from authdemo.accounts.models import User
from authdemo.compare import kept, play
from authdemo.compare.choices import Choices
from authdemo.compare.clients import USER_AGENT, somebody
from authdemo.compare.columns.oauth import NAME
from authdemo.compare.models import KeptRun
from authdemo.compare.story import Cell, Played
from authdemo.device.store import Busy
from authdemo.experiments import NotTried, held
from oauth_app.labs.own_app import registered

pytestmark = pytest.mark.django_db
ALICE, BOB = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def nobody_listens(settings):
    settings.SITE_URL = settings.SITE_B_URL = settings.ORDERS_URL = "http://127.0.0.1:9"


def a_run() -> play.Scenario:
    """A run whose OAuth2 column has registered its app."""
    scenario = play.begin(Choices(lifetime=300))
    scenario.held["oauth"] = {"app": registered("An app", "/compare/")[0].pk, "access": "opaque-token"}
    cells = {name: Cell("done", "So it was.") for name in scenario.held}
    scenario.run.played.append(Played("sign-in", 1000.0, cells, predicted=["jwt"]))
    return scenario


def test_what_is_kept_comes_back_for_this_browser_alone():
    scenario = a_run()
    kept.keep(ALICE, scenario)
    assert kept.of(ALICE) == scenario
    assert kept.of(BOB) is None
    assert kept.of("") is None


def test_nobody_reads_a_credential_in_the_table(settings):
    kept.keep(ALICE, a_run())
    row = KeptRun.objects.get()
    assert "opaque-token" not in f"{row.run}{row.held}"
    # Neither under another browser's name nor with another SECRET_KEY.
    KeptRun.objects.create(browser=BOB, run=row.run, held=row.held, ends_at=row.ends_at)
    assert kept.of(BOB) is None
    settings.SECRET_KEY = "another one"
    assert kept.of(ALICE) is None


def test_who_forgets_ends_what_was_opened():
    kept.keep(ALICE, a_run())
    kept.forget(ALICE)
    assert kept.of(ALICE) is None
    assert not Registered.objects.exists()


def test_who_begins_again_ends_the_run_before():
    kept.keep(ALICE, a_run())
    kept.keep(ALICE, play.begin(Choices()))
    assert not Registered.objects.exists()
    found = kept.of(ALICE)
    assert found is not None
    assert found.run.played == []


def test_a_run_that_nobody_goes_on_with_ends_with_the_next_one_of_anybody():
    kept.keep(ALICE, a_run())
    kept.keep(BOB, a_run())
    KeptRun.objects.filter(pk=ALICE).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert kept.of(ALICE) is None
    kept.forget("c" * 64)
    assert [row.pk for row in KeptRun.objects.all()] == [BOB]
    assert Registered.objects.count() == 1


def test_one_at_a_time_for_a_browser():
    with kept.one_at_a_time(ALICE):
        with pytest.raises(Busy), kept.one_at_a_time(ALICE):
            pass
        with kept.one_at_a_time(BOB):
            pass
    with kept.one_at_a_time(ALICE):
        pass


@pytest.fixture(params=["table", "redis"])
def each_cache(request, settings):
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        redis = {"BACKEND": "authdemo.wire.caches.redis.RedisCache", "LOCATION": url}
        settings.CACHES = real_settings.CACHES | {"default": redis}
    cache.delete("a-lock")
    yield
    cache.delete("a-lock")


def test_who_took_too_long_gives_back_nothing_of_somebody_elses(each_cache):
    with ExitStack() as somebody_else:
        with held("a-lock", 60):
            cache.delete("a-lock")  # as when its time is up
            somebody_else.enter_context(held("a-lock", 60))
        with pytest.raises(Busy), held("a-lock", 60):
            pass
    with held("a-lock", 60):
        pass


def test_a_step_that_ends_after_start_over_keeps_nothing_and_leaves_nothing_open():
    kept.keep(ALICE, a_run())
    under_way = kept.of(ALICE)
    assert under_way is not None
    kept.forget(ALICE)
    under_way.held["oauth"]["app"] = registered("An app", "/compare/")[0].pk
    with pytest.raises(NotTried, match="has started over meanwhile"):
        kept.keep_on(ALICE, under_way)
    assert not KeptRun.objects.exists()
    assert not Registered.objects.exists()


def test_an_app_that_no_run_names_any_more_ends_with_a_later_run(settings):
    """Here because the run cannot be read with another SECRET_KEY."""
    somebodys = registered("Another app", "/compare/")[0]
    scenario = a_run()
    lost = registered(NAME, "/compare/")[0]
    scenario.held["oauth"]["app"] = lost.pk
    kept.keep(ALICE, scenario)
    settings.SECRET_KEY = "another one"
    kept.forget(ALICE)
    assert not KeptRun.objects.exists()
    play.begin(Choices())
    assert Registered.objects.filter(pk=lost.pk).exists(), "it could be one of a run that somebody plays now"
    Registered.objects.update(created_at=timezone.now() - timedelta(days=2))
    play.begin(Choices())
    assert not Registered.objects.filter(name=NAME).exists()
    assert Registered.objects.filter(pk=somebodys.pk).exists()


def signed_in(name, user_agent=USER_AGENT):
    client = Client(headers={"User-Agent": user_agent})
    assert client.post("/sessions/login/", {"username": name, "password": "quite-secret"}).status_code == 302
    return client


@pytest.mark.parametrize(("name", "in_use", "left"), [("teacher", 2, 4), ("alice", 11 * 60, 25 * 60)])
def test_who_was_left_signed_in_is_signed_out_by_a_later_run(name, in_use, left):
    """An administrator is at work for one step, the user for as long as a run takes. All in minutes."""
    User.objects.create_superuser(name, f"{name}@example.com", "quite-secret")
    of_a_run, a_persons = signed_in(name), signed_in(name, "Mozilla/5.0")
    for age, answer in ((in_use, 200), (left, 302)):
        UserSession.objects.update(created_at=timezone.now() - timedelta(minutes=age))
        play.begin(Choices())
        assert of_a_run.get("/admin/").status_code == answer
    assert a_persons.get("/admin/").status_code == 200


def test_without_anybody_to_sign_in_nothing_is_played():
    scenario = play.begin(Choices())
    with pytest.raises(NotTried, match="alice has another password"):
        play.play_next(scenario, somebody())
    assert scenario.run.played == []


def test_the_last_step_does_not_come_too_early():
    scenario = a_run()
    scenario.run.played *= 10
    scenario.run.expires = {"jwt": timezone.now().timestamp() + 50}
    with pytest.raises(NotTried, match="more seconds"):
        play.play_next(scenario, somebody())
    assert len(scenario.run.played) == 10


@pytest.mark.parametrize(
    "wrong", [{"store": "nobodys"}, {"algorithm": "none"}, {"lifetime": 9}, {"lifetime": 301}, {"asks": "never"}]
)
def test_what_cannot_be_chosen_is_no_run(wrong):
    with pytest.raises(ValueError, match="cannot be chosen"):
        Choices(**wrong)
