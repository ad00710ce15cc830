"""A person with a browser, on both sides of a sign-in: the site, and the company that vouches."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import requests

PASSWORD = "workshop-2026"
FORM = re.compile(r"<form(?P<attributes>[^>]*)>(?P<body>.*?)</form>", re.DOTALL)
ACTION = re.compile(r'action="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Person(requests.Session):
    """Keeps cookies for both sides, follows redirects by hand, and presses buttons by their text."""

    def __init__(self, site: str) -> None:
        super().__init__()
        self.site = site

    def request(self, method, url, *args, **kwargs):  # type: ignore[override]
        kwargs["allow_redirects"] = False
        kwargs.setdefault("timeout", 20)
        return super().request(method, urljoin(self.site, url), *args, **kwargs)

    def follow(self, answer: requests.Response) -> requests.Response:
        """Follow redirects until there is a page."""
        for _ in range(10):
            if not answer.is_redirect:
                return answer
            answer = self.get(urljoin(answer.url, answer.headers["Location"]))
        raise AssertionError("redirects go round in circles")

    def press(self, page: requests.Response, button: str, **fields: str | list[str]) -> requests.Response:
        """Send the form that has this button; return the answer, redirects not followed."""
        for form in FORM.finditer(page.text):
            if button in form["body"]:
                data: dict[str, list[str]] = {}
                for name, value in HIDDEN.findall(form["body"]):
                    data.setdefault(name, []).append(unescape(value))
                for name, value in fields.items():
                    data[name] = value if isinstance(value, list) else [value]
                action = ACTION.search(form["attributes"])
                return self.post(urljoin(page.url, unescape(action[1]) if action else ""), data=data)
        raise AssertionError(f"no button {button!r} on {page.url}: {page.status_code}\n{page.text[:2000]}")

    def to_consent(self, page: requests.Response, name: str) -> requests.Response:
        """On the provider's side: sign in where asked, and return the consent page."""
        page = self.follow(page)
        if 'name="password"' in page.text:
            page = self.follow(self.press(page, 'name="password"', username=name, password=PASSWORD))
        assert "Allow" in page.text, f"{page.url}\n{page.text}"
        return page

    def allow(self, consent: requests.Response) -> requests.Response:
        """Press Allow; return the redirect to the site's callback."""
        answer = self.press(consent, "Allow", action="grant")
        assert answer.is_redirect, answer.text
        return answer

    def sign_in(self, provider: str, name: str = "alice.outside") -> requests.Response:
        """Sign in with a provider from the first page to the last; return the page at the end."""
        start = self.press(self.get("/oauth/"), f"Sign in with {provider}")
        return self.follow(self.allow(self.to_consent(start, name)))

    def username(self) -> str | None:
        """Who the site thinks this is."""
        answer = self.get("/sessions/api/whoami/")
        return answer.json()["user"]["username"] if answer.ok else None

    def sign_in_with_password(self, name: str, page: str = "/sessions/login/") -> requests.Response:
        form = self.get(page)
        return self.follow(self.press(self.follow(form), 'name="password"', username=name, password=PASSWORD))

    def sign_out(self) -> None:
        self.press(self.get("/oauth/"), "End session")
