"""On `/sessions/stores/<store>/`, another store's session in the place of the site's."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import Morsel
from typing import TypeAlias, cast

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from authdemo.device.store import NO_CACHE
from sessions_app.middleware import KEY

from .answers import not_there
from .stores import STORES, Store, store_at

SILENT = "Its server does not answer. What was asked may not have been done."
GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]


class StoreMiddleware:
    """Put it after the site's SessionMiddleware, and before all that asks who is calling.

    The site's session is put aside, not read: it is back when the site's middleware looks whether it must be saved.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.of = {store.name: OneStoreMiddleware(get_response, store) for store in STORES}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        store = store_at(request.path_info) if settings.LABS else None
        if store is None or store.missing:
            return self.get_response(request)
        request.lab_store = store  # type: ignore[attr-defined]
        of_the_site = request.session
        try:
            return cast("HttpResponseBase", self.of[store.name](request))
        except NO_CACHE:  # while Django saved the session, after the view
            return not_there(request, store, SILENT)
        finally:
            request.session = of_the_site

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Take over where a view could not reach the store."""
        store: Store | None = getattr(request, "lab_store", None)
        return not_there(request, store, SILENT) if store and isinstance(error, NO_CACHE) else None


class OneStoreMiddleware(SessionMiddleware):
    """Django's own, with another engine, and a cookie that goes by another name on the way in and out."""

    def __init__(self, get_response: GetResponse, store: Store) -> None:
        super().__init__(get_response)  # type: ignore[arg-type]
        self.store = store

    def process_request(self, request: HttpRequest) -> None:
        """Open the session of the cookie. What cannot be a key is none: PostgreSQL refuses NUL with an error."""
        value = request.COOKIES.get(self.store.cookie)
        if value and self.store.keeps_records and not KEY.fullmatch(value):
            value = None
        request.session = self.store.engine(value)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:  # type: ignore[override]
        """Save the session. Django knows one cookie, that of the settings, so it sees ours under that name."""
        sent = request.COOKIES
        mine = {settings.SESSION_COOKIE_NAME: sent[self.store.cookie]} if self.store.cookie in sent else {}
        request.COOKIES = mine  # type: ignore[misc]
        try:
            super().process_response(request, response)  # type: ignore[arg-type]
        finally:
            request.COOKIES = sent  # type: ignore[misc]
        self._rename(response)
        return response

    def _rename(self, response: HttpResponseBase) -> None:
        cookie = response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        if cookie is None:
            return
        renamed: Morsel[str] = Morsel()
        renamed.set(self.store.cookie, cookie.value, cookie.coded_value)
        renamed.update(cookie)
        renamed["path"] = self.store.path
        response.cookies[self.store.cookie] = renamed
