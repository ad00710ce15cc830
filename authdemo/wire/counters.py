"""What one request costs: statements, cache calls, authentication, and the time that is left for our own code.

`current` says which request is being counted. It is a context variable, so each thread has its own, and a thread that
no request has started counts to nobody.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Self, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper

Result = TypeVar("Result")

# What Django adds around an application's statements. COMMIT goes past its hook, so the others must not count, either.
TRANSACTION_CONTROL = re.compile(r"\s*(BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text with placeholders, never a parameter, and how long it took."""

    sql: str
    seconds: float
    alias: str


@dataclass(frozen=True, slots=True)
class CacheCall:
    """One call of the cache API: which cache, `get` or `set` or so, and how long it took. Never a key or a value."""

    alias: str
    operation: str
    seconds: float


class Counters:
    """Counts of one request. `with counters:` counts what happens inside, and may be entered again for a stream.

    All times are seconds. `auth_seconds` contains the statements and cache calls that authentication needed, and
    `auth_statement_count` and `auth_cache_count` say how many of all they were;
    `cache_seconds` does not contain the statements of a cache that is a database table, since `sql_seconds` does.
    """

    def __init__(self, *, detailed: bool = False) -> None:
        self.detailed = detailed  # keep `statements` and `cache_calls`, not only their number
        self.statements: list[Statement] = []
        self.cache_calls: list[CacheCall] = []
        self.statement_count = 0
        self.cache_count = 0
        self.sql_seconds = 0.0
        self.cache_seconds = 0.0
        self.auth_seconds = 0.0
        self.auth_statement_count = 0
        self.auth_cache_count = 0
        self.started = perf_counter()
        self.closed = False  # the response was closed: nothing will be added
        self._resumed: float | None = None
        self._worked = 0.0
        self._tokens: list[tuple[ContextVar[Any], Token[Any]]] = []
        # A view may give its context to threads of its own.
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        # The request is a new one also where another is under way in this thread, as when a test client sends it.
        inside: list[tuple[ContextVar[Any], object]]
        inside = [(current, self), (_cache_call, None), (_authenticating, False)]
        self._tokens = [(variable, variable.set(value)) for variable, value in inside]
        self._resumed = perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        self._worked, self._resumed = self.seconds, None
        for variable, token in self._tokens:
            variable.reset(token)

    @property
    def seconds(self) -> float:
        """Time spent on this request until now. A stream that waits for its reader is not at work."""
        return self._worked + (perf_counter() - self._resumed if self._resumed is not None else 0)

    @property
    def app_seconds(self) -> float:
        """Time of our own code: what is neither database nor cache."""
        return max(0.0, self.seconds - self.sql_seconds - self.cache_seconds)

    @property
    def auth_microseconds(self) -> int:
        """Time spent until now to find out who is calling, as an exchange keeps it."""
        return round(self.auth_seconds * 1_000_000)

    def header(self) -> str:
        """Return the value of `Server-Timing` (W3C Server Timing): milliseconds, and the counts as `desc`."""
        return (
            f"app;dur={self.app_seconds * 1000:.2f}, auth;dur={self.auth_seconds * 1000:.2f}, "
            f'sql;dur={self.sql_seconds * 1000:.2f};desc="{self.statement_count}", '
            f'cache;dur={self.cache_seconds * 1000:.2f};desc="{self.cache_count}"'
        )

    def add_statement(self, sql: object, seconds: float, alias: str) -> None:
        """Count a statement. BEGIN and its like add their time, which may be a wait for a lock, and no count."""
        text = sql if isinstance(sql, str) else type(sql).__name__  # psycopg composes objects that hold values, too
        with self._lock:
            self.sql_seconds += seconds
            if TRANSACTION_CONTROL.match(text):
                return
            self.statement_count += 1
            self.auth_statement_count += _authenticating.get()
            if self.detailed:
                self.statements.append(Statement(text, seconds, alias))

    def add_cache_call(self, call: CacheCall) -> None:
        """Count a call of the cache API."""
        with self._lock:
            self.cache_seconds += call.seconds
            self.cache_count += 1
            self.auth_cache_count += _authenticating.get()
            if self.detailed:
                self.cache_calls.append(call)

    def add_authentication(self, seconds: float) -> None:
        """Add time spent to find out who is calling."""
        with self._lock:
            self.auth_seconds += seconds


@dataclass(slots=True)
class _CacheCallUnderWay:
    """The call that is being measured, and the time in it that belongs to something else."""

    elsewhere: float = 0.0


current: ContextVar[Counters | None] = ContextVar("counters", default=None)
_cache_call: ContextVar[_CacheCallUnderWay | None] = ContextVar("cache_call", default=None)
_authenticating: ContextVar[bool] = ContextVar("authenticating", default=False)


def count_statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Count a statement to the request of this thread: an execute wrapper (Django's "database instrumentation")."""
    counters = current.get()
    if counters is None:
        return execute(sql, params, many, context)
    start = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:  # a statement that fails was sent all the same
        seconds = perf_counter() - start
        if under_way := _cache_call.get():
            under_way.elsewhere += seconds
        counters.add_statement(sql, seconds, context["connection"].alias)


def count_statements_of(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Put the wrapper on a connection: a receiver of `connection_created`, which comes again at each reconnect."""
    if count_statement not in connection.execute_wrappers:
        # First, not last: `connection.execute_wrapper()` takes the last one away again, and may be what connects.
        connection.execute_wrappers.insert(0, count_statement)


def count_cache_call(alias: Callable[[], str], operation: str, call: Callable[[], Result]) -> Result:
    """Make a call of the cache API and count it; one that another call makes (`get_or_set`: `get`) is not counted."""
    counters = current.get()
    if counters is None or _cache_call.get():
        return call()
    under_way = _CacheCallUnderWay()
    token = _cache_call.set(under_way)
    start = perf_counter()
    try:
        return call()
    finally:
        seconds = perf_counter() - start - under_way.elsewhere
        _cache_call.reset(token)
        name = alias() if counters.detailed else ""
        counters.add_cache_call(CacheCall(name, operation, seconds))


def outside_of_cache_call(function: Callable[[], Result]) -> Result:
    """Run the application's code that a cache call calls back: it counts by itself, as anywhere else."""
    under_way = _cache_call.get()
    if under_way is None:
        return function()
    token = _cache_call.set(None)
    start = perf_counter()
    try:
        return function()
    finally:
        under_way.elsewhere += perf_counter() - start
        _cache_call.reset(token)


@contextmanager
def authenticating() -> Iterator[None]:
    """Measure authentication. Loading the user loads the session: what is inside is not measured twice."""
    counters = current.get()
    if counters is None or _authenticating.get():
        yield
        return
    token = _authenticating.set(True)
    start = perf_counter()
    try:
        yield
    finally:
        counters.add_authentication(perf_counter() - start)
        _authenticating.reset(token)
