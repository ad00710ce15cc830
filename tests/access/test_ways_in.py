"""What "End everything" reaches beyond the site's own rows: the store lab's sessions, accounts at providers, the
password, and the tokens that lie with a provider.
"""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet
from django.contrib.auth.models import Permission
from django.test import Client

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent, Verb
from oauth_app.client.models import ProviderToken
from oauth_app.client.stored import Grant, keep
from sessions_app.labs.stores.stores import BY_NAME, STORES
from tests.admin.conftest import PASSWORD, signed_in
from tests.oauth_app.conftest import Company, silence
from tests.oauth_app.test_tokens import change_key
from tests.sessions_app.labs.stores.conftest import Visitor

from .test_end_everything import numbers, page_of

pytestmark = pytest.mark.django_db
LISTED = ["Database", "Database with a cache", "Redis or Valkey", "Files"]


def on(store: str, username: str = "alice") -> Visitor:
    made = Visitor(BY_NAME[store])
    assert made.sign_in(username, PASSWORD).status_code == 302
    return made


def text_of(browser: Client, user: User, what: str = "access") -> str:
    return html.unescape(browser.get(page_of(user, what)).content.decode())


def test_sessions_on_all_six_stores_end(lab: None, admin: Client, alice: User) -> None:
    hers = [on(store.name) for store in STORES]
    User.objects.create_user("bob", "bob@example.com", PASSWORD)
    of_bob = on("redis", "bob")
    text = text_of(admin, alice)
    assert (
        re.findall(r'<th scope="row">([^<]+)</th>', text.split('id="lab-sessions"')[1].split("</table>")[0]) == LISTED
    )
    assert "Nobody can list those in: memory, signed cookie." in text
    for one in hers:
        assert one.cookie not in text
        assert one.user() == "alice"
    assert "Sessions in the store lab: 4." in text_of(admin, alice, "access_end")
    admin.post(page_of(alice, "access_end"))
    assert [one.user() for one in hers] == [None] * 6
    assert numbers(admin, alice)["Sessions in the store lab"] == 0
    assert of_bob.user() == "bob"


def test_a_store_that_does_not_answer_is_named_and_ends_all_the_same(
    lab: None, admin: Client, alice: User, settings: Any
) -> None:
    hers = on("redis")
    cache = dict(settings.CACHES["lab_redis"])
    settings.CACHES = settings.CACHES | {"lab_redis": cache | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert "This does not answer: Redis or Valkey." in text_of(admin, alice)
    assert admin.post(page_of(alice, "access_end")).status_code == 302
    settings.CACHES = settings.CACHES | {"lab_redis": cache}
    assert hers.user() is None


def test_to_look_leaves_nothing_on_the_stores(lab: None, admin: Client, alice: User, settings: Any) -> None:
    """Django makes a new file in the place of one that has expired and is read."""
    one = on("file")
    session = one.store.engine(one.cookie)
    session.set_expiry(-1)
    session.save()
    assert numbers(admin, alice)["Sessions in the store lab"] == 0
    assert not list(settings.STORE_LAB_FOLDER.iterdir())


def test_accounts_and_password_stay_unless_they_are_ticked(admin: Client, alice: User) -> None:
    question = text_of(admin, alice, "access_end")
    assert 'name="accounts"' in question
    assert 'name="password"' in question
    admin.post(page_of(alice, "access_end"))
    assert SocialAccount.objects.filter(user=alice).exists()
    assert signed_in("alice").get("/sessions/api/whoami/").status_code == 200


def test_what_is_ticked_is_no_way_in_any_more(admin: Client, alice: User) -> None:
    answer = admin.post(page_of(alice, "access_end"), {"accounts": "on", "password": "on"}, follow=True)
    assert "connected accounts: 1" in answer.content.decode()
    assert "The password is removed." in answer.content.decode()
    assert not SocialAccount.objects.filter(user=alice).exists()
    [event] = AuthEvent.objects.by(alice).that(Verb.DISCONNECTED)
    assert (event.provider, event.actor_name) == ("github", "teacher")
    refused = Client().post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    assert refused.status_code != 302
    question = text_of(admin, alice, "access_end")
    assert 'name="accounts"' not in question
    assert 'name="password"' not in question


def test_nobody_locks_out_themselves(admin: Client, teacher: User) -> None:
    SocialAccount.objects.create(user=teacher, provider="github", uid="7")
    question = text_of(admin, teacher, "access_end")
    assert 'type="checkbox"' not in question
    admin.post(page_of(teacher, "access_end"), {"accounts": "on", "password": "on"})
    assert SocialAccount.objects.filter(user=teacher).exists()
    assert signed_in("teacher").get("/admin/").status_code == 200


def test_who_may_not_delete_accounts_disconnects_none(teacher: User, alice: User) -> None:
    clerk = User.objects.create_user("clerk", "clerk@example.com", PASSWORD, is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    browser = signed_in("clerk")
    assert 'name="accounts"' not in text_of(browser, alice, "access_end")
    assert browser.post(page_of(alice, "access_end"), {"accounts": "on"}).status_code == 302
    assert SocialAccount.objects.filter(user=alice).exists()


def test_stored_tokens_end_at_their_provider(company: Company, admin: Client, alice: User) -> None:
    answer = admin.post(page_of(alice, "access_end"), follow=True)
    assert "a token lives on there" not in answer.content.decode()
    told = [(path, form) for path, form, _ in company.calls]
    assert told == [("/github/api/v3/applications/authdemo-github/grant", {"access_token": "gho_stored-access-token"})]
    assert not ProviderToken.objects.filter(account__user=alice).exists()


def test_a_provider_that_does_not_answer_is_named(company: Company, admin: Client, alice: User) -> None:
    company.stop()
    answer = admin.post(page_of(alice, "access_end"), follow=True)
    assert "GitHub: a token lives on there. It cannot be reached." in answer.content.decode()
    assert not ProviderToken.objects.filter(account__user=alice).exists()
    assert "gho_" not in answer.content.decode()


def test_a_provider_that_hangs_is_asked_once(company: Company, admin: Client, alice: User) -> None:
    other = SocialAccount.objects.create(user=alice, provider="github", uid="other")
    keep(other, Grant("gho_other-access-token", "", "user:email", None))
    company.spoiled["/github/api/v3/applications/authdemo-github/grant"] = silence(3)
    answer = admin.post(page_of(alice, "access_end"), follow=True)
    assert answer.content.decode().count("a token lives on there. It did not answer in time.") == 1
    assert len(company.calls) == 1


def test_one_that_cannot_be_read_is_forgotten(admin: Client, alice: User) -> None:
    change_key(Fernet.generate_key().decode())
    try:
        answer = admin.post(page_of(alice, "access_end"), follow=True)
    finally:
        change_key()
    assert "it was encrypted with another key" in answer.content.decode()
    assert not ProviderToken.objects.filter(account__user=alice).exists()
