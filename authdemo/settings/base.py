"""What any Django project has: apps, middleware, database, caches, templates, security headers, logs."""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import urlsplit

from django.core.management.utils import get_random_secret_key

from authdemo.cache_connections import connected

from .env import BASE_DIR, VAR_DIR, choice, env, flag, generated, neighbours, parsed, problems, text, url

DEBUG = flag("DEBUG", True)
# The tour and the other device (DEBUG has these, too), experiments, and code that is wrong on purpose.
# `manage.py demo` turns it on.
LABS = flag("LABS", False)
INSTANCE_NAME = choice("INSTANCE_NAME", "A", ("A", "B"))

# Signs session data, password-reset links and messages. Tokens are never signed with it: see jwt.py.
SECRET_KEY = text("SECRET_KEY") or generated("secret_key", get_random_secret_key)

# Where the processes of the demo are found. DEMO_SITE_URL is also the `iss` of every token made here.
SITE_URL = url("DEMO_SITE_URL", "http://localhost:8000")


def _demo(name: str, default: str) -> str:
    """Return the address of a process of the demo. In production there is none unless it is named."""
    return url(name, default) if DEBUG or text(name) else ""


SITE_B_URL = _demo("DEMO_SITE_B_URL", "http://localhost:8001")
PROVIDERS_URL = _demo("DEMO_PROVIDERS_URL", "http://127.0.0.1:9000")
THIRDPARTY_URL = _demo("DEMO_THIRDPARTY_URL", "http://127.0.0.1:9001")
HOSTILE_URL = _demo("DEMO_HOSTILE_URL", "http://127.0.0.1:9002")
ORDERS_URL = _demo("DEMO_ORDERS_URL", "http://127.0.0.1:9100")

# The hostile pages answer on both names of this machine. Of the two, a browser takes one for the same site as ours
# (the name is equal, ports do not count) and the other one for another site.
HOSTILE_SAME_SITE, HOSTILE_CROSS_SITE = neighbours(HOSTILE_URL, SITE_URL)

# What was measured on this machine: `manage.py measure` and `make bench` write it, the pages read it.
BENCH_FOLDER = VAR_DIR / "bench"

DEMO_PASSWORD = "workshop-2026"  # noqa: S105  of the accounts that `seed_demo` makes, on this machine only

LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [host.strip() for host in env.list("ALLOWED_HOSTS", default=LOOPBACK_HOSTS)]
if set(ALLOWED_HOSTS) - set(LOOPBACK_HOSTS):
    if DEBUG:
        problems.append("DEBUG must be false where ALLOWED_HOSTS names more than this machine.")
    # Several machines would each make keys of their own, and refuse what another one signed.
    problems += [
        f"{name} must be set where ALLOWED_HOSTS names more than this machine."
        for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "OAUTH_TOKEN_KEY", "OAUTH_PROVIDER_KEY")
        if not text(name)
    ]

INSTALLED_APPS = [
    "authdemo",
    "authdemo.accounts",
    "authdemo.overview",
    "authdemo.wire",
    "authdemo.events",
    "authdemo.sourcecode",
    "authdemo.snippets",
    "authdemo.api_docs",
    "authdemo.device",
    "authdemo.workshop",
    "authdemo.guard",
    "authdemo.families",
    "authdemo.access",
    "authdemo.housekeeping",
    "authdemo.trials",
    "authdemo.compare",
    "authdemo.compare.costs",
    "oauth_app.client",  # before allauth: its templates take the place of allauth's
    "authdemo.access.admin_app.AdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",  # Swagger UI, served from here
    "rest_framework_simplejwt.token_blacklist",
    "axes",  # counts wrong passwords
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "oauth_app.provider",
    "sessions_app",  # after allauth.usersessions: it takes over from one of its signal receivers
    "sessions_app.labs.stores",
    "sessions_app.attacks",
    "jwt_app",
    "jwt_app.labs.families",
    "jwt_app.labs.inspector",
    "jwt_app.labs.keys",
    "jwt_app.labs.storage",
    "jwt_app.labs.denylist",
    "jwt_app.labs.algorithms",
    "jwt_app.attacks",
    "oauth_app.labs.behalf",
    "oauth_app.labs.flow",
    "oauth_app.labs.id_token",
    "oauth_app.labs.third_party",
    "oauth_app.labs.introspection",
    "oauth_app.attacks",
]

MIDDLEWARE = [
    "authdemo.middleware.ResponseHeadersMiddleware",
    "authdemo.wire.middleware.WireMiddleware",  # before all that may ask a database or a cache
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "authdemo.form_action.FormActionMiddleware",  # django-csp's
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "authdemo.middleware.AccessLogMiddleware",  # after WhiteNoise: static files are not worth a line
    "authdemo.middleware.CanonicalHostMiddleware",
    "authdemo.events.middleware.CurrentRequestMiddleware",
    "authdemo.session_store.middleware.SessionMiddleware",
    "sessions_app.labs.stores.middleware.StoreMiddleware",  # on its own paths, another store's session
    "authdemo.middleware.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "authdemo.wire.middleware.AuthenticationTimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "authdemo.middleware.MethodNotAllowedMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sessions_app.middleware.SessionKeyMiddleware",
    "authdemo.guard.middleware.NameBrowserMiddleware",
    "oauth_app.labs.flow.slow.SlowMotionMiddleware",  # a sign-in that stops at each leg, for who has asked for it
    "axes.middleware.AxesMiddleware",  # puts the answer of a lock in the place of the view's
]

