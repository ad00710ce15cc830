"""What is made of the header that names the browser: names of the library's table, and nothing that somebody typed."""

from __future__ import annotations

import pytest

from sessions_app.programs import program

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/126.0 Safari/537.36", "HeadlessChrome on Linux"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) {WEBKIT} Version/17.5 Safari/605.1.15", "Safari on Mac OS X"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT} Version/17.5 Mobile/15E148 Safari/604.1",
            "Mobile Safari on iOS",
        ),
        (f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        ("python-requests/2.32", "Python Requests"),
        ("", ""),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "unknown program"),
        ("\0" * 10_000, "unknown program"),
        ("workshop-2026-bot/1.0", "unknown program"),  # a pattern of the library hands this through as the name
        ("my secret word indexer/1", "unknown program"),
        ("x" * 100_000 + " Firefox/127.0", "unknown program"),
    ],
)
def test_only_words_of_the_table(header, kept):
    assert program(header) == kept
