"""Each end in the admin is felt: who holds the credential is let in, the form is sent, the next request is refused.

Every form is sent as a browser would, with what the pages have in them, under CSRF checks. And each end is told of,
with who did it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.test import Client

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent, Verb
from authdemo.guard.limits import FROM_ONE_ADDRESS
from authdemo.guard.models import Failures
from jwt_app.models import RefreshFamily
from oauth_app.client.models import ProviderToken
from oauth_app.provider.models import Consent
from tests.oauth_app.conftest import REVOKE, WHO, Company, Visitor
from tests.oauth_app.conftest import company as company
from tests.oauth_app.provider.conftest import App, registered

from .conftest import PASSWORD, signed_in
from .forms import act, press

pytestmark = pytest.mark.django_db
YES = "Yes, I’m sure"
Use = Callable[[], bool]


def posted(path: str, body: dict[str, str]) -> Any:
    return Client().post(path, json.dumps(body), content_type="application/json")


def pair() -> dict[str, str]:
    answer = posted("/jwt/api/token/", {"username": "alice", "password": PASSWORD})
    assert answer.status_code == 200, answer.content
    tokens: dict[str, str] = answer.json()
    return tokens


@dataclass
class Holder:
    """Somebody who holds credentials of alice, one of each kind, and tries them."""

    alice: User
    company: Company

    def session(self) -> Use:
        browser = signed_in("alice")
        return lambda: browser.get("/sessions/api/whoami/").status_code == 200

    def refresh(self) -> Use:
        held = pair()

        def use() -> bool:
            answer = posted("/jwt/api/token/refresh/", {"refresh": held["refresh"]})
            held.update(answer.json() if answer.status_code == 200 else {})
            return bool(answer.status_code == 200)

        return use

    def access(self) -> Use:
        header = {"authorization": f"Bearer {pair()['access']}"}
        return lambda: Client().get("/jwt/api/whoami/", headers=header).status_code == 200

    def app_access(self) -> Use:
        app, token = self._app("calendar")
        return lambda: app.works(token["access_token"])

    def app_refresh(self) -> Use:
        app, held = self._app("diary")

        def use() -> bool:
            answer = app.refresh(held["refresh_token"])
            held.update(answer.json() if answer.status_code == 200 else {})
            return bool(answer.status_code == 200)

        return use

    def _app(self, name: str) -> tuple[App, dict[str, Any]]:
        app = App(registered(name))
        return app, app.tokens(signed_in("alice"), scope="notes:read")

    def connected(self) -> Use:
        SocialAccount.objects.filter(user=self.alice).delete()
        Visitor(signed_in("alice"), self.company).sign_in("github", process="connect")

        def use() -> bool:
            visitor = Visitor(Client(), self.company)
            visitor.sign_in("github")
            return visitor.username() == "alice"

        return use

    def on_behalf(self) -> Use:
        browser, account = signed_in("alice"), SocialAccount.objects.get(user=self.alice)

        def use() -> bool:
            before = self.asked(WHO["github"])
            browser.post("/oauth/behalf/act/", {"account": account.pk, "action": "who"})
            return self.asked(WHO["github"]) > before

        return use

    def password(self) -> Use:
        form = {"username": "alice", "password": PASSWORD}
        return lambda: Client().post("/sessions/login/", form).status_code == 302

    def asked(self, path: str) -> int:
        return len([called for called, *_ in self.company.calls if called == path])


@pytest.fixture
def holder(alice: User, company: Company, settings: Any) -> Holder:
    settings.LABS = True
    return Holder(alice, company)


@pytest.fixture
def teacher_there(teacher: User) -> Client:
    """A browser as it is: a form without its token is refused."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in("teacher").cookies
    return strict


def page(name: str, key: Any = None, what: str = "change") -> str:
    return f"/admin/{name}/" if key is None else f"/admin/{name}/{key}/{what}/"


def newest(model: Any) -> Any:
    return model.objects.order_by("created_at").last().pk


SESSIONS, FAMILIES = "usersessions/usersession", "jwt_app/refreshfamily"
CONSENTS, CLIENTS = "oauth_provider/consent", "allauth_idp_oidc/client"
ACCOUNTS, TOKENS = "socialaccount/socialaccount", "oauth_client/providertoken"
LOCKS, USERS = "guard/failures", "accounts/user"


def by_page(name: str, key: Callable[[User], Any]) -> Callable[[Client, User], Any]:
    """Delete one by the page of it."""
    return lambda browser, alice: press(browser, page(name, key(alice), "delete"), YES)


def by_list(name: str, action: str, key: Callable[[User], Any]) -> Callable[[Client, User], Any]:
    """Choose an action of the list."""
    return lambda browser, alice: act(browser, page(name), action, key(alice))


