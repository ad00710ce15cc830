"""Where the other device may send to: this demo's own addresses, and nothing else on the network.

Everything that it calls is named in the settings and in the URLconf, so nobody can give it an address. This is the
second lock: should one ever get through, the adapter refuses it before a name is resolved or a byte is sent.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

from oauth_app.client.transport import ProviderSession

USER_AGENT = "Authdemo other device"
TIMEOUT = 5  # seconds, for one call; the answer may have 1 MiB (ProviderSession)


class NotThisDemo(requests.exceptions.InvalidURL):
    """An address outside of this demo."""


def origins() -> dict[str, str]:
    """Return the origins that may be called, by name: two instances of the site, and what stands beside it."""
    named = {
        "A": settings.SITE_URL,
        "B": settings.SITE_B_URL,
        "orders": settings.ORDERS_URL,
        "hostile": settings.HOSTILE_CROSS_SITE,
        "providers": settings.PROVIDERS_URL,
    }
    parts = {name: urlsplit(address) for name, address in named.items() if address}
    return {name: f"{one.scheme}://{one.netloc}" for name, one in parts.items()}


def is_ours(url: str) -> bool:
    """Tell whether `url` begins with one of our origins and a slash.

    Two URL parsers can disagree on which host an address names, but all agree that it ends at the first slash. So no
    parser is asked: what stands before that slash is compared to the letter.
    """
    return any(url.startswith(f"{origin}/") for origin in origins().values())


class OnlyThisDemo(HTTPAdapter):
    """Sends to this demo, directly: through a proxy, the proxy would choose where it goes."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send the request. Raises NotThisDemo, and `requests.RequestException` for whatever else goes wrong."""
        if not is_ours(request.url or ""):
            raise NotThisDemo("the other device calls this demo only")
        kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)


class DeviceSession(ProviderSession):
    """A `requests.Session` with a deadline, a limit on the answer, no redirects, and no way out of this demo."""

    # Neither a proxy nor a password of this machine's ~/.netrc has a place in a call.
    trust_env = property(lambda self: False, lambda self, value: None)  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(TIMEOUT)
        self.adapters.clear()
        for scheme in ("http://", "https://"):
            self.mount(scheme, OnlyThisDemo(max_retries=0))
        self.headers["User-Agent"] = USER_AGENT
