"""Settings of the hostile pages: no database, no users, no cookies. They are a process of their own.

To a browser, 127.0.0.1 and localhost are two sites with two cookie jars, and a port is no part of a site. So one of
the two names is the same site as the demo's, and the other one is another site: this process answers on both.
"""

from __future__ import annotations

from django.core.management.utils import get_random_secret_key

from demo.outside.env import origin, url

SITE_URL = url("DEMO_SITE_URL", "http://localhost:8000")
PROVIDERS_URL = url("DEMO_PROVIDERS_URL", "http://127.0.0.1:9000")
HOSTILE_URL = url("DEMO_HOSTILE_URL", "http://127.0.0.1:9002")

DEBUG = False
SECRET_KEY = get_random_secret_key()  # signs nothing here; Django asks for one
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]

INSTALLED_APPS = ["demo.outside.hostile", "django.contrib.staticfiles"]
MIDDLEWARE = [
    "demo.outside.access_log.AccessLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",  # Content-Length: without it, each connection ends with its answer
]
ROOT_URLCONF = "demo.outside.hostile.urls"
WSGI_APPLICATION = "demo.outside.hostile.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES: dict[str, dict[str, str]] = {}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# Browsers' own default. With "same-origin", as the site has it, they would write `Origin: null` into the attack.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": [origin(SITE_URL)],  # hostile to this demo, and to nobody else, whatever the page says
    }
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "CRITICAL"}},
}
