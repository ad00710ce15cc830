"""Calls to providers: with a deadline, a limit on the size of the answer, and no redirects."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

MAX_ANSWER = 1024 * 1024  # bytes; real answers have a few thousand
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Add no credentials: the headers that the caller has set are all there is."""
    return request


class ProviderSession(requests.Session):
    """A `requests.Session` that always comes back.

    The timeout of `requests` is for each read, so a server that sends a byte now and then holds a page for ever. Here
    it is for the whole answer. `timeout` is in seconds. Raises `requests.RequestException` for whatever goes wrong.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self.timeout = timeout
        # Without one, `requests` would put the operator's ~/.netrc in the place of the user's token.
        self.auth = as_it_is

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send the request and read the answer, or give up."""
        deadline = time.monotonic() + self.timeout
        # A proxy of the machine (HTTP_PROXY) cannot reach what runs on the machine itself.
        self.trust_env = urlsplit(str(url)).hostname not in LOOPBACK
        # A redirect could carry the client secret or the token to another address.
        kwargs |= {"allow_redirects": False, "stream": True, "timeout": self.timeout}
        response = super().request(method, url, *args, **kwargs)
        response._content = self._read(response, deadline)
        response._content_consumed = True  # type: ignore[attr-defined]
        return response

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        body = b""
        try:
            while chunk := response.raw.read1(65536, decode_content=True):
                body += chunk
                if len(body) > MAX_ANSWER:
                    raise requests.exceptions.ContentDecodingError("the answer is too large")
                if time.monotonic() > deadline:
                    raise requests.exceptions.ReadTimeout("the answer takes too long")
        except ReadTimeoutError as error:
            raise requests.exceptions.ReadTimeout(error) from error
        except HTTPError as error:  # cut off, or not packed as it says
            raise requests.exceptions.ContentDecodingError(error) from error
        finally:
            response.close()
        return body


def answers(url: str, timeout: float = 2) -> bool:
    """Tell whether a server answers at `url` within `timeout` seconds and says that it is well."""
    try:
        with ProviderSession(timeout) as session:
            return session.get(url).ok
    except requests.RequestException:
        return False
