"""Device code: the television asks, its user allows it elsewhere, it gets its tokens once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from oauth_app.provider.adapter import DEVICE_CODE
from oauth_app.provider.models import Consent, DeviceCode, Grant

from .conftest import DEVICE, TYPED

pytestmark = pytest.mark.django_db


def codes(app, **changes: str) -> dict[str, Any]:
    answer = app.server.post(DEVICE, app.credentials() | {"scope": "profile notes:read"} | changes)
    assert answer.status_code == 200, answer.content
    assert "no-store" in answer["Cache-Control"]
    found: dict[str, Any] = answer.json()
    return found


def poll(app, code: dict[str, Any] | str, **changes: str) -> Any:
    value = code if isinstance(code, str) else code["device_code"]
    return app.token(grant_type=DEVICE_CODE, device_code=value, **changes)


def said(answer: Any) -> str:
    return "tokens" if answer.status_code == 200 else str(answer.json()["error"])


def decide(browser: Client, typed: str, action: str = "allow", scopes: str = "profile notes:read") -> Any:
    return browser.post(TYPED, {"user_code": typed, "action": action, "scopes": scopes.split()})


def later(seconds: int) -> None:
    """Let time go by, for the devices."""
    for row in DeviceCode.objects.all():
        row.polled_at = row.polled_at and row.polled_at - timedelta(seconds=seconds)
        row.expires_at -= timedelta(seconds=seconds)
        row.save()


def test_the_television_shows_notes(television, alices, alice):
    code = codes(television)
    assert code.keys() == {
        "device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval",
    }  # fmt: skip
    assert (code["expires_in"], code["interval"]) == (600, 5)
    assert code["verification_uri"] == f"http://localhost:8000{TYPED}"
    assert said(poll(television, code)) == "authorization_pending"

    page = decide(alices, code["user_code"], "look").content.decode()
    assert "The tv" in page
    assert "read your notes" in page
    assert code["user_code"] in page
    assert "Did somebody send you this code" in page
    assert said(poll(television, code)) == "slow_down"  # to look is not to allow

    answer = alices.post(
        TYPED, {"user_code": code["user_code"], "action": "allow", "scopes": ["profile"]}, follow=True
    )
    assert "The tv has access now" in answer.content.decode()
    tokens = poll(television, code).json()
    assert tokens["scope"] == "profile"
    assert television.call(tokens["access_token"], "/oauth/api/whoami/").json()["user"]["username"] == "alice"
    assert television.call(tokens["access_token"]).status_code == 403
    assert television.refresh(tokens["refresh_token"]).status_code == 200


def test_a_device_that_may_not_refresh_gets_no_refresh_token(other, alices):
    """It asks again by a code, when its access token has ended."""
    box = other("radio", DEVICE_CODE, "notes:read", public=True)
    code = codes(box, scope="notes:read")
    decide(alices, code["user_code"], scopes="notes:read")
    tokens = poll(box, code).json()
    assert "refresh_token" not in tokens
    assert box.works(tokens["access_token"])
    assert not Token.objects.filter(type=Token.Type.REFRESH_TOKEN).exists()


def test_the_consent_is_listed_and_taken_back(television, alices):
    code = codes(television)
    decide(alices, code["user_code"])
    access = poll(television, code).json()["access_token"]
    assert television.works(access)
    assert "The tv" in alices.get("/oauth/apps/").content.decode()
    alices.post(f"/oauth/apps/{Consent.objects.get().pk}/revoke/")
    assert not television.works(access)
    assert said(poll(television, code)) == "access_denied"


def test_taken_back_before_it_was_fetched(television, alices):
    code = codes(television)
    decide(alices, code["user_code"])
    Consent.objects.get().revoke()
    assert said(poll(television, code)) == "access_denied"


def test_denied(television, alices):
    code = codes(television)
    answer = alices.post(TYPED, {"user_code": code["user_code"], "action": "deny"}, follow=True)
    assert "The tv gets nothing" in answer.content.decode()
    assert [said(poll(television, code)) for _ in range(2)] == ["access_denied"] * 2
    assert not Consent.objects.exists()
    assert decide(alices, code["user_code"]).status_code == 400  # once decided, nobody can change it


def test_nothing_ticked_allows_nothing(television, alices):
    code = codes(television)
    answer = alices.post(TYPED, {"user_code": code["user_code"], "action": "allow"})
    assert (answer.status_code, Grant.objects.exists()) == (400, False)
    assert "Nothing was ticked" in answer.content.decode()


@pytest.mark.parametrize("ticked", ["notes:write", "notes:export", "openid"])
def test_no_more_than_the_device_has_asked_for(television, alices, ticked):
    code = codes(television)
    decide(alices, code["user_code"], scopes=f"notes:read {ticked}")
    assert Consent.objects.get().scope_list == ["notes:read"]
    assert poll(television, code, scope="profile notes:read").json()["scope"] == "notes:read"


def test_a_code_is_good_once(television, alices):
    code = codes(television)
    decide(alices, code["user_code"])
    tokens = poll(television, code).json()
    assert said(poll(television, code)) == "invalid_grant"
    assert television.works(tokens["access_token"])


def test_who_asks_too_often_waits_longer_each_time(television):
    code = codes(television)
    assert said(poll(television, code)) == "authorization_pending"
    assert said(poll(television, code)) == "slow_down"  # ten seconds from now on
    later(7)
    assert said(poll(television, code)) == "slow_down"  # fifteen
    later(11)
    assert said(poll(television, code)) == "slow_down"
    later(21)
    assert said(poll(television, code)) == "authorization_pending"
    assert DeviceCode.objects.get().interval == 20


def test_expired(television, alices):
    code = codes(television)
    later(601)
    assert said(poll(television, code)) == "expired_token"
    assert decide(alices, code["user_code"]).status_code == 400
    late = codes(television)
    decide(alices, late["user_code"])
    later(601)
    assert said(poll(television, late)) == "expired_token"


def test_another_client_cannot_fetch_it(television, other, alices):
    code = codes(television)
    decide(alices, code["user_code"])
    assert said(poll(other("tv2", DEVICE_CODE, "notes:read", public=True), code)) == "invalid_grant"
    assert said(poll(television, code)) == "tokens"


@pytest.mark.parametrize("value", ["", "unknown", "x" * 1999])
def test_a_wrong_device_code(television, value):
    assert said(poll(television, value)) == ("invalid_grant" if value else "invalid_request")


def test_neither_code_is_good_as_the_other_or_as_a_code_of_the_browsers_way(television, alices, register):
    code = codes(television)
    decide(alices, code["user_code"])
    television.row.set_grant_types([DEVICE_CODE, "authorization_code"])
    television.row.save()
    for value in (code["device_code"], code["user_code"]):
        assert said(television.exchange(value)) == "invalid_grant"
    assert said(poll(television, code["user_code"])) == "invalid_grant"


def test_only_hashes_are_kept(television, alices):
    code = codes(television)
    decide(alices, code["user_code"])
    rows = str(list(DeviceCode.objects.values())) + str(list(Grant.objects.values()))
    assert code["device_code"] not in rows
    assert code["user_code"] not in rows
    assert code["user_code"].replace("-", "") not in rows


@pytest.mark.parametrize(
    "how", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:4]} – {code[5:]} "]
)
def test_case_and_dash_do_not_matter(television, alices, how):
    code = codes(television)
    page = decide(alices, how(code["user_code"]), "look").content.decode()
    assert "The tv" in page
    assert f'<b class="value">{code["user_code"]}</b>' in page  # to be compared with the device


def test_a_link_types_the_code_and_allows_nothing(television, alices):
    code = codes(television)
    address = urlsplit(code["verification_uri_complete"])
    page = alices.get(f"{address.path}?{address.query}")
    assert f'value="{code["user_code"]}"' in page.content.decode()
    assert "Does <b>your own device</b> show it" in page.content.decode()
    assert "The tv" not in page.content.decode()
    assert said(poll(television, code)) == "authorization_pending"
    assert page["X-Frame-Options"] == "DENY"


def test_who_is_not_signed_in_decides_nothing(television):
    code = codes(television)
    for answer in (decide(Client(), code["user_code"]), Client().get(code["verification_uri_complete"])):
        assert answer["Location"].startswith("/sessions/login/?next=")
    assert said(poll(television, code)) == "authorization_pending"


def test_another_site_cannot_press_allow(television, alice):
    code = codes(television)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert decide(strict, code["user_code"]).status_code == 403
    assert said(poll(television, code)) == "authorization_pending"


def test_codes_cannot_be_guessed(television, alices, bobs):
    code = codes(television)
    for _ in range(10):
        assert "No device waits" in decide(alices, "BBBB-BBBB", "look").content.decode()
    answer = decide(alices, code["user_code"])
    assert (answer.status_code, Consent.objects.exists()) == (400, False)
    assert "Too many wrong codes" in answer.content.decode()
    assert decide(bobs, code["user_code"]).status_code == 302  # somebody else is not held up


def test_after_a_while_one_may_type_again(television, alices):
    from oauth_app.provider.models import WrongUserCodes

    for _ in range(11):
        decide(alices, "BBBB-BBBB")
    WrongUserCodes.objects.update(since=timezone.now() - timedelta(minutes=11))
    assert decide(alices, codes(television)["user_code"]).status_code == 302


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "notes:write"}, "invalid_scope"),
        ({"scope": "notes:export"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "x" * 3000}, "invalid_request"),
        ({"client_secret": "x"}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
    ],
)
def test_a_wrong_request_gets_no_codes(television, changes, error):
    answer = television.server.post(DEVICE, {"client_id": "tv", "scope": "notes:read"} | changes)
    assert (answer.status_code, answer.json()["error"]) == (401 if error == "invalid_client" else 400, error)
    assert not DeviceCode.objects.exists()


def test_a_confidential_device_proves_who_it_is(other):
    box = other("box", DEVICE_CODE, "notes:read")
    assert box.server.post(DEVICE, {"client_id": "box", "scope": "notes:read"}).status_code == 401
    assert codes(box, scope="notes:read")["user_code"]


def test_a_client_without_the_grant(app):
    answer = app.server.post(DEVICE, app.credentials() | {"scope": "notes:read"})
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert Client().get(DEVICE).status_code == 405


def test_of_a_deactivated_user_nothing_is_fetched(television, alices, alice):
    code = codes(television)
    decide(alices, code["user_code"])
    alice.is_active = False
    alice.save()
    assert said(poll(television, code)) == "access_denied"
