"""JWT_DENYLIST is off, and one sign-in has a token that is checked all the same: its end is that token's end, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jwt_app.models import Denial, RefreshFamily

from .conftest import API, claims, payload, refused

pytestmark = pytest.mark.django_db(transaction=True)  # the cache hears of a denial when it is committed
Give = Callable[[dict[str, str]], str]


@pytest.fixture(autouse=True)
def off(settings: Any, cache: Any) -> None:
    settings.JWT_DENYLIST = False


@pytest.fixture
def give(alice: Any, forge: Callable[..., str]) -> Give:
    """Give a token that is checked, of the sign-in that this pair is of."""

    def make(pair: dict[str, str]) -> str:
        family = payload(pair["refresh"])["family"]
        assert RefreshFamily.objects.filter(pk=family).update(checked=True)
        return forge(claims(user_id=str(alice.pk), denylist=True, family=family))

    return make


def test_it_is_refused_when_the_user_is_deleted(api: API, alice: Any, give: Give) -> None:
    checked, plain = give(api.sign_in()), api.sign_in()["access"]
    assert api.get("whoami", checked).status_code == 200

    alice.delete()

    refused(api.get("whoami", checked), "token_denied")
    assert api.get("whoami", plain).status_code == 200, "nobody asks about that one, nor is it denied"
    assert [row.identifier for row in Denial.objects.all()] == [payload(checked)["family"]]


def test_it_is_refused_although_whoever_ends_the_sign_in_had_read_it_before(api: API, give: Give) -> None:
    """As the admin does: it reads all that were selected, and then ends one by one."""
    pair = api.sign_in()
    [as_it_was] = RefreshFamily.objects.all()
    checked = give(pair)

    as_it_was.revoke(RefreshFamily.Reason.ADMIN)

    refused(api.get("whoami", checked), "token_denied")


def test_a_sign_out_with_the_cache_down_promises_nothing_and_loses_nothing(
    api: API, settings: Any, give: Give
) -> None:
    pair, other = api.sign_in(), api.sign_in()
    checked = give(pair)
    assert api.get("whoami", checked).status_code == 200
    up = settings.CACHES
    settings.CACHES = up | {
        "security": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }

    assert api.post("logout", {"refresh": pair["refresh"]}).status_code == 503
    assert api.post("logout", {"refresh": pair["refresh"]}).status_code == 503, "nor when it had ended before"
    assert api.post("logout", {"refresh": other["refresh"]}).status_code == 200, "of that one nothing was promised"

    settings.CACHES = up  # all the time, other processes could reach it
    assert api.post("logout", {"refresh": pair["refresh"]}).status_code == 200, "tried again"
    refused(api.get("whoami", checked), "token_denied")
