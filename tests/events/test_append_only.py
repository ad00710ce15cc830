"""Nothing changes an event, and nothing takes it back, but for two ways that are meant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from authdemo.events.models import AppendOnly, AuthEvent, Mechanism, Verb
from tests.sessions_app.conftest import PASSWORD

ALL = AuthEvent.objects


@pytest.fixture
def event(alice, client):
    """Alice has signed in."""
    client.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    return ALL.get()


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.save(update_fields=["verb"]),
        lambda event: event.delete(),
        lambda event: ALL.update(verb=Verb.SIGNED_OUT),
        lambda event: ALL.filter(pk=event.pk).update(verb=Verb.SIGNED_OUT),
        lambda event: ALL.bulk_update([event], ["verb"]),
        lambda event: ALL.update_or_create(pk=event.pk, defaults={"verb": Verb.SIGNED_OUT}),
        lambda event: ALL.bulk_create([event], update_conflicts=True, update_fields=["verb"], unique_fields=["id"]),
        lambda event: ALL.delete(),
        lambda event: ALL.filter(pk=event.pk).delete(),
        lambda event: ALL.all()[:1].delete(),
    ],
)
def test_the_models_own_ways_are_closed(event, change):
    event.verb = Verb.SIGNED_OUT
    with pytest.raises(AppendOnly), transaction.atomic():
        change(event)
    assert ALL.get().verb == Verb.SIGNED_IN


def test_another_event_under_the_same_number_does_not_take_its_place(event):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthEvent(pk=event.pk, mechanism=Mechanism.JWT, verb=Verb.ISSUED, instance="A").save()
    assert ALL.get().verb == Verb.SIGNED_IN


def test_events_are_not_handed_to_another_user(event, bob):
    assert not [name for name in dir(bob) if "authevent" in name]


def test_events_outlive_their_user(event, alice):
    alice.delete()
    event.refresh_from_db()
    assert (event.user, event.username) == (None, "alice")


def test_the_admin_deletes_the_user_and_not_the_events(event, alice, teacher):
    admin = Client()
    admin.force_login(teacher)
    assert admin.post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"}).status_code == 302
    event.refresh_from_db()
    assert (event.user, event.username) == (None, "alice")


def test_old_events_can_be_pruned(event):
    now = timezone.now()
    ALL.create(at=now - timedelta(days=40), mechanism=Mechanism.JWT, verb=Verb.ISSUED, instance="A")
    assert AuthEvent.prune(before=now - timedelta(days=30)) == 1
    assert list(ALL.all()) == [event]


def test_questions_read_as_sentences(event, alice, bob, api):
    noon = timezone.now()
    old = api.sign_in("alice", PASSWORD)["refresh"]
    api.refresh(old)
    api.refresh(old)
    api.sign_in("bob", PASSWORD)
    seen = ALL.by(alice).of(Mechanism.JWT).that(Verb.REFRESHED, Verb.REUSED).since(noon)
    assert [row.verb for row in seen.order_by("id")] == [Verb.REFRESHED, Verb.REUSED]
    assert ALL.by(alice).of(Mechanism.SESSION).since(event.at).get() == event
    assert not ALL.by(alice).of(Mechanism.SESSION).since(noon).exists()
    assert ALL.by(bob).get().verb == Verb.ISSUED
    assert ALL.of(Mechanism.SESSION, Mechanism.JWT).count() == ALL.count() == 6


def test_nobody_has_no_events(browser_of):
    browser_of().sign_in("carol", "wrong")
    assert ALL.filter(user=None).exists()
    assert not ALL.by(AnonymousUser()).exists()
