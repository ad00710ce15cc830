"""The WSGI entry point: `waitress-serve --listen=127.0.0.1:9002 demo.outside.hostile.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from demo.outside.charset import utf8_only
from demo.outside.head import without_body

os.environ["DJANGO_SETTINGS_MODULE"] = "demo.outside.hostile.settings"

application = without_body(utf8_only(get_wsgi_application()))
