"""JWT_DENYLIST: an access token that was taken back is refused.

On Redis and on Django's database cache. What becomes of that cache is in test_denylist_cache.py; what can only happen
between two processes, in test_denylist_live.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db.models.signals import pre_save
from django.utils import timezone

from jwt_app.backend import token_backend
from jwt_app.models import Denial, RefreshFamily

from .conftest import API, REDIS, claims, cost, payload, refused

pytestmark = pytest.mark.django_db(transaction=True)  # the cache hears of a denial when it is committed


# ---- What ends, and what it costs


def test_a_copy_is_worth_nothing_after_sign_out_and_others_go_on(api: API, alice: Any, cache: Any) -> None:
    mine, phone = api.sign_in(), api.sign_in()
    older = api.refresh(mine["refresh"]).json()
    assert api.get("whoami", mine["access"]).json()["credential"]["revocable"] is True

    assert api.post("logout", {"refresh": older["refresh"]}).status_code == 200

    for token in (mine["access"], older["access"]):
        refused(api.get("whoami", token), "token_denied")
        refused(api.get("me", token), "token_denied")
        refused(api.post("verify", {"token": token}), "token_denied")
    assert api.get("whoami", phone["access"]).status_code == 200
    assert api.get("me", phone["access"]).status_code == 200


def test_the_price_is_one_cache_call(api: API, alice: Any, cache: Any) -> None:
    first, second = api.sign_in()["access"], api.sign_in()["access"]
    api.get("whoami", first)
    asked = 1 if "Database" in type(cache).__name__ else 0  # there, a cache call is a statement besides

    assert cost(api, "whoami", first) == (200, asked, 1)
    assert cost(api, "whoami", second) == (200, asked, 1)
    assert cost(api, "me", second) == (200, asked + 1, 1)


@pytest.mark.parametrize("change", [{"password": "!"}, {"is_active": False}, {"security_stamp": 7}])
def test_a_sign_in_that_ended_while_it_was_under_way(api: API, alice: Any, cache: Any, change: dict[str, Any]) -> None:
    """The password was right, and then somebody ended everything."""

    def meanwhile(**kwargs: Any) -> None:
        type(alice).objects.filter(pk=alice.pk).update(**change)

    pre_save.connect(meanwhile, sender=RefreshFamily)
    late = api.sign_in()
    pre_save.disconnect(meanwhile, sender=RefreshFamily)
    refused(api.get("whoami", late["access"]), "token_denied")
    assert api.post("refresh", {"refresh": late["refresh"]}).status_code == 401
    assert RefreshFamily.objects.get().revoked_at


def test_off_it_costs_nothing_and_an_access_token_does_not_name_its_family(api: API, alice: Any) -> None:
    pair = api.sign_in()
    api.post("logout", {"refresh": pair["refresh"]}, headers={"Authorization": f"Bearer {pair['access']}"})

    assert cost(api, "whoami", pair["access"]) == (200, 0, 0)
    assert api.get("whoami", pair["access"]).json()["credential"]["revocable"] is False
    assert "family" not in payload(pair["access"])
    assert not Denial.objects.exists()


@pytest.mark.parametrize("end", ["a used token comes back", "an administrator", "deleted", "password", "deactivated"])
def test_whatever_ends_a_sign_in_takes_its_access_tokens_back(api: API, alice: Any, cache: Any, end: str) -> None:
    pair = api.sign_in()
    assert api.get("whoami", pair["access"]).status_code == 200
    if end == "a used token comes back":
        newer = api.refresh(pair["refresh"]).json()["access"]
        api.refresh(pair["refresh"])
        refused(api.get("whoami", newer), "token_denied")
    elif end == "an administrator":
        RefreshFamily.objects.get().revoke(RefreshFamily.Reason.ADMIN)
    elif end == "password":
        alice.set_password("another battery horse")
        alice.save()
    elif end == "deactivated":
        alice.is_active = False
        alice.save()
    else:
        alice.delete()
        assert Denial.objects.get().user is None

    refused(api.get("whoami", pair["access"]), "token_denied")


def test_the_access_token_that_comes_along_is_denied_by_its_jti(api: API, alice: Any, bob: Any, cache: Any) -> None:
    pair, of_bob = api.sign_in(), api.sign_in("bob")

    def sign_out(header: str) -> None:
        answer = api.post("logout", {"refresh": pair["refresh"]}, headers={"Authorization": header})
        assert answer.status_code == 200

    sign_out(f"Bearer {of_bob['access']}")  # somebody else's is left alone
    assert api.get("whoami", of_bob["access"]).status_code == 200
    for rubbish in ("Bearer", "Bearer x", "Bearer a b c", "Basic eDp5", "\x7f", f"Bearer {pair['refresh']}"):
        sign_out(rubbish)
    sign_out(f"Bearer {pair['access']}")

    denied = {row.identifier for row in Denial.objects.all()}
    assert denied == {payload(pair["access"])["jti"], payload(pair["refresh"])["family"]}


def test_a_token_can_ask_to_be_checked_and_never_not_to_be(
    api: API, alice: Any, settings: Any, cache: Any, forge: Callable[..., str]
) -> None:
    user = {"user_id": str(alice.pk)}
    excused = forge(claims(**user, denylist=False, family=payload(api.sign_in()["refresh"])["family"]))
    for family in RefreshFamily.objects.all():
        family.revoke(RefreshFamily.Reason.ADMIN)
    refused(api.get("whoami", excused), "token_denied")

    settings.JWT_DENYLIST = False
    checked, not_quite = forge(claims(**user, denylist=True)), forge(claims(**user, denylist="true"))
    assert api.get("whoami", checked).json()["credential"]["revocable"] is True
    assert api.get("whoami", not_quite).json()["credential"]["revocable"] is False
    for token in (checked, not_quite):
        refresh = api.sign_in()["refresh"]
        api.post("logout", {"refresh": refresh}, headers={"Authorization": f"Bearer {token}"})
    refused(api.get("whoami", checked), "token_denied")
    assert api.get("whoami", not_quite).status_code == 200


@pytest.fixture(params=[0, 2.5, timedelta(seconds=90)], ids=str)
def leeway(request: pytest.FixtureRequest, settings: Any) -> Iterator[timedelta]:
    """By how much the site lets clocks differ, in each way that SimpleJWT takes."""
    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"LEEWAY": request.param}
    token_backend.cache_clear()
    yield request.param if isinstance(request.param, timedelta) else timedelta(seconds=request.param)
    token_backend.cache_clear()


def test_a_denial_outlives_its_token_by_the_leeway_that_verifiers_allow(
    api: API, alice: Any, cache: Any, leeway: timedelta
) -> None:
    pair = api.sign_in()
    header = {"Authorization": f"Bearer {pair['access']}"}

    assert api.post("logout", {"refresh": pair["refresh"]}, headers=header).status_code == 200

    claims = payload(pair["access"])
    kept = Denial.objects.get(identifier=claims["jti"]).expires_at
    assert kept >= datetime.fromtimestamp(claims["exp"], UTC) + leeway
    refused(api.get("whoami", pair["access"]), "token_denied")


# ---- Rows


def test_expired_denials_are_flushed_and_others_stay(alice: Any, cache: Any) -> None:
    now = timezone.now()
    rows = [Denial(identifier=f"old {number}", expires_at=now - timedelta(seconds=1)) for number in range(25)]
    Denial.objects.bulk_create([*rows, Denial(identifier="new", expires_at=now + timedelta(minutes=1))])

    said = StringIO()

    call_command("flush_tokens", "--batch-size=10", stdout=said)

    assert "Deleted 25 denials" in said.getvalue()
    assert [row.identifier for row in Denial.objects.all()] == ["new"]


def test_a_denial_outlives_its_token(api: API, alice: Any, cache: Any) -> None:
    pair = api.sign_in()
    api.post("logout", {"refresh": pair["refresh"]}, headers={"Authorization": f"Bearer {pair['access']}"})

    expires = payload(pair["access"])["exp"]
    assert all(row.expires_at.timestamp() >= expires + 59 for row in Denial.objects.all())
    assert all(str(row).startswith(row.identifier) for row in Denial.objects.all())


def test_the_admin_finds_a_denial_by_its_whole_name_and_cannot_take_it_back(
    api: API, denied: str, admin_client: Any
) -> None:
    row = Denial.objects.get()
    page = "/admin/jwt_app/denial/"

    assert row.identifier in admin_client.get(page, {"q": row.identifier}).content.decode()
    assert row.identifier not in admin_client.get(page, {"q": row.identifier[:-1]}).content.decode()
    assert admin_client.get(f"{page}{row.pk}/change/").status_code == 200
    assert admin_client.post(f"{page}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.get(f"{page}add/").status_code == 403


# ---- Settings


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, ["jwt_app.E009"]),
        ({"BACKEND": REDIS, "LOCATION": "x", "OPTIONS": {"IGNORE_EXCEPTIONS": True}}, ["jwt_app.E010"]),
        ({"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}, ["jwt_app.W001"]),
        ({"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "t"}, []),
    ],
)  # fmt: skip
def test_a_cache_that_cannot_keep_the_copy_is_reported(settings: Any, config: Any, expected: list[str]) -> None:
    settings.JWT_DENYLIST, settings.JWT_DENYLIST_CACHE = True, "guards"
    settings.CACHES = settings.CACHES | ({"guards": config} if config else {})

    assert [one.id for one in run_checks() if str(one.id).startswith("jwt_app")] == expected