def its_session(alice: User) -> Any:
    return UserSession.objects.filter(user=alice).latest("pk").pk


def its_family(alice: User) -> Any:
    return newest(RefreshFamily)


def its_consent(alice: User) -> Any:
    return newest(Consent)


def its_app(alice: User) -> Any:
    return Consent.objects.latest("created_at").client_id


def its_account(alice: User) -> Any:
    return SocialAccount.objects.get(user=alice).pk


def its_token(alice: User) -> Any:
    return ProviderToken.objects.get(account__user=alice).pk


def herself(alice: User) -> Any:
    return alice.pk


def deactivated(browser: Client, alice: User) -> Any:
    return press(browser, page(USERS, alice.pk), "Save", is_active=None)


def password_set(browser: Client, alice: User) -> Any:
    new = "a much better phrase"
    return press(browser, page(USERS, alice.pk, "password"), "Change password", password1=new, password2=new)


def password_set_aside(browser: Client, alice: User) -> Any:
    path = page(USERS, alice.pk, "password")
    return press(browser, path, "Disable password-based authentication", usable_password="false")


def everything(browser: Client, alice: User) -> Any:
    return press(browser, page(USERS, alice.pk, "access/end"), "End everything")


ALL = ("session", "refresh", "app_access", "app_refresh")
# What is held; how it ends; which event tells of it.
ENDS: dict[str, tuple[tuple[str, ...], Callable[[Client, User], Any], Verb]] = {
    "a session, by its page": (("session",), by_page(SESSIONS, its_session), Verb.REVOKED),
    "a session, by the list": (
        ("session",), by_list(SESSIONS, "End the selected sessions", its_session), Verb.REVOKED
    ),
    "a family, by the list": (
        ("refresh",), by_list(FAMILIES, "End the selected refresh families", its_family), Verb.REVOKED
    ),
    "a family, by its page": (("refresh",), by_page(FAMILIES, its_family), Verb.REVOKED),
    "a consent, by its page": (("app_access",), by_page(CONSENTS, its_consent), Verb.REVOKED),
    "a consent, by the list": (
        ("app_refresh",), by_list(CONSENTS, "Take back the selected accesses", its_consent), Verb.REVOKED
    ),
    "an app, by its page": (("app_access",), by_page(CLIENTS, its_app), Verb.REVOKED),
    "an app, by the list": (
        ("app_refresh",),
        by_list(CLIENTS, "Delete the selected apps, and end all that they were allowed", its_app), Verb.REVOKED,
    ),
    "an account, by its page": (("connected",), by_page(ACCOUNTS, its_account), Verb.DISCONNECTED),
    "an account, by the list": (
        ("connected",), by_list(ACCOUNTS, "Disconnect the selected accounts", its_account), Verb.DISCONNECTED
    ),
    "a stored token, by its page": (("on_behalf",), by_page(TOKENS, its_token), Verb.REVOKED),
    "a stored token, by the list": (
        ("on_behalf",),
        by_list(TOKENS, "Forget the selected tokens, and end them at their provider", its_token), Verb.REVOKED,
    ),
    "an account deactivated": ((*ALL, "password", "connected"), deactivated, Verb.REVOKED),
    "an account deactivated that nobody is in": (("password",), deactivated, Verb.REVOKED),
    "a password set, with a session alone": (("session",), password_set, Verb.REVOKED),
    "a password set": (("session", "refresh", "password"), password_set, Verb.REVOKED),
    "a password set aside": (("session", "refresh", "password"), password_set_aside, Verb.REVOKED),
    "a user deleted": ((*ALL, "password", "connected"), by_page(USERS, herself), Verb.REVOKED),
    "a user deleted, by the list": (ALL, by_list(USERS, "Delete selected users", herself), Verb.REVOKED),
    "everything": (ALL, everything, Verb.REVOKED),
}  # fmt: skip


