"""Whom an attack is sent to: this site, and allauth as it comes; and what each made of it, as plain values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.urls import reverse
from django.utils.html import strip_tags

from authdemo.device.answers import body_of
from authdemo.trials.attempts import Result
from authdemo.trials.pages import Page

from ..people import parameter

BOILERPLATE = "This app's request is wrong. An app has sent you here to ask for access. "


@dataclass(frozen=True)
class Side:
    """One of the two. `prefix` is that of the names of its URLs."""

    slug: str
    prefix: str

    def at(self, name: str) -> str:
        """Return the path of an endpoint, by allauth's name for it."""
        return reverse(f"{self.prefix}{name}")


SITE = Side("site", "idp:oidc:")
STOCK = Side("stock", "oauth_attacks:apps:stock-")
SIDES = (SITE, STOCK)


@dataclass(frozen=True)
class Answer:
    """What came back. `taken`: who sent it has got what they wanted. `words` say what, or why not; `ignored`: that
    it was asked for has made no difference.
    """

    taken: bool
    words: str
    status: int = 0
    ignored: bool = False

    def plain(self) -> Result:
        """Return it for JSON."""
        how = "takes it" if self.taken else "ignores it" if self.ignored else "refuses"
        return {"taken": self.taken, "words": self.words, "status": self.status, "how": how}


def check(words: str, answers: Callable[[Side], Answer], *, stock: bool = True, control: bool = False) -> Result:
    """Return a row: the same sent to both. `control`: it is no attack, is to be taken, and shows that the rest works.

    Without `stock`, there is nothing like it at allauth as it comes.
    """
    sides = SIDES if stock else (SITE,)
    return {"words": words, "control": control} | {side.slug: answers(side).plain() for side in sides}


def answered(response: requests.Response, taken: bool, words: str = "", ignored: bool = False) -> Answer:
    """Return what a response comes to, in its own words where none are given."""
    return Answer(taken, words or said(response), response.status_code, ignored)


def said(response: requests.Response) -> str:
    """Return what a response says: the error of the protocol, or the sentences of a page. No code, no token."""
    found = body_of(response)
    if "error" in found:
        return ": ".join(str(found[name]) for name in ("error", "error_description") if found.get(name))[:300]
    if found:
        return str(found.get("detail", ""))[:300]
    if location := response.headers.get("Location", ""):
        error = ": ".join(filter(None, (parameter(location, "error"), parameter(location, "error_description"))))
        return f"Sent back with {error}" if error else f"Sent to {shown(urljoin(response.url, location))}"
    if "html" not in response.headers.get("Content-Type", ""):
        return response.headers.get("WWW-Authenticate", "")[:300]
    # allauth's own pages have no `main`, in which `Page` looks for what a page says; its 403 has no heading either.
    page = Page(response.text if "<main" in response.text else f"<main>{response.text}")
    says = page.says.removeprefix(BOILERPLATE) or strip_tags(response.text).partition(":")[0][:100]
    if response.status_code != HTTPStatus.OK:
        return says
    asks = 'name="action"' in response.text  # "Allow" and "Deny"
    return f"{says} ({'it asks once more' if asks else 'an error page, sent with 200'})"


def shown(address: str) -> str:
    """Return an address without its query and fragment, where the code is."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def code_in(response: requests.Response) -> str:
    """Return the code that a redirect carries, "" where it has none."""
    return parameter(response.headers.get("Location", ""), "code")


def happened(result: Result) -> str:
    """Return which choice was right: who took some of it. "" as long as nothing was sent."""
    rows = [row for row in result.get("checks", []) if not row["control"]]
    if not rows:
        return ""
    if any(row["site"]["taken"] for row in rows):
        return "both"
    return "stock" if taken_by_stock(result) else "neither"


def taken_by_stock(result: Result) -> int:
    """Return how many of them allauth as it comes took."""
    rows = [row for row in result.get("checks", []) if not row["control"]]
    return sum(bool(row.get("stock", {}).get("taken")) for row in rows)


def result(*rows: Result, **more: Any) -> Result:
    """Return them as they are kept."""
    return {"checks": list(rows), **more}
