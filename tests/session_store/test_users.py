"""The user who was read with the session serves the same request, once, and no other."""

from __future__ import annotations

import pytest

from authdemo.accounts.backends import PasswordBackend
from authdemo.accounts.models import User
from authdemo.session_store import users

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", "alice@example.com", "correct horse")


def test_once(alice, django_assert_num_queries):
    with users.during_one_request():
        users.keep(alice)
        with django_assert_num_queries(0):
            assert PasswordBackend().get_user(alice.pk) is alice
        with django_assert_num_queries(1):
            assert PasswordBackend().get_user(alice.pk) == alice


def test_once_also_where_the_session_is_read_again(alice, django_assert_num_queries):
    """Who asks again may hold the row by then, to write it: what was read before must not come back."""
    with users.during_one_request():
        users.keep(alice)
        PasswordBackend().get_user(alice.pk)
        users.keep(alice)
        User.objects.filter(pk=alice.pk).update(password="!")
        with django_assert_num_queries(1):
            assert not PasswordBackend().get_user(alice.pk).has_usable_password()


def test_not_for_somebody_else(alice):
    bob = User.objects.create_user("bob", "bob@example.com", "correct horse")
    with users.during_one_request():
        users.keep(alice)
        assert PasswordBackend().get_user(bob.pk) == bob


def test_not_in_the_next_request_nor_outside_nor_in_one_within(alice, django_assert_num_queries):
    with users.during_one_request():
        users.keep(alice)
    with django_assert_num_queries(1):
        PasswordBackend().get_user(alice.pk)
    users.keep(alice)
    with users.during_one_request():
        with django_assert_num_queries(1):
            PasswordBackend().get_user(alice.pk)
        users.keep(alice)
        with users.during_one_request(), django_assert_num_queries(1):
            PasswordBackend().get_user(alice.pk)
