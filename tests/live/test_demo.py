"""The one command: it starts everything, says where to go, ends everything, and explains what stops it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress

import pytest

from demo.processes import port_in_use
from tests.fixtures.demo import READY, ROOT, RunningDemo, clean_environment, wait_until_free, wait_until_listening

pytestmark = pytest.mark.live


@pytest.fixture
def fresh(tmp_path):
    environment = clean_environment(tmp_path)
    del environment["DJANGO_SETTINGS_MODULE"]  # as a user starts it
    running = RunningDemo(environment)
    yield running
    if running.process:
        running.stop(signal.SIGKILL if running.process.poll() is None else signal.SIGTERM)


def ports(running: RunningDemo) -> list[int]:
    return [
        int(url.rsplit(":", 1)[1])
        for url in (
            running.site,
            running.site_b,
            running.providers,
            running.third_party,
            running.hostile,
            running.orders,
        )
    ]


ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.mark.parametrize("how", ENDS, ids=lambda how: how.name)
def test_it_starts_everything_and_ends_everything(fresh, how):
    fresh.start()
    assert f"Open      {fresh.site}/" in fresh.output
    assert "alice / workshop-2026" in fresh.output
    assert "alice.outside / workshop-2026" in fresh.output
    assert f"runs at {fresh.third_party}/" in fresh.output
    for url in (fresh.site, fresh.site_b, fresh.providers, fresh.third_party, fresh.hostile, fresh.orders):
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            assert answer.status == 200
    served_by = [
        urllib.request.urlopen(f"{url}/healthz", timeout=10).headers["X-Served-By"]
        for url in (fresh.site, fresh.site_b)
    ]
    assert served_by == ["A", "B"]
    valkey = [line for line in fresh.lines if "valkey started" in line]
    assert len(valkey) == (1 if sys.version_info < (3, 14) else 0)
    fresh.stop(how)
    assert [port for port in ports(fresh) if port_in_use(port)] == []
    assert "Traceback" not in fresh.output


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
def test_a_closed_terminal_ends_everything(fresh):
    import pty

    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "import pty, sys; pty.spawn([sys.executable, 'manage.py', 'demo'])"],
        cwd=ROOT, env=fresh.environment, stdin=child, stdout=child, stderr=child, start_new_session=True,
    )  # fmt: skip
    os.close(child)
    for port in ports(fresh):
        wait_until_listening(port)
    process.kill()  # the terminal program goes, and with it the terminal
    process.wait(timeout=20)
    os.close(parent)
    for port in ports(fresh):
        wait_until_free(port)


def test_who_reads_what_it_says_and_leaves_ends_everything(fresh):
    """As in `manage.py demo | head`."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo"], cwd=ROOT, env=fresh.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert any(READY in line for line in process.stdout)
        process.stdout.close()
        with suppress(urllib.error.URLError, ConnectionError):  # the line in its log is the one too many
            urllib.request.urlopen(f"{fresh.site}/healthz", timeout=10)
        try:
            assert process.wait(timeout=30) == 0  # as by SIGTERM
        finally:
            process.kill()
    assert [port for port in ports(fresh) if port_in_use(port)] == []


def test_only_the_outside_beside_a_site_that_runs(fresh):
    with socket.create_server(("127.0.0.1", ports(fresh)[0])):  # a runserver, say
        fresh.start("--outside")
        assert "stand-ins, somebody else's app, the hostile pages and the orders service are running" in fresh.output
        assert [port_in_use(port) for port in ports(fresh)] == [True, False, True, True, True, True]
        fresh.stop()


def test_a_port_in_use_is_one_line_before_anything_starts(fresh):
    with socket.create_server(("127.0.0.1", ports(fresh)[1])):
        done = subprocess.run(
            [sys.executable, "manage.py", "demo"], cwd=ROOT, env=fresh.environment, text=True,
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    line = f"CommandError: Port {ports(fresh)[1]} is in use, so site B cannot start. "
    assert done.stderr.startswith(line)
    assert "DEMO_SITE_B_URL" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DEMO_SITE_URL": "http://192.0.2.1:8000"}, "DEMO_SITE_URL must be on this machine"),
        ({"DEMO_SITE_URL": "http://localhost:1", "DEMO_SITE_B_URL": "http://localhost:1"}, "has the port of site A"),
        ({"SESSION_STORE": "disk"}, "SESSION_STORE must be one of"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_said_before_anything_starts(fresh, environment, sentence):
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"], cwd=ROOT, env=fresh.environment | environment, text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_process_that_dies_takes_the_demo_down_and_is_named(fresh):
    fresh.start()
    orders = next(line for line in fresh.lines if "orders started" in line)
    pid = int(orders.split("pid=")[1].split(")")[0])
    subprocess.run(["kill", "-KILL", str(pid)], check=True)
    assert fresh.process is not None
    assert fresh.process.wait(timeout=30) == 1
    assert "orders stopped" in fresh.output
    assert "A process ended by itself" in fresh.output
    assert [port for port in ports(fresh) if port_in_use(port)] == []
