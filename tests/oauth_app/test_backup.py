"""What a copy of the data holds of providers' tokens."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.core.management import call_command

from oauth_app.client.stored import Grant, keep
from tests.fixtures.demo import ROOT

TOKENS = ("an-access-token", "a-refresh-token")


@pytest.mark.django_db
def test_dumpdata_decrypts_and_what_the_document_says_instead_does_not(capsys: Any) -> None:
    user = get_user_model().objects.create_user("wanda")
    account = SocialAccount.objects.create(user=user, provider="outside", uid="stand-in:1")
    keep(account, Grant(*TOKENS, "openid", None))
    call_command("dumpdata", "oauth_client")
    decrypted = capsys.readouterr().out
    assert all(token in decrypted for token in TOKENS)
    document = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^    python manage.py (dumpdata .+)$", document, re.MULTILINE)
    call_command(*shlex.split(command))
    dumped = capsys.readouterr().out
    assert account.uid in dumped
    assert not any(token in dumped for token in TOKENS)
