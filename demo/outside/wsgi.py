"""The WSGI entry point: `waitress-serve --listen=127.0.0.1:9000 demo.outside.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from .charset import utf8_only
from .head import without_body

# Set, not only by default: the environment often names the site's settings already.
os.environ["DJANGO_SETTINGS_MODULE"] = "demo.outside.settings"

application = without_body(utf8_only(get_wsgi_application()))
