"""Who is sent to the sign-in page by an app is told which one it is, and is told nothing that an attacker wrote."""

from __future__ import annotations

import pytest
from django.test import Client

from .conftest import AUTHORIZE

pytestmark = pytest.mark.django_db
SENT = "sent you here. Sign in; then you are asked what it may do, unless you have allowed it before."


def sign_in_page(following: str) -> str:
    return Client().get("/sessions/login/", {"next": following}).content.decode()


def test_the_app_is_named(app, alice):
    app.row.name = "<i>Paper</i> & Ink"
    app.row.save()
    login = app.ask(Client())["Location"]
    page = Client().get(login).content.decode()
    assert f"<b>&lt;i&gt;Paper&lt;/i&gt; &amp; Ink</b> {SENT}" in page
    assert "Nobody has checked this app" not in page
    wrong = Client().post(login, {"username": "alice", "password": "wrong", "next": app.address()})
    assert (wrong.status_code, SENT in wrong.content.decode()) == (401, True)


def test_an_app_of_a_user_is_named_with_its_owner(app, alice):
    app.row.owner = alice
    app.row.save()
    page = sign_in_page(app.address())
    assert SENT in page
    assert "alice, a user of this site, has registered it" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"}, {"redirect_uri": "https://evil.example/"}, {"scope": "no:such"}, {"scope": None},
        {"response_type": "token"}, {"code_challenge": None}, {"prompt": "none"},
    ],
    ids=str,
)  # fmt: skip
def test_no_app_is_named_whose_request_is_not_accepted(app, changes):
    assert SENT in sign_in_page(app.address())
    assert "sent you here" not in sign_in_page(app.address(**changes))


@pytest.mark.parametrize("following", ["", "/sessions/", AUTHORIZE, "//evil.example/", "http://[", "%00"])
def test_no_app_is_named_where_none_has_asked(app, following):
    assert "sent you here" not in sign_in_page(following)


def test_no_other_host(app):
    assert "sent you here" not in sign_in_page(f"//evil.example{app.address()}")
