"""The site's paths, and one that does nothing: what all others are compared with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from authdemo import urls


def bare(request: HttpRequest) -> HttpResponse:
    """Answer with nothing. All of the site's middleware has run, and nobody has asked who is calling."""
    return HttpResponse()


urlpatterns = [path("bare/", bare), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
