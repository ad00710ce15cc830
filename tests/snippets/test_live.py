"""Each snippet, taken from the page that shows it, in a real shell and a real Python against the running demo.

What takes no cookie is also run by Node.js, where it is here; `test_javascript.py` has the pages.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import requests

from tests.fixtures.lack import lacking
from tests.sessions_app.test_live import sign_in, whoami

pytestmark = pytest.mark.live
PASSWORD = "workshop-2026"
SNIPPET = re.compile(
    r'aria-label="([^"]*) (by curl|in Python|in JavaScript)"><code[^>]*>(.*?)</code></pre>', re.DOTALL
)

COMMANDS = {
    "curl": ["sh", "-eu"], "Python": [sys.executable, "-"], "JavaScript": ["node", "--input-type=module"],
}  # fmt: skip


def shown_on(page: str) -> dict[tuple[str, str], str]:
    """The snippets of a page as somebody copies them, by action and language."""
    found = {}
    for label, language, code in SNIPPET.findall(page):
        text = html.unescape(re.sub(r"<[^>]*>", "", code))
        found[html.unescape(label), language.split()[1]] = text
    return found


def run(language: str, text: str, folder, **environment: str) -> list[str]:
    """What the snippet prints, line by line."""
    command = COMMANDS[language]
    if language == "JavaScript" and not shutil.which("node"):
        lacking("Node.js is not here")
    if language == "curl" and not shutil.which("curl"):
        lacking("curl is not here")
    done = subprocess.run(
        command, input=text, cwd=folder, env={"PATH": os.environ["PATH"], **environment}, text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def name_in(line: str) -> str:
    return str(json.loads(line)["user"]["username"])


@pytest.fixture(params=["curl", "Python"])
def language(request) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def bob(demo) -> requests.Session:
    return sign_in(demo.site, "bob")


def test_sign_in_as_the_page_says_with_nothing_to_set(demo, language, tmp_path):
    page = requests.get(f"{demo.site}/sessions/login/", timeout=30).text
    status, answer = run(language, shown_on(page)["Sign in", language], tmp_path)
    assert status == "302"
    assert name_in(answer) == "alice"


def test_who_am_i_and_the_end_of_the_session(demo, bob, language, tmp_path):
    snippets = shown_on(bob.get(f"{demo.site}/sessions/", timeout=30).text)
    _, answer = run(language, snippets["Who am I?", language], tmp_path, PASSWORD=PASSWORD)
    assert name_in(answer) == "bob"
    *statuses, answer = run(language, snippets["End this session", language], tmp_path, PASSWORD=PASSWORD)
    assert statuses == ["302", "302"]
    assert json.loads(answer)["code"] == "not_authenticated"
    assert whoami(bob, demo.site).status_code == 200, "another session, which nobody ended"


def test_one_session_is_ended_by_its_number(demo, bob, language, tmp_path):
    page = bob.get(f"{demo.site}/sessions/devices/", timeout=30).text
    mine = re.search(r"This browser.*?/devices/(\d+)/revoke/", page, re.DOTALL)
    assert mine
    text = shown_on(page)["End one session", language]
    assert run(language, text, tmp_path, PASSWORD=PASSWORD, ID=mine[1]) == ["302", "302"]
    assert whoami(bob, demo.site).status_code == 401


def test_all_others_are_ended(demo, bob, language, tmp_path):
    text = shown_on(bob.get(f"{demo.site}/sessions/devices/", timeout=30).text)["End all others", language]
    *_, answer = run(language, text, tmp_path, PASSWORD=PASSWORD)
    assert name_in(answer) == "bob"
    assert whoami(bob, demo.site).status_code == 401


def test_a_password_with_all_that_a_shell_could_trip_over(demo, language, tmp_path):
    odd = """a "b" 'c' $(touch pwned) `touch pwned` \\ & = + % é #"""
    demo.shell("User.objects.create_user('pat', 'pat@example.com', 'workshop-2026')")
    try:
        pat = sign_in(demo.site, "pat")
        text = shown_on(pat.get(f"{demo.site}/sessions/password/", timeout=30).text)["Change the password", language]
        assert PASSWORD not in text
        *statuses, answer = run(language, text, tmp_path, PASSWORD=PASSWORD, NEW_PASSWORD=odd)
        assert statuses == ["302", "302"]
        assert name_in(answer) == "pat"
        assert whoami(pat, demo.site).status_code == 401
        demo.shell(f"assert User.objects.get(username='pat').check_password({odd!r})")
        assert not (tmp_path / "pwned").exists()
    finally:
        demo.shell("User.objects.filter(username='pat').delete()")


def test_a_wrong_password_prints_the_refusal(demo, bob, language, tmp_path):
    text = shown_on(bob.get(f"{demo.site}/sessions/", timeout=30).text)["Who am I?", language]
    status, answer = run(language, text, tmp_path, PASSWORD="wrong")
    assert status == "401"
    assert json.loads(answer)["code"] == "not_authenticated"


@pytest.fixture(params=COMMANDS)
def any_language(request) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def tokens_page(demo) -> str:
    return requests.get(f"{demo.site}/jwt/", timeout=30).text


@pytest.mark.parametrize("action", ["Get tokens", "Who am I? (loads the user)", "Refresh"])
def test_tokens_as_the_page_says_with_nothing_to_set(tokens_page, any_language, tmp_path, action):
    (answer,) = run(any_language, shown_on(tokens_page)[action, any_language], tmp_path)
    assert name_in(answer) == "alice"
    assert json.loads(answer)["credential"]["kind"] == "access token"


def test_signed_out_is_the_refresh_token_and_not_yet_the_other(demo, tokens_page, any_language, tmp_path):
    ended = "print(RefreshFamily.objects.exclude(revoked_at=None).count())"
    imported = "from jwt_app.models import RefreshFamily; "
    before = int(demo.shell(imported + ended))
    out, answer = run(any_language, shown_on(tokens_page)["Sign out", any_language], tmp_path)
    assert json.loads(out) == {}
    assert name_in(answer) == "alice"
    assert int(demo.shell(imported + ended)) == before + 1


def test_with_the_refresh_token_in_a_cookie(tokens_page, language, tmp_path):
    answer, out = run(language, shown_on(tokens_page)["With the refresh token in a cookie", language], tmp_path)
    assert name_in(answer) == "alice"
    assert json.loads(out) == {}


def test_a_site_that_is_not_there_is_an_error_and_no_silence(tokens_page, demo, any_language, tmp_path):
    nobody = shown_on(tokens_page)["Get tokens", any_language].replace(demo.site, "http://localhost:9")
    with pytest.raises(AssertionError):
        run(any_language, nobody, tmp_path)
