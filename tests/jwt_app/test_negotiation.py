"""The short way to the one format: the same answer as REST framework's own, whatever is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer, StaticHTMLRenderer
from rest_framework.request import Request
from rest_framework.settings import api_settings

from jwt_app.negotiation import ContentNegotiation
from jwt_app.views import WhoAmIView

RENDERERS = [[JSONRenderer()], [StaticHTMLRenderer(), JSONRenderer()]]
ACCEPTS = [
    None, "*/*", "", "application/json", "application/*", "application/json; indent=4", "*/*;q=0.1", "*/* ",
    "text/html", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png", "nonsense", ",",
    "*/*, application/json", "\x00",
]  # fmt: skip


def answer(negotiation: BaseContentNegotiation, accept: str | None, renderers: list[Any], suffix: str | None) -> Any:
    request = Request(RequestFactory().get("/?format=json", headers={} if accept is None else {"Accept": accept}))
    try:
        return negotiation.select_renderer(request, renderers, suffix)
    except (NotAcceptable, Http404) as error:
        return type(error)


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize("renderers", RENDERERS, ids=["one", "two"])
@pytest.mark.parametrize("suffix", [None, "json", "html", "xml"])
@pytest.mark.parametrize("override", [None, "format"])
def test_what_is_answered_is_what_rest_framework_would(
    settings: Any, accept: str | None, renderers: list[Any], suffix: str | None, override: str | None
) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "URL_FORMAT_OVERRIDE": override}
    assert override == api_settings.URL_FORMAT_OVERRIDE
    expected = answer(DefaultContentNegotiation(), accept, renderers, suffix)
    assert answer(ContentNegotiation(), accept, renderers, suffix) == expected


def test_the_site_takes_the_short_way(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No view has a negotiation of its own, and the long way is not taken for what most clients send."""

    def long_way(*args: Any) -> None:
        raise AssertionError("The header was taken apart.")

    monkeypatch.setattr(DefaultContentNegotiation, "select_renderer", long_way)
    send: Callable[..., Any] = WhoAmIView.as_view()
    for accept in ("*/*", "application/json"):
        assert send(rf.get("/", headers={"Accept": accept})).status_code == 401
    with pytest.raises(AssertionError):
        send(rf.get("/", headers={"Accept": "application/*"}))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["whoami", "me"])
def test_what_a_token_opens_is_kept_by_nobody(client: Client, name: str) -> None:
    """RFC 9111 §5.2.2.5; with a refusal, too."""
    assert "no-store" in client.get(reverse(f"jwt:{name}"))["Cache-Control"]


def test_not_acceptable_is_told_as_before(rf: RequestFactory) -> None:
    with pytest.raises(NotAcceptable):
        ContentNegotiation().select_renderer(Request(rf.get("/", headers={"Accept": "image/png"})), [JSONRenderer()])
