"""What the counters cost: requests in process, with and without them, in turns. `make bench` runs it.

All of the site's middleware runs. The panel is closed, so nothing is recorded. Times are per request; the ratio is
that of the medians. The aim for the bare view is at most 1.15. Compare figures of one run only.
"""

from __future__ import annotations

import os
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable
from time import perf_counter
from typing import Any

ROUNDS, REQUESTS = 60, 50
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def set_up() -> None:
    """Prepare the site on a database in memory, with its access log written to nowhere."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    logging: Any = settings.LOGGING
    logging["handlers"]["console"]["stream"] = open(os.devnull, "w")  # noqa: SIM115
    settings.DATABASES["default"]["NAME"] = os.path.join(os.environ["VAR_DIR"], "bench.sqlite3")
    django.setup()
    call_command("migrate", verbosity=0)


def sender(path: str, cookie: str, *, counted: bool) -> Callable[[], str]:
    """Return a function that sends one request through the site's middleware, with or without the counters'."""
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory, override_settings

    middleware = [name for name in settings.MIDDLEWARE if counted or not name.startswith("authdemo.wire.")]
    with override_settings(MIDDLEWARE=middleware):
        handler: Any = WSGIHandler()
    headers = {"host": "localhost"} | ({"cookie": cookie} if cookie else {})
    environ = RequestFactory().get(path, headers=headers).environ  # once: making it is no part of a request

    def send() -> str:
        answered: list[str] = []
        response = handler(environ.copy(), lambda status, headers: answered.append(status))
        b"".join(response)
        response.close()
        return answered[0]

    if (status := send()) != "200 OK":
        raise SystemExit(f"{path} answered {status}: that is not what is to be measured.")
    return send


def measure(path: str, cookie: str = "") -> float:
    """Print medians and quartiles in microseconds, and return the ratio of the medians."""
    senders = {name: sender(path, cookie, counted=name == "with") for name in ("without", "with")}
    times: dict[str, list[float]] = {name: [] for name in senders}
    for number in range(ROUNDS):
        for name in sorted(senders, reverse=bool(number % 2)):  # nobody is always the first
            for _ in range(REQUESTS):
                start = perf_counter()
                senders[name]()
                times[name].append((perf_counter() - start) * 1e6)
    medians = {}
    for name, taken in times.items():
        low, medians[name], high = statistics.quantiles(taken[REQUESTS:], n=4)
        print(f"  {name:8} {medians[name]:8.1f} µs   (quartiles {low:.1f} to {high:.1f}, {len(taken)} requests)")
    ratio = medians["with"] / medians["without"]
    print(f"  ratio    {ratio:8.3f}")
    return ratio


def bare(request: Any) -> Any:
    """Answer with nothing."""
    from django.http import HttpResponse

    return HttpResponse()


def main() -> None:
    """Measure a view that does nothing, and one with a session."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the folder goes, whoever ends this
    with tempfile.TemporaryDirectory(prefix="authdemo-bench-") as folder:
        os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "authdemo.settings", "SESSION_STORE": "db"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        set_up()

        from django.db import connections
        from django.test import Client
        from django.urls import path

        from authdemo import urls
        from authdemo.accounts.models import User

        urls.urlpatterns.insert(0, path("bare", bare))
        client = Client()
        client.force_login(User.objects.create_user("alice", "alice@example.com"))
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        print("A view that does nothing")
        measure("/bare")
        print("/sessions/api/whoami/: two statements")
        measure("/sessions/api/whoami/", cookie)
        connections.close_all()


if __name__ == "__main__":
    main()
