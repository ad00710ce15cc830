"""The counts and bytes of a run are those that others see: a relay before each server, SQLite, Valkey's MONITOR."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from authdemo.compare.story import Call
from tests.compare.conftest import command, read
from tests.compare.relay import CREDENTIAL, Relay, Seen
from tests.fixtures.demo import RunningDemo, clean_environment
from tests.session_store.conftest import Server
from tests.wire.instruments import TRANSACTION

pytestmark = pytest.mark.live
CONNECTING = {"AUTH", "CLIENT", "HELLO", "PING", "SELECT"}  # a connection's, not the application's
ENDED = "the run has ended"


@dataclass
class Witnesses:
    """A demo, and who else knows what its site asks."""

    demo: RunningDemo
    valkey: Server

    def statements(self) -> list[float]:
        """When SQLite was asked: all but what controls transactions."""
        lines = Path(self.demo.environment["VAR_DIR"], "statements").read_text().splitlines()
        asked = (line.split(" ", 1) for line in lines)
        return [float(at) for at, sql in asked if not sql.startswith(TRANSACTION)]

    @contextmanager
    def commands(self) -> Iterator[list[float]]:
        """Fill the list with when Valkey was asked by the site, which uses its first database."""
        seen: list[float] = []
        with self.valkey.client() as control, control.monitor() as monitor:

            def listen() -> None:
                for one in monitor.listen():
                    if ENDED in one["command"]:
                        return
                    # What a script does inside the server is no command that was sent.
                    if one["db"] == 0 and one["client_type"] != "lua" and is_the_applications(one):
                        seen.append(one["time"])

            listener = threading.Thread(target=listen, daemon=True)
            listener.start()
            yield seen
            control.echo(ENDED)
            listener.join(20)
            assert not listener.is_alive()


def is_the_applications(one: dict[str, Any]) -> bool:
    return one["command"].split()[0].upper() not in CONNECTING


@pytest.fixture
def witnesses(tmp_path: Path) -> Iterator[Witnesses]:
    valkey = Server(tmp_path / "valkey")
    traced = {"DJANGO_SETTINGS_MODULE": "tests.compare.traced_settings", "REDIS_URL": valkey.url}
    demo = RunningDemo(clean_environment(tmp_path / "var") | traced)
    demo.start()
    yield Witnesses(demo, valkey)
    demo.stop()
    valkey.kill()


def address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return "127.0.0.1", parts.port or 80


def facts(call: Call) -> tuple[object, ...]:
    sizes = (call.request_bytes, call.response_bytes)
    return (call.method, call.path, call.status, *sizes, call.sql, call.cache)


def found_in(seen: list[Seen], told: list[Call]) -> Iterator[tuple[Call, Seen]]:
    """Find each call in what the relay has seen, in the same order.

    The administrator's sign-in and what ends the run stand in no cell.
    """
    there = iter(seen)
    for call in told:
        one = next((one for one in there if one.facts() == facts(call)), None)
        assert one, (call, [one.facts() for one in seen])
        yield call, one


def test_bytes_and_counts_are_those_of_independent_instruments(witnesses: Witnesses):
    """One test, since two might be run by two processes, with a demo each."""
    hold_against(witnesses)
    hold_against(witnesses, "--store", "redis", "--denylist", "--asks", "introspected")


def hold_against(witnesses: Witnesses, *choices: str) -> None:
    demo = witnesses.demo
    relays = {"A": Relay(address(demo.site)), "B": Relay(address(demo.site_b)), "orders": Relay(address(demo.orders))}
    with (
        relays["A"].listening() as a, relays["B"].listening() as b, relays["orders"].listening() as orders,
        witnesses.commands() as commands,
    ):  # fmt: skip
        done = command(
            demo, "--json", "--no-wait", "--lifetime", "300", *choices,
            DEMO_SITE_URL=f"http://localhost:{a}", DEMO_SITE_B_URL=f"http://localhost:{b}",
            DEMO_ORDERS_URL=f"http://127.0.0.1:{orders}",
            # What the command itself asks is no cost of a call.
            DJANGO_SETTINGS_MODULE="tests.fixtures.site_settings", REDIS_URL=f"{witnesses.valkey.url[:-1]}1",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    calls = [call for step in read(done.stdout).played for cell in step.cells.values() for call in cell.calls]
    assert len(calls) > 30
    # One call after the other: what was asked since a call came, and before the next one came, it has asked.
    came = sorted(one.at for relay in relays.values() for one in relay.seen)
    until = dict(pairwise([*came, float("inf")]))
    statements = witnesses.statements()
    for place, relay in relays.items():
        for call, seen in found_in(relay.seen, [call for call in calls if call.to == place]):
            if call.credential:
                assert call.credential_bytes in seen.credentials()
            asked = [sum(seen.at <= at < until[seen.at] for at in times) for times in (statements, commands)]
            if place == "orders":  # it asks the site, which asks the database
                assert asked[0] == call.asked_sql, call
            else:
                assert asked == [call.sql, call.cache], call
    # No credential that went over the wire is in what was told.
    secrets = {
        value
        for relay in relays.values()
        for one in relay.seen
        for header in CREDENTIAL.findall(one.sent.split(b"\r\n\r\n")[0].decode("latin-1").replace("\r", ""))
        for value in re.findall(r"[\w.:~+/-]{20,}", header)
    }
    assert len(secrets) >= 3
    assert not [secret for secret in secrets if secret in done.stdout + done.stderr]
