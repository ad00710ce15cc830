"""The WSGI entry point: `waitress-serve authdemo.wsgi:application`, or any other WSGI server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authdemo.settings")

from authdemo.charset import utf8_only
from authdemo.head import without_body
from authdemo.settings.env import problems

application = without_body(utf8_only(get_wsgi_application()))

if problems:
    # The commands run Django's checks; a WSGI server does not. Never serve with a setting that was not understood.
    raise SystemExit("Not started: " + " ".join(problems))
