"""Connected accounts in the admin: seen and ended, never edited, no secret anywhere."""

from __future__ import annotations

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.urls import reverse

LIST = "/admin/socialaccount/socialaccount/"


@pytest.fixture
def account(visitor):
    visitor.sign_in("outside")
    account = SocialAccount.objects.get()
    account.extra_data["id_token"] |= {"at_hash": "HASH", "secret": "PRIVATE"}
    account.save()
    return account


def test_the_list_and_the_page_of_one(admin_client, account):
    assert "stand-in:1001" in admin_client.get(LIST).content.decode()
    assert "stand-in:1001" in admin_client.get(f"{LIST}?q=alice.outside").content.decode()
    assert "stand-in:1001" not in admin_client.get(f"{LIST}?q=alice").content.decode()  # a whole name, by the index
    page = admin_client.get(f"{LIST}{account.pk}/change/").content.decode()
    assert "alice@outside.example" in page
    assert "HASH" not in page
    assert "PRIVATE" not in page


@pytest.mark.parametrize("extra_data", [{}, [], "text", {"id_token": 5}, {"name": "<script>alert(1)</script>"}])
def test_whatever_the_provider_said_there_is_a_page(admin_client, account, extra_data):
    SocialAccount.objects.update(extra_data=extra_data)
    page = admin_client.get(f"{LIST}{account.pk}/change/")
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_nobody_adds_or_edits_one(admin_client, account):
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{account.pk}/change/", {"uid": "stand-in:1002"}).status_code == 403
    account.refresh_from_db()
    assert account.uid == "stand-in:1001"


def test_deleting_one_ends_this_way_in(admin_client, account, another):
    admin_client.post(f"{LIST}{account.pk}/delete/", {"post": "yes"})
    assert SocialAccount.objects.count() == 0
    response = another().sign_in("outside")
    assert response.status_code == 409  # the user and the address are still there


def test_deleting_the_user_takes_the_account_along(admin_client, account):
    user = get_user_model().objects.get(username="alice.outside")
    url = reverse("admin:accounts_user_delete", args=[user.pk])
    assert admin_client.post(url, {"post": "yes"}).status_code == 302
    assert SocialAccount.objects.count() == 0


def test_no_page_for_tokens_and_client_secrets():
    registered = {model.__name__ for model in admin.site._registry}
    assert "SocialAccount" in registered
    assert not registered & {"SocialToken", "SocialApp"}
