"""The user model: an address belongs to one account, and a name cannot pose as an address."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from authdemo.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return User.objects.create_user("alice", "alice@example.com", "pw")


@pytest.mark.parametrize("email", ["alice@example.com", "Alice@Example.com"])
def test_an_address_belongs_to_one_account(alice, email):
    with pytest.raises(ValidationError, match="An account with this e-mail address exists"):
        User(username="other", email=email, password="x").full_clean()
    with pytest.raises(IntegrityError):
        User.objects.create_user("other", email, "pw")


def test_many_accounts_may_have_no_address(alice):
    User.objects.create_user("bob", "", "pw")
    User(username="carol", email="", password="x").full_clean()
    User.objects.create_user("carol", "", "pw")
    assert User.objects.filter(email="").count() == 2


@pytest.mark.parametrize("name", ["bob@example.com", "@"])
def test_a_name_cannot_pose_as_an_address(name):
    with pytest.raises(ValidationError, match="cannot contain @"):
        User(username=name, password="x").full_clean()
    with pytest.raises(IntegrityError):
        User.objects.create_user(name)


def test_the_admin_says_so_in_its_form(admin_client, alice):
    bob = User.objects.create_user("bob", "bob@example.com", "pw")
    form = {"username": "bob", "email": "ALICE@example.com"}
    response = admin_client.post(reverse("admin:accounts_user_change", args=[bob.pk]), form)
    assert response.status_code == 200
    assert "An account with this e-mail address exists already." in response.content.decode()
    new = {"username": "x@y", "usable_password": "true", "password1": "a long phrase", "password2": "a long phrase"}
    response = admin_client.post(reverse("admin:accounts_user_add"), new)
    assert response.status_code == 200
    assert "A user name cannot contain @." in response.content.decode()


def test_the_admin_makes_users(admin_client):
    new = {"username": "dora", "usable_password": "true", "password1": "a long phrase", "password2": "a long phrase"}
    assert admin_client.post(reverse("admin:accounts_user_add"), new).status_code == 302
    assert User.objects.get(username="dora").check_password("a long phrase")
