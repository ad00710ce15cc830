"""What the pages of experiments have in common: try it for this browser, or say why it was not tried."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from redis.exceptions import LockNotOwnedError
from redis.lock import Lock

from authdemo.accounts.backends import asked_on_this_machine
from authdemo.accounts.demo import has_demo_password
from authdemo.device.store import NO_CACHE, Busy
from authdemo.device.use import a_thread_to_spare
from authdemo.wire import browser

NOT_HERE = "It signs in with the demo's password, and does that only for who sits at the machine that runs this."
NO_RESULTS = "The cache that keeps the results does not answer. Try again when it is back."


class NotTried(Exception):
    """A call that all the others need did not do what it should. Its text says which."""


def may_sign_in(account: str) -> None:
    """Raise NotTried where the account has another password by now. To try it would count as a wrong one."""
    if not has_demo_password(account):
        raise NotTried(f"{account} has another password than the demo's by now, so nobody can sign in for this.")


class Show(Protocol):
    """Renders a page for a browser: `refused` is a sentence that says why nothing was tried."""

    def __call__(self, name: str, refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        """Return the page."""


class Predicted(Protocol):
    """A result with what was expected, None where nothing was."""

    prediction: str | None


def predicted(request: HttpRequest, predictions: Mapping[str, str], before: Predicted | None) -> str | None:
    """Return which of `predictions` is posted; where none is, that of the result before: who begins again has said."""
    expected = request.POST.get("prediction")
    if expected in predictions:
        return expected
    return before.prediction if before else None


def tried(
    request: HttpRequest,
    act: Callable[[str], None],
    one_at_a_time: Callable[[str], AbstractContextManager[None]],
    show: Show,
    to: str,
) -> HttpResponse:
    """Do it for this browser. Returns what came of it, or why it was not done; without htmx, a redirect to `to`."""
    marked = HttpResponse()
    name = browser.browser_of(request) or browser.set_state(request, marked, browser.CLOSED)
    response = _refused(request, act, one_at_a_time, show, name)
    if response is None:
        response = show(name) if by_htmx(request) else redirect(to)
    response.cookies.update(marked.cookies)
    return response


def _refused(
    request: HttpRequest,
    act: Callable[[str], None],
    one_at_a_time: Callable[[str], AbstractContextManager[None]],
    show: Show,
    name: str,
) -> HttpResponse | None:
    """Do it, and return None; or return the page that says why it was not done."""
    if not asked_on_this_machine(request):
        return show(name, NOT_HERE, HTTPStatus.FORBIDDEN)
    try:
        with a_thread_to_spare(), one_at_a_time(name):
            act(name)
    except Busy as busy:
        return show(name, str(busy), HTTPStatus.SERVICE_UNAVAILABLE)
    except NO_CACHE:
        return show(name, NO_RESULTS, HTTPStatus.SERVICE_UNAVAILABLE)
    except NotTried as why:
        return show(name, f"{why} So it could not be tried.", HTTPStatus.CONFLICT)
    return None


@contextmanager
def held(lock: str, longest: int) -> Iterator[None]:
    """Hold a key of the cache for `longest` seconds at most. Raises Busy where another tab of the browser has it.

    Whoever takes longer gives back nothing: by then it may be somebody else's.
    """
    give_back = _taken(lock, longest)
    if give_back is None:
        raise Busy("This browser tries something already, in another tab perhaps. Wait a moment, and press again.")
    try:
        yield
    finally:
        give_back()


def _taken(lock: str, longest: int) -> Callable[[], object] | None:
    """Take it. Returns what gives it back, None where somebody has it."""
    if hasattr(cache, "lock"):  # django-redis hands redis-py's on, which compares and deletes in one step
        redis_lock = cache.lock(lock, timeout=longest, thread_local=False)
        return partial(_release, redis_lock) if redis_lock.acquire(blocking=False) else None
    mine = secrets.token_hex(16)
    return partial(_delete, lock, mine) if cache.add(lock, mine, longest) else None


def _release(redis_lock: Lock) -> None:
    with suppress(LockNotOwnedError):
        redis_lock.release()


def _delete(lock: str, mine: str) -> None:
    if cache.get(lock) == mine:
        cache.delete(lock)


def rendered(
    request: HttpRequest, template: str, context: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Render a page. What is busy now can be tried again in a second."""
    response = render(request, template, dict(context), status=status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "1"
    return response


def by_htmx(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return "HX-Request" in request.headers
