"""Settings of Paper & Ink: somebody else's application, with a database, sessions and cookies of its own.

It knows the site by its address and by what it got when it was registered there, and imports nothing of it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.management.utils import get_random_secret_key

from demo.outside.env import VAR_DIR, generated, origin, url

SITE_URL = url("DEMO_SITE_URL", "http://localhost:8000")
THIRDPARTY_URL = url("DEMO_THIRDPARTY_URL", "http://127.0.0.1:9001")

DEBUG = False
SECRET_KEY = generated("third_party_secret_key", get_random_secret_key)
ALLOWED_HOSTS = [urlsplit(THIRDPARTY_URL).hostname or "", "localhost", "127.0.0.1"]

INSTALLED_APPS = [
    "demo.outside.third_party",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "demo.outside.access_log.AccessLogMiddleware",  # paths without their query: codes stay out of the log
    "demo.outside.third_party.middleware.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "demo.outside.third_party.reports.ReportMiddleware",  # what it tells the site of an exchange, for a learner
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "demo.outside.third_party.middleware.TroubleMiddleware",
]
ROOT_URLCONF = "demo.outside.third_party.urls"
WSGI_APPLICATION = "demo.outside.third_party.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "demo.outside.third_party.middleware.addresses",
            ],
        },
    },
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / "third_party.sqlite3",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# ---- The cookie says which browser it is, and nothing else. Tokens, and what belongs to a trip to the site, lie here.
HTTPS = THIRDPARTY_URL.startswith("https://")
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "paper_session"  # cookies do not know ports: no name may be one of the site's
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # the way back from the site is a top-level GET: "Strict" would leave the cookie out
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "paper_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "demo.outside.third_party.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024  # bytes

# ---- Security headers
# The address of a callback has a code in it. It goes to nobody: "same-origin" keeps it here, and does not make
# browsers write `Origin: null` into our own forms, as "no-referrer" does.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # "Connect" is a form whose answer redirects to the site: browsers check that address against form-action.
        "form-action": ["'self'", origin(SITE_URL)],
    }
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        # Their debug lines hold verifiers, tokens and addresses.
        "authlib": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}
