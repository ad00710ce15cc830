"""What is kept of the header that names the browser."""

from __future__ import annotations

import pytest
from django.urls import resolve

from authdemo.events.facts import administrator, current, program
from authdemo.events.middleware import CurrentRequestMiddleware

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/126.0 Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) {WEBKIT} Version/17.5 Safari/605.1.15", "Safari on macOS"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT} Safari/604.1", "Safari on iOS"),
        (f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        ("python-requests/2.32", "Python"),
        ("", ""),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "other"),
        ("\0" * 10_000, "other"),
    ],
)
def test_only_words_of_ours(header, kept):
    assert program(header) == kept


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
