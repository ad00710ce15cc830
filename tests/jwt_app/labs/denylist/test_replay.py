"""The page in process: who may press, what is kept, what is refused."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from django.core.cache import cache
from django.test import Client

from authdemo.accounts.models import User
from authdemo.wire.browser import browser_of
from jwt_app.labs.denylist import results
from jwt_app.labs.denylist.replay import Answer, Replay, Row
from tests.jwt_app.conftest import alice, api, refused

__all__ = ["alice", "api"]
PAGE = "/jwt/denylist/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lab(settings: Any) -> None:
    settings.LABS, settings.SITE_URL = True, "http://127.0.0.1:9"  # where nobody answers
    settings.LOOPBACK_HOSTS = [*settings.LOOPBACK_HOSTS, "testserver"]


@pytest.mark.parametrize("path", ["", "run/", "again/", "token/"])
def test_without_labs_nothing_is_there(client: Client, settings: Any, path: str) -> None:
    settings.LABS = False
    assert client.get(PAGE + path).status_code == 404
    assert client.post(PAGE + path).status_code == 404


def test_before_anything_was_tried(client: Client) -> None:
    page = client.get(PAGE).content.decode()
    assert "Nothing was tried yet" in page
    assert "Sign in, copy, sign out, replay" in page


def test_from_another_machine_it_signs_nobody_in(client: Client) -> None:
    answer = client.post(f"{PAGE}run/", REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 403
    assert "who sits at the machine" in answer.content.decode()


@pytest.mark.parametrize("path", ["run/", "again/"])
def test_it_is_tried_by_a_form_of_this_site_only(client: Client, path: str) -> None:
    assert client.get(PAGE + path).status_code == 405
    assert Client(enforce_csrf_checks=True).post(PAGE + path).status_code == 403


def test_a_site_that_does_not_answer_is_a_sentence(client: Client, settings: Any) -> None:
    User.objects.create_user("alice", "alice@example.com", settings.DEMO_PASSWORD)
    answer = client.post(f"{PAGE}run/", follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "The sign-in of alice at instance A was not answered. So the rest could not be tried." in page
    assert "<table" not in page


def test_once_more_without_a_copy(client: Client) -> None:
    answer = client.post(f"{PAGE}again/")
    assert answer.status_code == 503
    assert "There is no copy any more" in answer.content.decode()


def test_a_second_tab_waits(client: Client) -> None:
    client.post(f"{PAGE}run/")
    with results.one_at_a_time(browser_of(client.get(PAGE).wsgi_request)):
        answer = client.post(f"{PAGE}run/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"


def test_a_cache_that_is_down_is_a_sentence(client: Client, settings: Any) -> None:
    client.post(f"{PAGE}run/")
    gone = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"default": gone}
    for answer in (client.get(PAGE), client.post(f"{PAGE}run/")):
        assert answer.status_code == 503
        assert "The cache that keeps the results does not answer" in answer.content.decode()


def test_the_copies_are_kept_encrypted_for_one_browser(settings: Any) -> None:
    results.keep("mine", Replay(copies={"plain": "a.token.of-alice"}, rows=[Row("plain", "A")]))
    kept = str(cache.get("jwt_denylist.replay.mine"))
    assert "of-alice" not in kept
    assert "plain" in kept
    mine = results.replay_of("mine")
    assert mine is not None
    assert mine.copies == {"plain": "a.token.of-alice"}
    assert results.replay_of("other") is None

    cache.set("jwt_denylist.replay.other", cache.get("jwt_denylist.replay.mine"))
    assert results.replay_of("other") is None, "another browser has another key"


def test_orders_that_does_not_know_a_new_key_yet_is_no_verdict(client: Client) -> None:
    client.post(f"{PAGE}run/")
    name = browser_of(client.get(PAGE).wsgi_request)
    unknown = Answer(status=401, code="unknown_key")
    results.keep(name, Replay(rows=[Row("plain", "orders", unknown, unknown, unknown)], copies={"plain": "a.b.c"}))
    assert "Orders does not know the key of these tokens yet" in client.get(PAGE).content.decode()


# ---- The endpoint that makes the copy


def copy(api: Any, token: str, body: Any) -> Any:
    return api.client.post(
        f"{PAGE}token/", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )


def payload(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def test_a_copy_is_never_more_than_the_token(api: Any, alice: Any) -> None:
    mine = api.sign_in()["access"]
    plain, checked = (copy(api, mine, {"checked": wish}).json()["access"] for wish in (False, True))

    assert payload(plain) == payload(mine) | {"exp": payload(plain)["exp"]}
    assert payload(checked) == payload(plain) | {"exp": payload(checked)["exp"], "denylist": True}
    assert 29 <= payload(plain)["exp"] - payload(plain)["iat"] <= 35
    again = copy(api, plain, {}).json()["access"]
    assert payload(again)["exp"] <= payload(plain)["exp"], "it cannot be used to live for longer"


def test_a_check_once_asked_for_stays(api: Any, alice: Any) -> None:
    checked = copy(api, api.sign_in()["access"], {"checked": True}).json()["access"]
    assert payload(copy(api, checked, {"checked": False}).json()["access"])["denylist"] is True


def test_who_has_no_token_gets_none(api: Any, alice: Any) -> None:
    refused(copy(api, "rubbish", {}), "token_not_valid")
    refused(copy(api, api.sign_in()["refresh"], {}), "token_wrong_type")
    bodies: list[Any] = [{"checked": "perhaps"}, [], "text"]
    for body in bodies:
        assert copy(api, api.sign_in()["access"], body).status_code == 400
