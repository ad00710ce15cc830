"""`manage.py seed_demo`: accounts with a public password, so the refusals matter most."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection

from authdemo.accounts.demo import is_local_demo
from authdemo.accounts.models import User
from oauth_app.provider.models import Note

pytestmark = pytest.mark.django_db


@pytest.fixture
def local(settings):
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]


def seed() -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("debug", "hosts"),
    [(False, ["localhost"]), (True, ["localhost", "demo.example.com"]), (True, ["*"]), (False, ["*"])],
)
def test_beyond_this_machine_it_refuses_and_makes_nobody(settings, debug, hosts):
    settings.DEBUG, settings.ALLOWED_HOSTS = debug, hosts
    with pytest.raises(CommandError, match="DEBUG is true and ALLOWED_HOSTS"):
        seed()
    assert not User.objects.exists()
    assert not is_local_demo()


def test_the_three_accounts_sign_in_by_name_and_by_email(local):
    out = seed()
    assert "workshop-2026" in out
    for name in ("alice", "bob", "teacher"):
        assert name in out
        assert authenticate(username=name, password="workshop-2026") == User.objects.get(username=name)
        assert authenticate(username=f"{name}@example.com", password="workshop-2026") == User.objects.get(
            username=name
        )
    assert list(User.objects.filter(is_staff=True, is_superuser=True).values_list("username", flat=True)) == [
        "teacher"
    ]


def test_allauth_knows_that_the_addresses_are_taken_and_proven(local):
    seed()
    rows = EmailAddress.objects.filter(verified=True, primary=True).values_list("email", "user__username")
    assert set(rows) == {(f"{name}@example.com", name) for name in ("alice", "bob", "teacher")}


def test_a_second_run_changes_nothing(local, django_assert_num_queries):
    seed()
    alice = User.objects.get(username="alice")
    alice.set_password("a better one")
    alice.email = "alice@elsewhere.example"
    alice.save()
    before = list(User.objects.order_by("pk").values())

    with django_assert_num_queries(4):  # a look for each and for the app: nothing is hashed, nothing is written
        out = seed()

    assert out.count("exists") == 4
    assert list(User.objects.order_by("pk").values()) == before


def test_the_third_party_app_is_registered_where_it_runs(local, settings):
    seed()
    app = Client.objects.get(pk="paper-and-ink")
    assert (app.name, app.type) == ("Paper & Ink", "confidential")
    assert app.check_secret("outside-paper-secret")
    assert app.get_redirect_uris() == ["http://127.0.0.1:9001/callback/"]
    settings.THIRDPARTY_URL = "http://127.0.0.1:4711"
    assert "has another address now" in seed()
    app.refresh_from_db()
    assert app.get_redirect_uris() == ["http://127.0.0.1:4711/callback/"]
    assert not Note.objects.filter(user__username="teacher").exists()
    assert Note.objects.filter(user__username="alice").count() == 2


ALL = "openid profile notes:read notes:write"


@pytest.mark.parametrize(
    ("name", "kind", "grants", "scopes"),
    [
        (
            "glue-and-scissors",
            "confidential",
            "authorization_code refresh_token",
            "openid profile notes:read notes:write",
        ),
        ("paper-tv", "public", f"{Client.GrantType.DEVICE_CODE} refresh_token", "openid profile notes:read"),
        ("night-export", "confidential", "client_credentials", "notes:export"),
        ("orders", "confidential", "", ""),
    ],
)
def test_each_app_of_the_demo_may_do_one_thing(local, name, kind, grants, scopes):
    seed()
    app = Client.objects.get(pk=name)
    assert (app.type, app.get_grant_types(), app.get_scopes()) == (kind, grants.split(), scopes.split())
    assert bool(app.get_redirect_uris()) == (name == "glue-and-scissors")


def test_an_address_in_use_is_left_to_its_owner(local):
    owner = User.objects.create_user("carol", "ALICE@example.com", "pw")
    assert "alice@example.com is in use" in seed()
    assert not User.objects.filter(username="alice").exists()
    assert EmailAddress.objects.filter(user=owner).count() == 0
    assert User.objects.filter(username="bob").exists()


def test_without_tables_it_says_what_to_run(local):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user RENAME TO accounts_user_elsewhere")
    with pytest.raises(CommandError, match="migrate"):
        seed()
