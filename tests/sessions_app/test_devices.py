"""My sessions on all devices: list them, end them. The other browser's next request is anonymous."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.signals import user_logged_in as allauth_logged_in
from allauth.usersessions.models import UserSession
from allauth.usersessions.signals import on_user_logged_in
from django.apps import apps
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_save
from django.test import RequestFactory
from django.utils import timezone

from authdemo.accounts.models import User

pytestmark = pytest.mark.django_db
DEVICES = "/sessions/devices/"


def row_of(browser) -> UserSession:
    return UserSession.objects.get(session_key=browser.cookie())


def end(browser, row):
    return browser.post(f"{DEVICES}{row.pk}/revoke/").status_code


def test_one_browser_ends_the_other(alice, browser_of):
    here, there = browser_of("alice", "Firefox"), browser_of("alice", "Old phone")
    html = here.get(DEVICES).content.decode()
    assert "Old phone" in html
    assert html.count("<h2>This browser</h2>") == 1
    assert end(here, row_of(there)) == 302
    assert there.user() is None
    assert here.user() == "alice"
    assert "Ended. That browser" in here.get(DEVICES).content.decode()
    assert "Old phone" not in here.get(DEVICES).content.decode()


def test_ending_this_one_signs_out(alice, browser_of):
    here = browser_of("alice")
    response = here.post(f"{DEVICES}{row_of(here).pk}/revoke/")
    assert response.headers["Location"] == "/sessions/login/"
    assert here.user() is None
    assert not UserSession.objects.exists()


def test_end_all_others(alice, bob, browser_of):
    here, phone, tablet, bobs = browser_of("alice"), browser_of("alice"), browser_of("alice"), browser_of("bob")
    response = here.client.post(f"{DEVICES}revoke-others/", follow=True)
    assert "Ended 2 other sessions" in response.content.decode()
    assert [browser.user() for browser in (here, phone, tablet, bobs)] == ["alice", None, None, "bob"]


def test_somebody_elses_session_is_not_found_and_lives_on(alice, bob, browser_of):
    here, bobs = browser_of("alice"), browser_of("bob")
    assert end(here, row_of(bobs)) == 404
    assert bobs.user() == "bob"
    assert "bob" not in here.get(DEVICES).content.decode()


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30, "9" * 5000, "abc"])
def test_a_number_that_is_none_of_mine_is_not_found(alice, browser_of, pk):
    assert browser_of("alice").post(f"{DEVICES}{pk}/revoke/").status_code == 404


@pytest.mark.parametrize("path", [f"{DEVICES}1/revoke/", f"{DEVICES}revoke-others/"])
def test_ending_needs_post_and_a_session(alice, browser_of, path):
    assert browser_of("alice").get(path).status_code == 405
    anonymous = browser_of().post(path)
    assert anonymous.status_code == 302
    assert anonymous.headers["Location"].startswith("/sessions/login/")


@pytest.mark.parametrize("act", ["1/revoke/", "revoke-others/"])
def test_who_was_signed_out_meanwhile_signs_in_and_is_back_at_the_list(alice, browser_of, act):
    """The sign-in page goes on by GET, and the address that ends a session takes only POST."""
    tab = browser_of("alice")
    tab.post("/sessions/logout/")
    to_login = tab.post(f"{DEVICES}{act}")
    assert to_login.headers["Location"] == f"/sessions/login/?next={DEVICES}"
    back = tab.client.post(
        to_login.headers["Location"], {"username": "alice", "password": "correct horse"}, follow=True
    )
    assert back.redirect_chain == [(DEVICES, 302)]
    assert back.status_code == 200


def test_a_second_end_of_the_same_session_says_what_happened(alice, browser_of):
    here, there = browser_of("alice"), browser_of("alice")
    row = row_of(there)
    end(here, row)
    again = here.post(f"{DEVICES}{row.pk}/revoke/")
    assert again.status_code == 404
    html = again.content.decode()
    assert "It may have ended already." in html
    assert f'href="{DEVICES}"' in html
    assert here.user() == "alice"


def test_somebody_elses_session_looks_like_one_that_never_was(alice, bob, browser_of):
    here, bobs = browser_of("alice"), browser_of("bob")

    def answer(pk):
        response = here.post(f"{DEVICES}{pk}/revoke/")
        return response.status_code, without_secrets(response.content.decode()), dict(response.items()).keys()

    assert answer(row_of(bobs).pk) == answer(999_999)


def without_secrets(html: str) -> str:
    """The page without what differs each time: the CSRF token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)


def test_the_page_never_shows_a_key(alice, browser_of):
    here, there = browser_of("alice"), browser_of("alice")
    html = here.get(DEVICES).content.decode()
    assert here.cookie() not in html
    assert there.cookie() not in html


def test_what_the_browser_says_of_itself_is_only_text(alice, browser_of):
    odd = browser_of("alice", "<script>alert(1)</script>\0" + "x" * 5000)
    html = odd.get(DEVICES).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert "\0" not in row_of(odd).user_agent  # PostgreSQL would refuse it
    nothing = browser_of("alice", "")
    assert "It did not say." in nothing.get(DEVICES).content.decode()


