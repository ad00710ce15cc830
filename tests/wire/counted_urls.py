"""Views of known cost: `/known/?default=2&second=1&cache=3` makes 2 statements, 1 elsewhere, 3 cache calls."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator

from django.core.cache import caches
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path
from django.utils.connection import ConnectionDoesNotExist

meeting: threading.Barrier | None = None  # where requests wait for each other, half-way
second_file = ""  # another database


def second() -> BaseDatabaseWrapper:
    """This thread's connection to the other database. Django's tests allow it, as settings do not name it."""
    try:
        return connections["second"]
    except ConnectionDoesNotExist:
        copy = connections["default"].copy(alias="second")
        copy.settings_dict["NAME"] = second_file
        connections["second"] = copy
        return copy


def select(alias: str = "default") -> None:
    with (second() if alias == "second" else connections[alias]).cursor() as cursor:
        cursor.execute("SELECT 1")


def known(request: HttpRequest) -> HttpResponse:
    for alias in ("default", "second"):
        for _ in range(int(request.GET.get(alias, 0))):
            select(alias)
    if meeting:
        meeting.wait(timeout=30)
    for _ in range(int(request.GET.get("cache", 0))):
        caches["memory"].get("nothing")
    return HttpResponse("known")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Iterator[bytes]:
        try:
            for number in range(3):
                select()
                caches["memory"].get("nothing")
                yield str(number).encode()
        finally:
            select()

    select()
    return StreamingHttpResponse(chunks())


def fails(request: HttpRequest) -> HttpResponse:
    select()
    raise RuntimeError("broken on purpose")


def fails_in_sql(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    raise AssertionError("not reached")


def in_transactions(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        select()
        with transaction.atomic():
            select()
    return HttpResponse()


def session(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.session.get("nothing", ""))


def user(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.get_username())


def sends_another(request: HttpRequest) -> HttpResponse:
    """A request within a request, in one thread, from within a cache call."""

    def another() -> str:
        return str(Client().get("/known/?default=3&cache=2")["Server-Timing"])

    select()
    return HttpResponse(caches["memory"].get_or_set(request.GET["key"], another))


def with_threads(request: HttpRequest) -> HttpResponse:
    """Of two threads, only the second gets the request's context."""

    def work() -> None:
        select("second")
        second().close()

    context = contextvars.copy_context()
    for target in (work, lambda: context.run(work)):
        thread = threading.Thread(target=target)
        thread.start()
        thread.join()
    return HttpResponse()


urlpatterns = [
    path("known/", known),
    path("stream/", stream),
    path("fails/", fails),
    path("fails-in-sql/", fails_in_sql),
    path("in-transactions/", in_transactions),
    path("session/", session),
    path("user/", user),
    path("sends-another/", sends_another),
    path("with-threads/", with_threads),
]
