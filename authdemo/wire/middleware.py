"""Start the clock and the counters of each request, and put their result into `Server-Timing`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeAlias, cast

from django.contrib.auth.middleware import get_user
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from . import flows, followed, recorder
from .counters import Counters, authenticating

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]


class WireMiddleware:
    """Count what a request costs. Put it before every middleware that may ask a database or a cache.

    The header holds what happened before the first byte: a stream goes on after it. The recorder gets all.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with `Server-Timing`."""
        recorded = recorder.wanted(request)
        of_an_app = not recorded and followed.possible(request)
        counters = Counters(detailed=recorded or of_an_app)
        with counters:
            response = self.get_response(request)
        response["Server-Timing"] = counters.header()
        if response.streaming:
            count_stream(cast("StreamingHttpResponse", response), counters)
        if recorded:
            # Now, not at the close: a provider's report may come sooner. The counters are closed, it is in no count.
            flows.remember(request, response)
            followed.begin(request, response)
            at_close(response).append(partial(record, request, response, counters))
        elif of_an_app and (call := followed.call(request, response)):
            at_close(response).append(partial(record, request, response, counters, call))
        return response


def record(
    request: HttpRequest, response: HttpResponseBase, counters: Counters, call: followed.Call | None = None
) -> None:
    """Hand the exchange to the recorder, outside of its counters, and once."""
    if not counters.closed:  # Django's test client closes a stream again from within its close
        counters.closed = True
        recorder.record(request, response, counters, **(call.fields if call else {}))


def at_close(response: HttpResponseBase) -> list[Callable[[], Any]]:
    """Return what runs when the body has been sent, whole or streamed: Django's list, which has no public name."""
    closers: list[Callable[[], Any]] = response._resource_closers  # type: ignore[attr-defined]
    return closers


def count_stream(response: StreamingHttpResponse, counters: Counters) -> None:
    """Count while a chunk is made and when the stream is closed; never in between, where the thread is not ours."""
    closers = at_close(response)
    closers[:] = [partial(_within, counters, closer) for closer in closers]
    # A file has nothing to count, and the server may send it by itself as long as it is one. A WSGI server turns an
    # async stream into a list before it starts.
    if not response.is_async and not isinstance(response, FileResponse):
        response.streaming_content = CountedStream(counters, cast("Iterable[bytes]", response.streaming_content))


class CountedStream:
    """An iterator over the chunks of a response."""

    def __init__(self, counters: Counters, chunks: Iterable[bytes]) -> None:
        self.counters = counters
        self.chunks = iter(chunks)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self.counters:
            return next(self.chunks)


def _within(counters: Counters, function: Callable[[], Any]) -> None:
    with counters:
        function()


class AuthenticationTimeMiddleware:
    """Measure how long session and user take to load, when somebody asks for them. Put it after Django's own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer. Both stay lazy: nothing is loaded that nobody asks for."""
        load = request.session.load
        request.session.load = partial(_measured, load)  # type: ignore[method-assign]
        request.user = SimpleLazyObject(partial(_measured, partial(get_user, request)))  # type: ignore[assignment]
        return self.get_response(request)


def _measured(function: Callable[[], Any]) -> Any:
    with authenticating():
        return function()
