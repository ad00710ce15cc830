"""The mail to a user whose used refresh token came back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_app.models import RefreshFamily

from .conftest import API, refused

pytestmark = pytest.mark.django_db


class Down(BaseEmailBackend):
    """A mail server that is not there."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("alice@example.com")


def reuse(api: API, times: int = 1) -> list[str]:
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]
    refused(api.refresh(first), "token_reused")
    for _ in range(times - 1):
        refused(api.refresh(first), "token_revoked")
    return [first, second]


def test_the_user_is_told_once_what_ended_and_what_still_works(api: API, alice: Any, bob: Any) -> None:
    reuse(api, times=4)

    [message] = mail.outbox
    assert message.to == ["alice@example.com"]
    assert message.subject == "One of your sign-ins was ended"
    text = str(message.body)
    assert text.startswith("Hello alice,\n")
    assert f"{RefreshFamily.objects.get().created_at:%H:%M} UTC" in text
    assert "works for 15 more minutes at most" in text
    assert "http://localhost:8000/sessions/devices/" in text


def test_nothing_in_it_opens_anything(api: API, alice: Any) -> None:
    tokens = reuse(api)
    family = RefreshFamily.objects.get()

    whole = mail.outbox[0].message().as_string()
    stored = [row.token for row in OutstandingToken.objects.all()]
    ids = [row.jti for row in OutstandingToken.objects.all()]
    for secret in [*tokens, *stored, *ids, family.session_auth_hash, str(family.pk)]:
        assert secret not in whole
        assert secret[:20] not in whole


def test_each_family_has_its_own(api: API, alice: Any) -> None:
    reuse(api)
    reuse(api)

    assert len(mail.outbox) == 2


def test_ordinary_ends_are_not_told(api: API, alice: Any) -> None:
    api.post("logout", {"refresh": api.sign_in()["refresh"]})
    api.sign_in()
    alice.set_password("another one, longer")
    alice.save()

    assert mail.outbox == []


def test_a_late_copy_within_the_grace_is_not_told(api: API, alice: Any, settings: Any) -> None:
    settings.JWT_ROTATION_GRACE_SECONDS = 5
    first = api.sign_in()["refresh"]
    api.refresh(first)
    refused(api.refresh(first), "token_used")

    assert mail.outbox == []


def test_who_has_no_address_gets_none(api: API, alice: Any) -> None:
    alice.email = ""
    alice.save()
    reuse(api)

    assert mail.outbox == []


def test_a_mail_server_that_is_down_changes_no_answer_and_leaves_no_address_in_the_log(
    api: API, alice: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    reuse(api)

    assert RefreshFamily.objects.get().reason == RefreshFamily.Reason.REUSE
    assert "a notice of reuse was not sent: ConnectionRefusedError" in caplog.text
    assert "example.com" not in caplog.text


def test_a_name_is_written_as_it_is(api: API, alice: Any) -> None:
    alice.username = "alice<o'neill>&co"
    alice.save()
    first = api.sign_in("alice<o'neill>&co")["refresh"]
    api.refresh(first)
    api.refresh(first)

    assert "Hello alice<o'neill>&co," in str(mail.outbox[0].body)
