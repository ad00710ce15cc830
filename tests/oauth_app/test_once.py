"""A state is good once, whatever the session says; and without the cache that knows, nobody comes in."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from .conftest import PROVIDERS, TOKEN, answer

STATES = "socialaccount_states"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_state_that_another_request_has_put_back_is_used_up(visitor, provider):
    state = visitor.state(provider)
    before = visitor.client.session[STATES]
    visitor.company.spoiled[TOKEN[provider]] = answer("", status=500)
    assert visitor.come_back(provider, code="a-code", state=state).status_code == 502
    visitor.company.spoiled.clear()
    session = visitor.client.session
    session[STATES] = before
    session.save()
    visitor.company.calls.clear()
    response = visitor.come_back(provider, code="another-code", state=state)
    assert response.status_code == 400
    assert "This sign-in is over" in response.content.decode()
    assert TOKEN[provider] not in [call[0] for call in visitor.company.calls]
    assert visitor.username() is None
    assert visitor.sign_in(provider).status_code == 302


@pytest.mark.parametrize("provider", PROVIDERS)
def test_without_the_cache_nobody_comes_in(visitor, settings, provider):
    state = visitor.state(provider)
    caches = settings.CACHES
    nobody = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = caches | {"security": nobody}
    response = visitor.come_back(provider, code="a-code", state=state)
    settings.CACHES = caches
    assert response.status_code == 503
    assert "This site could not note that your sign-in comes back" in response.content.decode()
    assert "Nobody was signed in here." in response.content.decode()
    assert TOKEN[provider] not in [call[0] for call in visitor.company.calls]
    assert visitor.username() is None


def test_and_try_again_asks_for_the_same(visitor, settings):
    visitor.client.force_login(get_user_model().objects.create_user("bob"))
    asked = {"process": "connect", "more": "public_repo", "next": "/oauth/behalf/"}
    state = visitor.state("github", **asked)
    caches = settings.CACHES
    nobody = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = caches | {"security": nobody}
    response = visitor.come_back("github", code="a-code", state=state)
    settings.CACHES = caches
    assert response.status_code == 503
    page = response.content.decode()
    assert "The connection with GitHub did not work" in page
    for name, value in asked.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
