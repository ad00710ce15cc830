"""Which request an event belongs to, and who acted."""

from __future__ import annotations

import pytest
from django.urls import resolve

from authdemo.events.facts import administrator, current
from authdemo.events.middleware import CurrentRequestMiddleware


def test_the_request_is_forgotten_after_the_answer_and_after_a_failure(rf):
    request = rf.get("/")
    seen = []

    def fail(request):
        seen.append(current.get())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        CurrentRequestMiddleware(fail)(request)
    assert seen == [request]
    assert current.get() is None


@pytest.mark.parametrize(("path", "named"), [("/admin/", True), ("/sessions/", False), ("/jwt/api/token/", False)])
def test_only_the_admin_is_where_somebody_acts_for_another(rf, alice, bob, path, named):
    request = rf.get(path)
    request.user, request.resolver_match = alice, resolve(path)
    assert administrator(request, bob) == (alice if named else None)
    assert administrator(request, alice) is None
