"""The processes of the demo: what each is, where it listens and how it starts.

The site runs twice, over one database and one set of keys, so that everything which only shows with several
instances can be seen. The world outside (the stand-ins for GitHub, Google and an OpenID provider) and the orders
service are programs of their own, and so are somebody else's app and the hostile pages; all that they share with the
site is HTTP.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LOOPBACK = {"localhost", "127.0.0.1"}


@dataclass(frozen=True)
class WebProcess:
    """A WSGI application served by waitress, on the port of `url`, on this machine only.

    `setting` is the environment variable that moves it to another port.
    """

    name: str
    url: str
    application: str
    setting: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        """The port to listen on; 80 or 443 where the URL names none."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def is_site(self) -> bool:
        """Whether this is an instance of the site itself."""
        return self.application.startswith("authdemo.")

    @property
    def command(self) -> list[str]:
        """The command line that serves it."""
        listen = f"--listen=127.0.0.1:{self.port}"
        # A browser keeps up to six connections open, and a class has thirty. At waitress's 100 nobody else gets in.
        size = ["--threads=8", "--connection-limit=800"]
        return [sys.executable, "-m", "waitress", listen, *size, "--ident=", self.application]

    @property
    def health_url(self) -> str:
        """Where it says that it is ready."""
        return f"http://127.0.0.1:{self.port}/healthz"


def web_processes(
    site: str, site_b: str, providers: str, third_party: str, hostile: str, orders: str
) -> list[WebProcess]:
    """Return the processes in the order in which they start; each argument is the base URL of one."""
    outside = {"DJANGO_SETTINGS_MODULE": "demo.outside.settings"}
    return [
        WebProcess("site A", site, "authdemo.wsgi:application", "DEMO_SITE_URL", {"INSTANCE_NAME": "A"}),
        WebProcess("site B", site_b, "authdemo.wsgi:application", "DEMO_SITE_B_URL", {"INSTANCE_NAME": "B"}),
        WebProcess("providers", providers, "demo.outside.wsgi:application", "DEMO_PROVIDERS_URL", outside),
        WebProcess("third-party app", third_party, "demo.outside.third_party.wsgi:application", "DEMO_THIRDPARTY_URL"),
        WebProcess("hostile pages", hostile, "demo.outside.hostile.wsgi:application", "DEMO_HOSTILE_URL"),
        WebProcess("orders", orders, "demo.orders.app:application", "DEMO_ORDERS_URL"),
    ]


def problem_with(processes: Iterable[WebProcess]) -> str | None:
    """Return one sentence on the first address that cannot be used, None where all can."""
    taken: dict[int, str] = {}
    for process in processes:
        if urlsplit(process.url).hostname not in LOOPBACK:
            return f"{process.setting} must be on this machine: http://localhost:… or http://127.0.0.1:…"
        if process.port in taken:
            return f"{process.setting} has the port of {taken[process.port]}, {process.port}. Give it another one."
        taken[process.port] = process.name
        if port_in_use(process.port):
            return (
                f"Port {process.port} is in use, so {process.name} cannot start. "
                f"Stop what runs there, or set {process.setting} to another port."
            )
    return None


def port_in_use(port: int) -> bool:
    """Tell whether another program listens on this port of the loopback interface, over IPv4 or IPv6."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.settimeout(1)
                if probe.connect_ex((address, port)) == 0:
                    return True
        except OSError:  # this machine has no IPv6
            continue
    return False


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
