"""A user registers an app: exact addresses, a secret that is told once, and nothing of anybody else's."""

from __future__ import annotations

import logging
import re
from html import unescape
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as Registered
from allauth.idp.oidc.models import Token
from django.contrib.sessions.models import Session
from django.test import Client

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent
from authdemo.wire.models import Exchange
from oauth_app.provider.models import Consent
from tests.oauth_app.provider.conftest import CALLBACK, App, registered, sent

pytestmark = pytest.mark.django_db
ADD, MINE = "/oauth/clients/add/", "/oauth/clients/"
FILLED = {"name": "My printer", "kind": "confidential", "addresses": CALLBACK, "scopes": ["openid", "notes:read"]}


def ticket(browser: Client) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', browser.get(ADD).content.decode())
    assert found
    return found[1]


def add(browser: Client, **changes: Any) -> Any:
    return browser.post(ADD, {"ticket": ticket(browser)} | FILLED | changes)


def secret_in(answer: Any) -> str:
    found = re.search(r'id="secret">(\w{64})<', answer.content.decode())
    return found[1] if found else ""


def app_of(answer: Any) -> App:
    """The app, whose server has noted the secret."""
    row = Registered.objects.get(owner__username="alice")
    app = App(row)
    noted = secret_in(answer)
    app.credentials = lambda: {"client_id": row.pk, "client_secret": noted}  # type: ignore[method-assign]
    return app


def test_register_and_go(alices, bobs, caplog):
    alices.post("/wire/open/")
    with caplog.at_level(logging.DEBUG):
        answer = add(alices)
    secret = secret_in(answer)
    assert answer.status_code == 201
    assert secret
    assert "no-store" in answer["Cache-Control"]
    app = app_of(answer)
    assert app.row.get_grant_types() == ["authorization_code", "refresh_token"]
    page = app.ask(bobs, scope="notes:read").content.decode()
    assert "Nobody has checked this app." in page
    assert "alice, a user of this site, has registered it" in page
    tokens = app.tokens(bobs, scope="notes:read")
    assert app.works(tokens["access_token"])

    # Told once: it is in no other page, row, cookie or log.
    for path in (MINE, "/oauth/apps/", "/wire/"):
        assert secret not in alices.get(path).content.decode()
    assert secret not in str([session.get_decoded() for session in Session.objects.all()])
    assert secret not in str(alices.cookies) + caplog.text
    for model in (Registered, Token, Exchange, AuthEvent):
        assert secret not in str(list(model._default_manager.values()))


def test_the_same_form_again_registers_nothing_and_tells_nothing(alices):
    form = {"ticket": ticket(alices)} | FILLED
    first = alices.post(ADD, form)
    again = alices.post(ADD, form, follow=True)
    assert secret_in(first)
    assert not secret_in(again)
    assert "registered already" in again.content.decode()
    assert Registered.objects.count() == 1


def test_a_public_app_has_no_secret(alices):
    answer = add(alices, kind="public")
    assert (answer.status_code, secret_in(answer)) == (201, "")
    row = Registered.objects.get()
    assert row.type == "public"
    assert not row.check_secret("")
    renewed = alices.post(f"{MINE}{row.pk}/secret/", {"version": "x"}, follow=True)
    assert "has no secret" in renewed.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "http://app.example/callback", "ftp://app.example/", "javascript:alert(1)", "data:text/html,x",
        "org.app:/callback", "https://app.example/#part", "https://app.example/#", "https://*.example/",
        "https://app.example/*", "https://", "https://user@app.example/", "https://u:p@app.example/",
        "http://localhost.evil.example/", "http://127.0.0.1.evil/", "https://app.example\\@evil.example/",
        "https://app.example/a b", "https://äpp.example/", "//app.example/", "x", "http://127.0.0.2/",
        "https://app.example:port/", "https://a.example;b/", "https://[::1", "http://[::1]:9001/x",
        "HTTPS:/app.example/",
        "https://./", "https://..../x", "https://app.example/?", "https://app.example/?code=1", "https://a.example/?state=",
        "https://app.example/" + "x" * 300, "https://app.example/\x01", 'https://app.example/"', "", " ",
    ],
)  # fmt: skip
def test_such_an_address_is_refused(alices, address):
    answer = add(alices, addresses=address)
    assert answer.status_code == 400
    assert not Registered.objects.exists()


