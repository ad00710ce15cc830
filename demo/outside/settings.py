"""Settings of the outside world: a project of its own, with its own database, users, keys and cookies.

It is started with `DJANGO_SETTINGS_MODULE=demo.outside.settings` and imports nothing of the site.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.core.management.utils import get_random_secret_key

from .env import VAR_DIR, env, generated, origin, url
from .keys import new_private_key

SITE_URL = url("DEMO_SITE_URL", "http://localhost:8000")
SITE_B_URL = url("DEMO_SITE_B_URL", "http://localhost:8001")
PROVIDERS_URL = url("DEMO_PROVIDERS_URL", "http://127.0.0.1:9000")
THIRDPARTY_URL = url("DEMO_THIRDPARTY_URL", "http://127.0.0.1:9001")
HOSTILE_URL = url("DEMO_HOSTILE_URL", "http://127.0.0.1:9002")

LABS = env.bool("LABS", default=False)
"""On in the demo only (`manage.py demo` sets it): without it nothing here can be tampered with."""

DEBUG = False  # nobody should ever see a traceback of "GitHub"
SECRET_KEY = generated("outside_secret_key", get_random_secret_key)
ALLOWED_HOSTS = [urlsplit(PROVIDERS_URL).hostname or "", "localhost", "127.0.0.1"]

INSTALLED_APPS = [
    "demo.outside",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
]
MIDDLEWARE = [
    "demo.outside.access_log.AccessLogMiddleware",
    "demo.outside.reports.ReportMiddleware",  # before what renames cookies
    "demo.outside.middleware.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "demo.outside.middleware.CompanySessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "demo.outside.middleware.OneCompanyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",  # puts the answer of a lock in the place of the view's
]
ROOT_URLCONF = "demo.outside.urls"
WSGI_APPLICATION = "demo.outside.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "demo.outside.context_processors.company",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / "outside.sqlite3",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # A transaction takes the write lock at its start: parallel exchanges wait for their turn, instead of
            # failing with "database is locked", and a code is used up when the next one looks for it.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Authorization codes live here: in a table of the same database, so that a code's end is part of the transaction.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "outside_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},  # the default of 300 would throw away codes that are still good
    }
}

# ---- Accounts and sign-in
AUTH_USER_MODEL = "outside.Account"
AUTHENTICATION_BACKENDS = ["demo.outside.backends.CompanyBackend"]
# A user name is unique within one company only; CompanyBackend looks it up there.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
# The passwords and client secrets of this world stand in its README, so their hashes need not withstand anybody. They
# are made quickly, because an exchange checks the client's secret while it holds the database's write lock.
PASSWORD_HASHERS = ["demo.outside.backends.QuickHasher"]
LOGIN_URL = "/"

# ---- Who guesses is stopped: five wrong passwords for an account from one address, fifty from anywhere. The same name
# at another company is another account.
AXES_HANDLER = "demo.outside.guard.CompanyHandler"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username"]
AXES_USERNAME_CALLABLE = "demo.outside.guard.account_key"
AXES_COOLOFF_TIME = timedelta(seconds=60)  # axes reads a number as hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or a stranger could keep somebody out for ever
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "demo.outside.guard.locked"
# axes keeps the form's fields beside the count. These may hold a secret: a password typed as the name, a CSRF token,
# and the address of an authorization request with its state.
AXES_SENSITIVE_PARAMETERS = ["username", "csrfmiddlewaretoken", "next"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LOGOUT_REDIRECT_URL = "/oidc/"

# ---- Cookies do not know ports: no name may be one of the site's. CompanySessionMiddleware sends the session as
# outside_github, outside_google, outside_oidc, so that signing in at one company signs you in at no other.
HTTPS = PROVIDERS_URL.startswith("https://")
SESSION_COOKIE_NAME = "outside"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # the redirect from the site is a top-level GET: Lax cookies come along
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "outside_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---- The protocol engine: allauth.idp.oidc
IDP_OIDC_ADAPTER = "demo.outside.adapter.OutsideAdapter"
IDP_OIDC_PRIVATE_KEY = generated("outside_oidc_key.pem", new_private_key)
# Real ones give an hour. Five minutes are short enough to see a token expire, and the next one come.
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 5 * 60  # seconds
# RFC 6749 §4.1.2 recommends ten minutes at most. Real ones are shorter; here a learner may stop between two legs.
IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN = 10 * 60  # seconds

# ---- Security headers
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
        # "Allow" is a form whose answer redirects to the client: browsers check that address against form-action.
        "form-action": [
            "'self'",
            *dict.fromkeys(origin(address) for address in (SITE_URL, SITE_B_URL, THIRDPARTY_URL, HOSTILE_URL)),
        ],
    }
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# One line a request, by AccessLogMiddleware: path without query string, so no code or state gets into a log.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "ERROR"},
        # A strange Host header is worth the access log's line, and no traceback.
        "django.security": {"level": "CRITICAL"},
        # Its debug lines hold codes and tokens.
        "oauthlib": {"level": "WARNING"},
    },
}
