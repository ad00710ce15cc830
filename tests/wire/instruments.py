"""What the counts are compared with: Django's own query log, and what a real server says that it was sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import redis
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

METRIC = re.compile(r'(?P<name>[a-z]+);dur=(?P<ms>\d+\.\d+)(?:;desc="(?P<count>\d+)")?')
TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass
class Timing:
    """`Server-Timing`, read as a browser reads it."""

    ms: dict[str, float]
    sql: int
    cache: int

    @classmethod
    def of(cls, response: Any) -> Timing:
        found = [METRIC.fullmatch(part.strip()) for part in response["Server-Timing"].split(",")]
        metrics = {match["name"]: match for match in found if match}
        assert list(metrics) == ["app", "auth", "sql", "cache"], response["Server-Timing"]
        ms = {name: float(match["ms"]) for name, match in metrics.items()}
        return cls(ms, int(metrics["sql"]["count"]), int(metrics["cache"]["count"]))

    @property
    def counts(self) -> tuple[int, int]:
        return self.sql, self.cache


def statements(queries: CaptureQueriesContext) -> list[str]:
    """The application's statements: all but what controls transactions."""
    return [query["sql"] for query in queries.captured_queries if not query["sql"].startswith(TRANSACTION)]


@dataclass
class Valkey:
    """Listens to a server by MONITOR. Only commands with a key of this test: other tests may use the same server."""

    url: str
    prefix: str = field(default_factory=lambda: uuid4().hex)

    def cache(self, alias: str) -> dict[str, Any]:
        """The cache as the site's settings have it where REDIS_URL is set."""
        options = {"SOCKET_CONNECT_TIMEOUT": 2, "SOCKET_TIMEOUT": 2}
        prefix = f"{self.prefix}-{alias}"
        backend = "authdemo.wire.caches.redis.RedisCache"
        return {"BACKEND": backend, "LOCATION": self.url, "KEY_PREFIX": prefix, "OPTIONS": options}

    @contextmanager
    def commands(self) -> Iterator[list[str]]:
        """Fill the list when the block ends."""
        seen: list[str] = []
        with redis.Redis.from_url(self.url) as control, control.monitor() as monitor:
            yield seen
            end = uuid4().hex
            control.echo(end)
            while end not in (seen_there := monitor.next_command())["command"]:
                # What a script does inside the server is no command that was sent.
                if self.prefix in seen_there["command"] and seen_there["client_type"] != "lua":
                    seen.append(seen_there["command"])


@dataclass
class Meter:
    """A browser whose every exchange is measured twice: by the site's header and from outside."""

    client: Client
    valkey: Valkey | None = None
    routes: set[str] = field(default_factory=set)

    def send(self, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        with CaptureQueriesContext(connection) as queries:
            if self.valkey:
                with self.valkey.commands() as commands:
                    response = getattr(self.client, method)(path, *args, **kwargs)
            else:
                response = getattr(self.client, method)(path, *args, **kwargs)
        timing = Timing.of(response)
        assert timing.sql == len(statements(queries)), (path, statements(queries))
        if self.valkey:
            assert timing.cache == len(commands), (path, commands)
        with suppress(Resolver404):
            self.routes.add(resolve(path).route)
        return response

    def get(self, path: str, *args: Any, **kwargs: Any) -> Any:
        return self.send("get", path, *args, **kwargs)

    def post(self, path: str, *args: Any, **kwargs: Any) -> Any:
        return self.send("post", path, *args, **kwargs)

    def api(self, path: str, body: Any = None, token: str = "") -> Any:
        """Call the JWT API: POST with a body, GET without."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is None:
            return self.get(path, headers=headers)
        return self.post(path, body, content_type="application/json", headers=headers)
