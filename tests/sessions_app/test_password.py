"""A new password, and the end of an account: the other sessions end, and so do their records."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from authdemo.accounts.models import User

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/sessions/password/"
NEW = "a much better phrase"
RECORDS = ["db", "cached_db", "redis", "memory", "file"]


def form(old: str = PASSWORD, new: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_is_sent_to_sign_in(browser_of, method):
    answer = getattr(browser_of(), method)(PAGE)
    assert (answer.status_code, answer["Location"]) == (302, f"/sessions/login/?next={PAGE}")


@pytest.mark.parametrize(
    "data",
    [
        {},
        form(old="wrong"),
        form(new="other", again="another"),
        form(new="short"),
        form(new="alice@example.com"),
        form(new="password123"),
        form(new="x" * 5000),
        form(new="a\0b much better"),
        form(old="p" * 1_000_000),
    ],
    ids=["nothing", "wrong old one", "not the same twice", "short", "my address", "common", "huge", "NUL", "huge old"],
)
def test_what_does_not_fit_is_400_and_ends_nothing(alice, browser_of, data):
    here, there = browser_of("alice"), browser_of("alice")
    answer = here.post(PAGE, data)
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert [here.user(), there.user()] == ["alice", "alice"]
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_without_a_csrf_token_nothing_changes(alice, browser_of):
    browser = browser_of("alice")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.client.cookies
    assert strict.post(PAGE, form()).status_code == 403
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


@pytest.mark.parametrize("store", RECORDS)
def test_this_one_goes_on_and_the_others_end_with_their_records(alice, bob, browser_of, use_store, store):
    use_store(store)
    here, phone, tablet, bobs = (browser_of(name) for name in ("alice", "alice", "alice", "bob"))
    stolen = here.cookie()
    answer = here.client.post(PAGE, form(), follow=True)
    assert answer.redirect_chain == [("/sessions/devices/", 302)]
    assert "Your password is changed. Ended 2 other sessions." in answer.content.decode()
    assert [browser.user() for browser in (here, phone, tablet, bobs)] == ["alice", None, None, "bob"]
    assert here.cookie() != stolen
    thief = browser_of()
    thief.use_cookie(stolen)
    assert thief.user() is None, "a copy of the cookie from before is worth nothing"
    mine = UserSession.objects.get(user=alice)
    assert mine.session_key == here.cookie()
    if store == "db":
        assert set(Session.objects.values_list("pk", flat=True)) == {here.cookie(), bobs.cookie()}
    assert browser_of().sign_in("alice", PASSWORD).status_code == 401
    assert browser_of().sign_in("alice", NEW).status_code == 302


def test_on_signed_cookies_the_others_end_although_nobody_lists_them(alice, browser_of, use_store):
    use_store("signed_cookie")
    here, there = browser_of("alice"), browser_of("alice")
    assert here.post(PAGE, form()).status_code == 302
    assert [here.user(), there.user()] == ["alice", None]


class TestTheEndOfAnAccount:
    @pytest.mark.parametrize("store", RECORDS)
    def test_in_code(self, alice, bob, browser_of, use_store, store):
        use_store(store)
        browsers = [browser_of("alice"), browser_of("alice"), browser_of("bob")]
        alice.is_active = False
        alice.save()
        assert [browser.user() for browser in browsers] == [None, None, "bob"]
        alice.is_active = True
        alice.save()
        assert [browser.user() for browser in browsers] == [None, None, "bob"], "they do not open again"
        assert list(UserSession.objects.values_list("user", flat=True)) == [bob.pk]

    def test_in_the_admin(self, alice, browser_of):
        User.objects.create_superuser("teacher", "teacher@example.com", PASSWORD)
        hers, admin = browser_of("alice"), browser_of("teacher")
        page = admin.get(f"/admin/accounts/user/{alice.pk}/change/")
        data = {name: value for name, value in page.context["adminform"].form.initial.items() if value}
        del data["is_active"]
        assert admin.post(f"/admin/accounts/user/{alice.pk}/change/", data).status_code == 302
        alice.refresh_from_db()
        assert not alice.is_active
        assert hers.user() is None
        assert admin.user() == "teacher"
        assert not UserSession.objects.filter(user=alice).exists()

    def test_other_changes_of_a_user_end_nothing(self, alice, browser_of):
        browser = browser_of("alice")
        alice.first_name = "Alice"
        alice.save()
        alice.is_active = False
        alice.save(update_fields=["first_name"])
        assert browser.user() == "alice"
