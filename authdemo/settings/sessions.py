"""Mechanism 1, server-side sessions: the browser holds an ID, the server holds the rest."""

from __future__ import annotations

from .base import CACHES, HTTPS, REDIS_URL
from .env import VAR_DIR, choice, problems

# Our own model, from the first migration on: it cannot easily be changed later.
AUTH_USER_MODEL = "accounts.User"

# A name or an e-mail address, whichever is typed, through one place for all sign-in forms and APIs.
AUTHENTICATION_BACKENDS = ["authdemo.guard.backends.GuardedBackend"]
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# What a new password must not be: like the user's name, short, or on the list of common ones.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Where a page sends you that needs a session, and where you land after signing in and out.
LOGIN_URL = "sessions:login"
LOGIN_REDIRECT_URL = "sessions:dashboard"
LOGOUT_REDIRECT_URL = "overview:index"

# Where the record behind the ID lies. Every choice but the last can be revoked at once.
ENGINES = {
    "db": "django.contrib.sessions.backends.db",
    # Django's own of these two let a session come back that has ended, or lose one: each says how.
    "cached_db": "authdemo.session_store.cached_db",
    "redis": "authdemo.session_store.cache",
    "memory": "django.contrib.sessions.backends.cache",
    "file": "django.contrib.sessions.backends.file",
    # No record at all: the cookie is the data, signed. It cannot be taken back before it expires.
    "signed_cookie": "django.contrib.sessions.backends.signed_cookies",
}
SESSION_STORE = choice("SESSION_STORE", "cached_db" if REDIS_URL else "db", ENGINES)
if SESSION_STORE == "redis" and not REDIS_URL:
    problems.append("SESSION_STORE=redis needs REDIS_URL, for example redis://127.0.0.1:6379/0.")

SESSION_ENGINE = ENGINES[SESSION_STORE]
SESSION_CACHE_ALIAS = "memory" if SESSION_STORE == "memory" else "sessions"
# In the memory of one process: gone after a restart, unknown to every other instance.
CACHES["memory"] = {"BACKEND": "authdemo.wire.caches.LocMemCache", "LOCATION": "sessions"}

# Experiments: every store at once (sessions_app/labs/stores), each apart from the site's sessions and from each other.
CACHES["lab_memory"] = CACHES["memory"] | {"LOCATION": "lab"}
STORE_LAB_FOLDER = VAR_DIR / "lab_sessions"
if REDIS_URL:
    CACHES["lab_redis"] = CACHES["default"] | {"KEY_PREFIX": "lab_redis"}
    CACHES["lab_cached_db"] = CACHES["sessions"] | {"KEY_PREFIX": "lab_cached_db"}

if SESSION_STORE == "file":
    SESSION_FILE_PATH = str(VAR_DIR / "sessions")  # one file a session; Django's default is the system's /tmp
    (VAR_DIR / "sessions").mkdir(mode=0o700, parents=True, exist_ok=True)
if SESSION_STORE == "redis":
    # No database behind it: a cache that is down must be an error, not a silent sign-out.
    CACHES["sessions"]["OPTIONS"] = {**CACHES["sessions"]["OPTIONS"], "IGNORE_EXCEPTIONS": False}  # type: ignore[dict-item]

# Cookies do not know ports: the outside world on another port of this machine would overwrite "sessionid".
SESSION_COOKIE_NAME = "authdemo_session"
CSRF_COOKIE_NAME = "authdemo_csrf"
SESSION_COOKIE_HTTPONLY = True  # JavaScript cannot read it, so injected script cannot send it away
SESSION_COOKIE_SAMESITE = "Lax"  # other sites' forms do not carry it; links to us do
SESSION_COOKIE_SECURE = HTTPS  # only over TLS; on http://localhost the browser would drop it
# The CSRF token proves that a form is ours. Templates put it into forms, so no script has to read the cookie.
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "authdemo.errors.csrf_failure"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60  # seconds, counted from the sign-in (see sessions_app/signals.py)
# "Signed out" and the like, kept in the session: the default cookie is called the same as the outside world's.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# "My devices": a row for each sign-in. Activity tracking writes at every request, so it stays off.
USERSESSIONS_TRACK_ACTIVITY = False