ROOT_URLCONF = "authdemo.urls"
WSGI_APPLICATION = "authdemo.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "authdemo.context_processors.site",
            ],
        },
    },
]

# ---- Database: SQLite in a file, or what DATABASE_URL names.
SQLITE_URL = f"sqlite:///{VAR_DIR / 'site.sqlite3'}"


def _database(value: str) -> dict[str, Any]:
    with warnings.catch_warnings(action="ignore"):  # django-environ would print the URL, password and all
        config: dict[str, Any] = env.db_url_config(value)
    if config.get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ValueError
    return config


DATABASES = {"default": parsed("DATABASE_URL", SQLITE_URL, _database)}
# A connection that lives for one request costs more than any of the three mechanisms.
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Several processes write. IMMEDIATE takes the write lock at BEGIN, so that a transaction waits for its turn
        # instead of failing half-way with "database is locked"; WAL lets readers go on meanwhile.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- Caches: Redis (or Valkey) where REDIS_URL is set, else a table of the database, which all processes share.
# authdemo.wire.caches has the backends of Django and django-redis, with a count of their calls.
REDIS_URL = text("REDIS_URL")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    problems.append("REDIS_URL must begin with redis://, rediss:// or unix://.")
    REDIS_URL = ""


def _cache(*, ignore_exceptions: bool = False) -> dict[str, object]:
    if REDIS_URL:
        options = {
            "SOCKET_CONNECT_TIMEOUT": 0.5,  # seconds; a cache that hangs must not hold every page
            "SOCKET_TIMEOUT": 0.5,
            "IGNORE_EXCEPTIONS": ignore_exceptions,
            # On all aliases: they share their connections.
            "CONNECTION_POOL_KWARGS": {"redis_connect_func": connected},
            # Not pickle, the default: whoever can write to the cache could run code here.
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
        }
        return {"BACKEND": "authdemo.wire.caches.redis.RedisCache", "LOCATION": REDIS_URL, "OPTIONS": options}
    return {
        "BACKEND": "authdemo.wire.caches.DatabaseCache",
        "LOCATION": "django_cache",
        # Django's default of 300 would throw away sessions and authorization codes that are still in use.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }


CACHES: dict[str, dict[str, Any]] = {
    "default": _cache() | {"KEY_PREFIX": "authdemo"},
    # cached_db keeps the truth in the database: a cache that is down costs time, not sessions.
    "sessions": _cache(ignore_exceptions=True) | {"KEY_PREFIX": "sessions"},
    # Locks, codes, deny marks. A failure here must be felt: to ignore it would let somebody in.
    "security": _cache() | {"KEY_PREFIX": "security"},
    # Parts of pages that never change, in the memory of the process that made them. Losing one costs a millisecond.
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "OPTIONS": {"MAX_ENTRIES": 2000},  # of some 5 KB each
    },
}

# ---- Language and time
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["authdemo.formats"]
USE_I18N = False
USE_TZ = True

# ---- Static files: WhiteNoise serves them from the apps, with no collectstatic step and no second server.
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

# ---- Mail: printed by the process that sends it, or by the server that EMAIL_URL names.
globals().update(parsed("EMAIL_URL", "consolemail://", env.email_url_config))  # EMAIL_BACKEND, EMAIL_HOST …
EMAIL_TIMEOUT = 5  # seconds; a mail is sent while somebody waits for an answer
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "Authdemo <authdemo@localhost>")

# ---- Security headers
HTTPS = SITE_URL.startswith("https://")
# Over https only, and browsers remember that for a year (HSTS, RFC 6797), before they send the first byte.
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # a load balancer asks without TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if flag("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # The last entry of X-Forwarded-For is the one that the proxy has added. Without it all visitors would have the
    # proxy's address, and the guard would lock them out together.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_REFERRER_POLICY = "same-origin"  # no other site learns from which address of ours a visitor comes
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"  # a window of another site gets no handle on ours
X_FRAME_OPTIONS = "DENY"  # in no frame: what you click here is what you see
# Nothing here needs a camera; script that gets in should not have one either.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # Pico.css brings its arrows as data: URLs
        "connect-src": ["'self'", *(_origin(address) for address in (SITE_B_URL, ORDERS_URL) if address)],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # Browsers check this against redirects after a form, too: "sign in with …" is a form that ends at the
        # provider. oauth.py adds the providers.
        "form-action": ["'self'"],
    }
}

# ---- Logs: a line for people, or in production a JSON object a line. Neither has query strings, headers or bodies, so
# no credential can get into them.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_query": {"()": "authdemo.logs.WithoutQueryString"}},
    "formatters": {
        "json": {"()": "authdemo.logs.JSONFormatter"},
        "line": {"format": "%(levelname)s %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line" if DEBUG or LABS else "json",
            "filters": ["no_query"],
        },
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "axes": {"level": "ERROR"},  # what it warns of is an event, and a row in the admin
        # AccessLogMiddleware writes one line a request; the development server's own would repeat it.
        "django.server": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # A Host that is none of ours, and a form that is too large, are answered 400 and are no errors of ours: the
        # line of the access log is enough, and nobody can fill the log with tracebacks.
        **{
            f"django.security.{name}": {"handlers": ["console"], "level": "CRITICAL", "propagate": False}
            for name in ("DisallowedHost", "RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent")
        },
    },
}
