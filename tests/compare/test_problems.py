"""What is missing stops one column or one step, and never the others; and the command says it in one sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from authdemo.compare.story import COLUMNS
from demo.processes import free_port, port_in_use
from tests.compare.conftest import EVERYTHING, JWT, OAUTH, SESSIONS, cell, command, played, story
from tests.fixtures.demo import ROOT, RunningDemo

pytestmark = pytest.mark.live


@contextmanager
def site(demo: RunningDemo, **environment: str) -> Iterator[str]:
    """One more process of the site, with other settings."""
    port = free_port()
    url = f"http://localhost:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "authdemo.wsgi:application"],
        cwd=ROOT, env=demo.environment | environment | {"DEMO_SITE_URL": url},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not port_in_use(port):
            assert process.poll() is None, "the site did not start"
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def another_password(demo: RunningDemo, name: str) -> Iterator[None]:
    def change(password: str) -> None:
        demo.shell(f"u = User.objects.get(username={name!r}); u.set_password({password!r}); u.save()")

    change("quite another one")
    try:
        yield
    finally:
        change("workshop-2026")


def refused(demo: RunningDemo, *options: str, **environment: str) -> str:
    done = command(demo, *options, **environment)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    said = done.stderr.strip()
    assert said.startswith("CommandError: ")
    assert "\n" not in said
    return said.removeprefix("CommandError: ")


def test_instance_b_and_orders_are_not_there_and_all_else_is_as_ever(demo: RunningDemo):
    run = played(
        demo, DEMO_SITE_B_URL=f"http://localhost:{free_port()}", DEMO_ORDERS_URL=f"http://127.0.0.1:{free_port()}"
    )
    nobody = {"instance-b": "nothing", "independent": "nothing"}
    assert {name: story(run, name) for name in COLUMNS} == {name: EVERYTHING[name] | nobody for name in COLUMNS}
    for slug in nobody:
        for name in COLUMNS:
            assert "did not answer: connection refused" in cell(run, slug, name).note


def test_the_cache_is_gone(demo: RunningDemo):
    """The store cannot be reached, so that column stops. Whether a token was denied nobody can say: it is not in."""
    with site(demo, LABS="true", REDIS_URL=f"redis://127.0.0.1:{free_port()}/0") as url:
        run = played(demo, "--store", "redis", "--denylist", DEMO_SITE_URL=url)
    sessions = story(run, "sessions")
    assert set(sessions.values()) == {"problem"}
    assert "does not answer" in cell(run, "sign-in", "sessions").note
    assert [len(one.cells["sessions"].calls) for one in run.played[1:]] == [0] * 9
    jwt = story(run, "jwt")
    assert jwt["call"] == jwt["stolen"] == jwt["after-sign-out"] == "nothing"
    assert cell(run, "stolen", "jwt").calls[-1].status == 503
    assert story(run, "oauth")["stolen"] == "in"


def test_a_store_without_redis_stops_its_column_alone(demo: RunningDemo):
    with site(demo, LABS="true", REDIS_URL="") as url:
        run = played(demo, "--store", "redis", DEMO_SITE_URL=url)
    assert set(story(run, "sessions").values()) == {"problem"}
    assert "REDIS_URL" in cell(run, "sign-in", "sessions").note
    assert {slug: outcome for slug, outcome in story(run, "oauth").items() if slug != "independent"} == {
        slug: outcome for slug, outcome in OAUTH.items() if slug != "independent"
    }
    assert story(run, "jwt")["stolen"] == "in"


def test_alice_has_another_password(demo: RunningDemo):
    with another_password(demo, "alice"):
        said = refused(demo, "--no-wait")
    assert said == "alice has another password than the demo's by now, so nobody can sign in for this."


def test_there_are_no_tables(demo: RunningDemo, tmp_path: Path):
    assert "The database is not ready: run" in refused(demo, VAR_DIR=str(tmp_path))


def test_teacher_has_another_password_so_nobody_revokes(demo: RunningDemo):
    with another_password(demo, "teacher"):
        run = played(demo)
    nothing = {"revoke": "nothing"}
    assert story(run, "sessions") == SESSIONS
    assert story(run, "jwt") == JWT
    assert story(run, "oauth") == OAUTH | nothing | {"after-revoke": "in"}
    for name in COLUMNS:
        assert "teacher has another password" in cell(run, "revoke", name).note
        assert cell(run, "revoke", name).calls == []


def test_labs_are_off(demo: RunningDemo):
    with site(demo, LABS="false") as url:
        assert "LABS=true" in refused(demo, DEMO_SITE_URL=url)


def test_the_site_is_not_there(demo: RunningDemo):
    url = f"http://localhost:{free_port()}"
    said = refused(demo, DEMO_SITE_URL=url)
    assert f"The site {url} does not answer" in said
    assert "manage.py demo" in said


@pytest.mark.parametrize("option", ["--store", "--algorithm", "--lifetime", "--asks"])
def test_a_choice_that_does_not_exist(demo: RunningDemo, option):
    assert f"{option} must be one of: " in refused(demo, option, "11")


def test_a_run_leaves_nothing_open(demo: RunningDemo):
    """Neither when all is played nor when it is broken off."""
    count = """
from allauth.idp.oidc.models import Client, Token
from jwt_app.models import RefreshFamily
from oauth_app.provider.models import Consent
from sessions_app.labs.stores.models import DbSession
from django.contrib.sessions.models import Session
families = RefreshFamily.objects.filter(revoked_at=None, user__username="alice").count()
models = (Client, Token, Consent, DbSession, Session)
print(families, *(model.objects.count() for model in models))
"""
    half = """
from authdemo.compare import play
from authdemo.compare.choices import Choices
from authdemo.compare.clients import somebody
scenario = play.begin(Choices())
for _ in range(6):
    play.play_next(scenario, somebody(), ["jwt"])
print([bool(held) for held in scenario.held.values()], scenario.run.played[-1].right)
play.end(scenario, somebody())
print(scenario.held)
"""
    before = demo.shell(count)
    played(demo)
    assert demo.shell(count) == before
    said = demo.shell(half)
    assert said.splitlines() == ["[True, True, True] False", "{'sessions': {}, 'jwt': {}, 'oauth': {}}"]
    assert demo.shell(count) == before


def test_the_table_fits_a_terminal(demo: RunningDemo):
    done = command(demo, "--no-wait", "--store", "signed_cookie", "--denylist", "--asks", "introspected")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 100, max(lines, key=len)
    assert len([line for line in lines if line.startswith("The thief calls")]) == 3
    assert "Signed" not in done.stderr
