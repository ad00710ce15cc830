"""The description for programs, and the page for people."""

from __future__ import annotations

from django.views.generic import TemplateView
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView


class JSON(OpenApiJsonRenderer2):
    """As `application/json`, which a browser shows; it would save `application/vnd.oai.openapi+json` as a file."""

    media_type = "application/json"


class SchemaView(SpectacularAPIView):
    """OpenAPI 3, for the version of the API that there is: `?version=` chooses nothing."""

    renderer_classes = [JSON]
    api_version = "1"


class DocsPage(TemplateView):
    """Swagger UI, within our own page and by a script of ours: it needs no inline script."""

    template_name = "api_docs/index.html"