@pytest.mark.parametrize("name", ["Paper & Ink", "ＰＡＰＥＲ & ink", "paper-ink", "\u3164", "…", "\u200b"])
def test_such_a_name_is_refused(alices, name):
    registered("paper")
    Registered.objects.update(name="Paper & Ink")
    answer = add(alices, name=name)
    assert answer.status_code == 400
    assert Registered.objects.count() == 1


def test_an_app_of_a_deactivated_account_gets_nothing_more(alices, bobs, alice):
    app = app_of(add(alices))
    tokens, code = app.tokens(bobs, scope="notes:read"), app.code(bobs)
    alice.is_active = False
    alice.save()
    assert app.call(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).status_code == 401
    assert app.exchange(code).status_code == 401
    assert app.ask(bobs).status_code == 400


WRONG = [{"prompt": "none"}, {"response_type": "token"}, {"scope": "zzz"}, {"max_age": "x"}]


@pytest.mark.parametrize("changes", WRONG)
def test_a_link_alone_leads_nobody_to_an_app_that_nobody_has_checked(alices, bobs, changes):
    """RFC 9700 §4.11.2."""
    app = app_of(add(alices))
    for browser in (Client(), bobs):
        answer = app.ask(browser, **changes)
        assert answer.status_code == 400
        assert "Nobody has checked this app" in answer.content.decode()
        assert f'href="{CALLBACK}?error=' in answer.content.decode()
    assert sent(bobs.post(app.address(), {"action": "deny"}))["error"] == "access_denied"
    app.code(bobs)
    assert "error" in sent(app.ask(bobs, **changes | {"prompt": "none", "scope": "profile"}))


def test_by_hand_as_the_page_says(alices):
    """Its own link, its own commands, and RFC 7636's pair."""
    answer = add(alices)
    page = unescape(answer.content.decode())
    app, [ask] = app_of(answer), re.findall(r'<a href="([^"]+)">Ask</a>', page)
    [verifier] = re.findall(r"code_verifier=(\S+)</code>", page)
    code = sent(alices.post(ask.removeprefix("http://localhost:8000"), {"action": "allow", "scopes": "notes:read"}))[
        "code"
    ]
    tokens = app.exchange(code, code_verifier=verifier).json()
    [call] = re.findall(r"curl (\S+) -H", page)
    assert app.call(tokens["access_token"], call.removeprefix("http://localhost:8000")).status_code == 200
    assert ask in unescape(alices.get(MINE).content.decode())


def test_who_has_chosen_the_name_is_said_wherever_it_stands(alices, bobs):
    app = app_of(add(alices))
    assert "alice, a user of this site" in app.ask(bobs, prompt="login").content.decode()
    app.code(bobs)
    assert "alice, a user of this site" in bobs.get("/oauth/apps/").content.decode()


@pytest.mark.parametrize("path", ["%00/secret/", "x%00/delete/", "a%20b/secret/"])
def test_what_is_no_client_id_is_not_found(alices, path):
    assert alices.post(f"{MINE}{path}").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["https://app.example/callback?at=1", "http://localhost:9001/", "http://127.0.0.1:1/x"],
)
def test_such_an_address_is_taken_to_the_letter(alices, address):
    assert add(alices, addresses=f"{address}\r\n\r\n {address}\n").status_code == 201
    assert Registered.objects.get().get_redirect_uris() == [address]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "x" * 61}, {"name": "Paper\u202e& Ink"}, {"name": "Paper\u200b"}, {"kind": "other"},
        {"scopes": []}, {"scopes": ["notes:export"]}, {"scopes": ["notes:read", "admin"]},
        {"addresses": "\n".join(f"https://app.example/{number}" for number in range(6))},
    ],
)  # fmt: skip
def test_such_a_form_comes_back(alices, changes):
    answer = add(alices, **changes)
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert not Registered.objects.exists()