def test_signing_out_takes_the_row_along(alice, browser_of):
    here, there = browser_of("alice"), browser_of("alice")
    there.post("/sessions/logout/")
    assert [row.session_key for row in UserSession.objects.all()] == [here.cookie()]


def test_somebody_else_at_the_same_browser_gets_nothing_of_the_first(alice, bob, browser_of):
    browser = browser_of("alice")
    session = browser.client.session
    session["cart"] = "alice's"
    session.save()
    alices = browser.cookie()
    # The sign-in page sends who is signed in away; the admin's does not.
    bob.is_staff = bob.is_superuser = True
    bob.save()
    browser.sign_in("bob", path="/admin/login/")
    assert browser.user() == "bob"
    assert "cart" not in browser.client.session
    assert [row.user for row in UserSession.objects.all()] == [bob]
    browser.use_cookie(alices)
    assert browser.user() is None


def test_the_admins_sign_in_is_listed_too(alice, browser_of):
    alice.is_staff = True
    alice.save()
    here, admin = browser_of("alice"), browser_of(name="Admin's browser")
    admin.sign_in("alice", path="/admin/login/")
    assert "Admin&#x27;s browser" in here.get(DEVICES).content.decode()


@pytest.mark.urls("tests.sessions_app.admin_urls")
def test_a_new_password_ends_the_others_and_keeps_this_one_in_the_list(alice, browser_of):
    alice.is_staff = alice.is_superuser = True
    alice.save()
    here, there = browser_of("alice", "Here"), browser_of("alice", "There")
    key = here.cookie()
    new = "a much better phrase"
    form = {"old_password": "correct horse", "new_password1": new, "new_password2": new}
    assert here.post("/admin/password_change/", form).status_code == 302
    assert here.cookie() != key
    assert (here.user(), there.user()) == ("alice", None)

    third = browser_of()
    third.sign_in("alice", new)
    third.post(f"{DEVICES}revoke-others/")
    assert here.user() is None, "its key had changed: without its row it would have been missed"


def test_a_session_that_ended_elsewhere_leaves_the_list(alice, browser_of):
    here, there = browser_of("alice"), browser_of("alice", "Elsewhere")
    there.client.session.delete()
    assert "Elsewhere" not in here.get(DEVICES).content.decode()
    assert UserSession.objects.count() == 1


def test_a_session_that_is_older_than_the_list_gets_its_row_back(alice, browser_of):
    here = browser_of("alice")
    UserSession.objects.all().delete()
    assert "<h2>This browser</h2>" in here.get(DEVICES).content.decode()


def test_rows_older_than_any_session_go_with_the_next_sign_in(alice, bob, browser_of):
    for user, days in ((alice, 15), (alice, 13), (bob, 15)):
        UserSession.objects.create(
            user=user, ip="192.0.2.1", session_key=f"{user}{days}", created_at=timezone.now() - timedelta(days=days)
        )
    browser = browser_of("alice")
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {"alice13", "bob15", browser.cookie()}


def test_a_row_never_stands_before_its_session(alice, browser_of):
    """Somebody who looks at the list in that moment would take it for a leftover and remove it."""
    known = []

    def look(instance, **kwargs):
        known.append(instance._session_store(instance.session_key).get("_auth_user_id"))

    post_save.connect(look, sender=UserSession)
    try:
        browser_of("alice")
    finally:
        post_save.disconnect(look, sender=UserSession)
    assert known == [str(alice.pk)]


def test_one_sign_in_is_recorded_once_also_when_allauth_reports_it(alice):
    assert on_user_logged_in not in {receiver for pair in allauth_logged_in.receivers for receiver in [pair[1]()]}


def test_in_the_wrong_order_the_apps_say_so_at_the_start():
    with pytest.raises(ImproperlyConfigured, match=r"after allauth\.usersessions"):
        apps.get_app_config("sessions_app").ready()  # a second time: there is nothing left to take over


def test_a_sign_in_without_a_session_is_none_of_our_business(alice):
    user_logged_in.send(sender=User, request=None, user=alice)
    user_logged_in.send(sender=User, request=RequestFactory().get("/"), user=alice)
    assert not UserSession.objects.exists()


def test_without_a_known_address_the_sign_in_still_works(alice, browser_of):
    browser = browser_of()
    data = {"username": "alice", "password": "correct horse"}
    assert browser.post("/sessions/login/", data, REMOTE_ADDR="").status_code == 302  # behind a Unix socket
    assert browser.user() == "alice"
    assert browser.get(DEVICES, REMOTE_ADDR="").status_code == 200


def test_a_session_made_without_a_request_joins_the_list_when_it_is_looked_at(alice, client):
    client.force_login(alice)
    assert not UserSession.objects.exists()
    assert "<h2>This browser</h2>" in client.get(DEVICES).content.decode()


def test_a_request_costs_the_list_nothing(alice, browser_of, django_assert_num_queries):
    browser = browser_of("alice")
    with django_assert_num_queries(2):  # the session and the user: Django's own
        browser.user()
    anonymous = browser_of()
    with django_assert_num_queries(0):
        anonymous.user()