@pytest.mark.parametrize("what", ENDS)
def test_it_is_felt_and_told_of(
    what: str, holder: Holder, teacher_there: Client, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    held, end, verb = ENDS[what]
    uses = {name: getattr(holder, name)() for name in held}
    assert {name: use() for name, use in uses.items()} == dict.fromkeys(held, True)
    last = AuthEvent.objects.latest("pk").pk
    with django_capture_on_commit_callbacks(execute=True):
        assert end(teacher_there, alice).status_code == 302
    assert {name: use() for name, use in uses.items()} == dict.fromkeys(held, False)
    told = AuthEvent.objects.filter(pk__gt=last, actor_name="teacher", username="alice")
    assert verb in {event.verb for event in told}
    assert teacher_there.get("/admin/").status_code == 200


def test_with_the_deny_list_an_access_token_ends_with_its_family(
    holder: Holder, teacher_there: Client, alice: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.JWT_DENYLIST = True
    for end in (by_page(FAMILIES, its_family), by_list(FAMILIES, "End the selected refresh families", its_family)):
        use = holder.access()
        assert use()
        with django_capture_on_commit_callbacks(execute=True):
            assert end(teacher_there, alice).status_code == 302
        assert not use()


@pytest.mark.parametrize("way", ["its page", "the list"])
def test_a_lock_that_is_lifted_lets_the_right_password_in(
    way: str, holder: Holder, teacher_there: Client, alice: User
) -> None:
    for _ in range(FROM_ONE_ADDRESS):
        Client().post("/sessions/login/", {"username": "alice", "password": "gues5ed"})
    use = holder.password()
    assert not use()
    key = Failures.objects.filter(username="alice").earliest("pk").pk
    if way == "the list":
        act(teacher_there, page(LOCKS), "Lift: forget these failures", key)
    else:
        press(teacher_there, page(LOCKS, key, "delete"), YES)
    assert use()
    [event] = AuthEvent.objects.by(alice).that(Verb.UNLOCKED)
    assert event.actor_name == "teacher"


@pytest.mark.parametrize("name", [ACCOUNTS, TOKENS])
def test_what_was_stored_ends_at_its_provider(
    name: str, holder: Holder, teacher_there: Client, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    key = its_account(alice) if name == ACCOUNTS else its_token(alice)
    with django_capture_on_commit_callbacks(execute=True):
        press(teacher_there, page(name, key, "delete"), YES)
    assert [form for path, form, _ in holder.company.calls if path == REVOKE["github"]] == [
        {"access_token": "gho_stored-access-token"}
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", [ACCOUNTS, TOKENS, USERS])
def test_a_provider_that_does_not_answer_is_named_on_the_next_page(
    name: str, holder: Holder, teacher_there: Client, alice: User
) -> None:
    holder.company.stop()
    key = {ACCOUNTS: its_account, TOKENS: its_token, USERS: herself}[name](alice)
    press(teacher_there, page(name, key, "delete"), YES)
    text = teacher_there.get("/admin/").content.decode()
    assert "GitHub: a token lives on there. It cannot be reached." in text
    assert "gho_" not in text


def test_a_session_of_before_stays_dead_when_the_account_is_active_again(
    holder: Holder, teacher_there: Client, alice: User
) -> None:
    use = holder.session()
    assert use()
    deactivated(teacher_there, alice)
    press(teacher_there, page(USERS, alice.pk), "Save", is_active="on")
    assert not use()
    assert holder.session()()


def test_a_deleted_app_is_told_of_by_itself(holder: Holder, teacher_there: Client, teacher: User) -> None:
    registered("nobodys")
    press(teacher_there, page(CLIENTS, "nobodys", "delete"), YES)
    event = AuthEvent.objects.get(verb=Verb.APP_DELETED)
    assert (event.app, event.actor_name, event.user_id) == ("nobodys", "teacher", None)


def test_who_changes_the_own_password_stays(teacher_there: Client, teacher: User) -> None:
    elsewhere = signed_in("teacher")
    assert UserSession.objects.filter(user=teacher).count() == 2
    password_set(teacher_there, teacher)
    assert UserSession.objects.filter(user=teacher).count() == 1
    assert elsewhere.get("/admin/").status_code == 302
    teacher.refresh_from_db()
    assert teacher.check_password("a much better phrase")
    assert teacher_there.get("/admin/").status_code == 200


@pytest.mark.parametrize("way", ["its page", "the list"])
def test_who_deletes_the_own_account_is_out(way: str, teacher_there: Client, teacher: User, alice: User) -> None:
    if way == "its page":
        answer = press(teacher_there, page(USERS, teacher.pk, "delete"), YES)
    else:
        answer = act(teacher_there, page(USERS), "Delete selected users", teacher.pk, alice.pk)
    assert answer.status_code == 302
    assert teacher_there.get("/admin/").headers["Location"].startswith("/admin/login/")
    assert AuthEvent.objects.filter(username="teacher", reason="deleted").exists()
    if way == "the list":
        assert AuthEvent.objects.get(username="alice", reason="deleted").actor_name == "teacher"


OWN: dict[str, Callable[[Client, User], Any]] = {
    "a session, by its page": by_page(SESSIONS, its_session),
    "a session, by the list": by_list(SESSIONS, "End the selected sessions", its_session),
    "everything": everything,
    "deactivated": deactivated,
}


@pytest.mark.parametrize("what", OWN)
def test_who_ends_the_own_session_is_led_to_the_sign_in(what: str, teacher_there: Client, teacher: User) -> None:
    answer = OWN[what](teacher_there, teacher)
    assert answer.status_code == 302
    assert teacher_there.get("/admin/").headers["Location"].startswith("/admin/login/")