def test_nobody_chooses_a_client_id(alices, bobs):
    for wrong in ("", "orders", ticket(bobs), ticket(alices)[:-2]):
        assert alices.post(ADD, {"ticket": wrong} | FILLED).status_code in {302, 400}
    assert not Registered.objects.exists()


def test_ten_are_the_most(alices):
    for _ in range(10):
        assert add(alices).status_code == 201
    assert "that is the most" in alices.post(ADD, {"ticket": ticket(alices)} | FILLED, follow=True).content.decode()
    assert Registered.objects.count() == 10


def version(browser: Client) -> str:
    found = re.search(r'name="version" value="(\w+)"', browser.get(MINE).content.decode())
    assert found
    return found[1]


def test_a_new_secret_ends_the_old_one_and_no_token(alices, bobs):
    app = app_of(add(alices))
    access = app.tokens(bobs, scope="notes:read")["access_token"]
    known = version(alices)
    answer = alices.post(f"{MINE}{app.row.pk}/secret/", {"version": known})
    fresh = secret_in(answer)
    assert fresh
    assert app.token(grant_type="refresh_token", refresh_token="x").status_code == 401
    assert app.token(grant_type="refresh_token", refresh_token="x", client_secret=fresh).status_code == 400
    assert app.works(access)
    again = alices.post(f"{MINE}{app.row.pk}/secret/", {"version": known}, follow=True)
    assert not secret_in(again)
    assert "was shown once" in again.content.decode()
    assert app.token(grant_type="refresh_token", refresh_token="x", client_secret=fresh).status_code == 400


def test_deleting_it_ends_all_that_was_allowed(alices, bobs, bob):
    app = app_of(add(alices))
    tokens = app.tokens(bobs, scope="notes:read")
    assert "<dd>1</dd>" in alices.get(MINE).content.decode()
    alices.post(f"{MINE}{app.row.pk}/delete/")
    assert app.call(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).status_code == 401
    assert not any(model._default_manager.exists() for model in (Consent, Token, Registered))
    event = AuthEvent.objects.get(verb="revoked")
    assert (event.user_id, event.reason, event.app) == (bob.pk, "client_deleted", app.row.pk)


def test_nobody_touches_anybody_elses(alices, bobs, register):
    row = Registered.objects.get(pk=app_of(add(alices)).row.pk)
    seeded = register("seeded").row
    for pk in (row.pk, seeded.pk):
        assert bobs.post(f"{MINE}{pk}/secret/", {"version": version(alices)}).status_code == 404
        bobs.post(f"{MINE}{pk}/delete/")
    assert Registered.objects.count() == 2
    assert "My printer" not in bobs.get(MINE).content.decode()
    assert Registered.objects.get(pk=row.pk).secret == row.secret


def test_it_needs_a_session_and_the_form_token(alice):
    for path in (MINE, ADD):
        assert Client().get(path)["Location"].startswith("/sessions/login/")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(ADD, {"ticket": ticket(strict)} | FILLED).status_code == 403
    assert not Registered.objects.exists()


def test_the_admin_tells_a_secret_once_and_leaves_none_in_a_cookie(db):
    User.objects.create_superuser("teacher", "teacher@example.com", "pw")
    teacher = Client()
    teacher.force_login(User.objects.get())
    form = {
        "name": "Made by the teacher", "id": "made", "type": "confidential", "scopes": "notes:read",
        "grant_types": "authorization_code", "redirect_uris": CALLBACK, "cors_origins": "",
    }  # fmt: skip
    answer = teacher.post("/admin/allauth_idp_oidc/client/add/", form)
    secret = secret_in(answer)
    assert answer.status_code == 201
    assert Registered.objects.get(pk="made").check_secret(secret)
    assert secret not in str(teacher.cookies) + str([session.get_decoded() for session in Session.objects.all()])
    assert secret not in teacher.get("/admin/allauth_idp_oidc/client/made/change/").content.decode()
    before = Registered.objects.get(pk="made").secret
    assert teacher.post("/admin/allauth_idp_oidc/client/made/change/", form | {"name": "Other"}).status_code == 302
    assert (Registered.objects.get().secret, Registered.objects.get().name) == (before, "Other")
