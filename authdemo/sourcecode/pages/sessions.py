"""The pages of sessions_app."""

from __future__ import annotations

from ..parts import WHO_IS_IT, Part

PAGES: dict[str, tuple[Part, ...]] = {
    "sessions:login": (
        Part("For this page", ("sessions_app.views.LoginView",)),
        Part(
            "When you press “Sign in”",
            (
                "django.contrib.auth.authenticate",
                "authdemo.guard.backends.GuardedBackend",
                "authdemo.accounts.backends.PasswordBackend",
                "django.contrib.auth.login",
                "sessions_app.signals.remember_sign_in",
            ),
            ("AUTHENTICATION_BACKENDS", "SESSION_COOKIE_AGE"),
        ),
        Part(
            "When the password is wrong",
            (
                "authdemo.guard.handler.GuardHandler.user_login_failed",
                "authdemo.guard.models.FailuresQuerySet.add_one",
                "authdemo.guard.locks.standing_of",
            ),
            ("AXES_HANDLER", "AXES_LOCKOUT_PARAMETERS"),
        ),
    ),
    "sessions:dashboard": (
        Part("To know who you are", WHO_IS_IT, ("SESSION_ENGINE",)),
        Part(
            "For this page",
            ("sessions_app.views.dashboard", "sessions_app.record.describe", "sessions_app.places.places"),
            ("SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_SECURE"),
        ),
        Part("When you press “End session”", ("django.contrib.auth.logout",)),
    ),
    "sessions:devices": (
        Part(
            "For this page",
            (
                "sessions_app.views.list_devices",
                "sessions_app.devices.list_for",
                "allauth.usersessions.models.UserSessionManager.purge_and_list",
                "sessions_app.programs.program",
            ),
        ),
        Part(
            "To know when each was last seen",
            ("sessions_app.last_seen.note",),
            ("USERSESSIONS_TRACK_ACTIVITY",),
        ),
        Part(
            "When you end one",
            ("sessions_app.views.revoke_device", "allauth.usersessions.models.UserSession.end"),
        ),
        Part("When you end all others", ("sessions_app.devices.end_others",)),
        Part(
            "For the sign-ins with tokens",
            ("authdemo.families.listing.sign_ins_of", "authdemo.families.views.end", "jwt_app.models.RefreshFamily"),
        ),
    ),
    "sessions:password": (
        Part(
            "When you press “Change password”",
            (
                "sessions_app.views.PasswordChangeView",
                "django.contrib.auth.update_session_auth_hash",
                "sessions_app.devices.keep_only_this",
            ),
        ),
    ),
    "stores:index": (
        Part(
            "When you press “Try all six”",
            ("sessions_app.labs.stores.measure.try_store", "sessions_app.labs.stores.calls.Trip"),
        ),
        Part(
            "To know you, on two of them",
            (
                "django.contrib.sessions.backends.db.SessionStore.load",
                "django.contrib.sessions.backends.signed_cookies.SessionStore.load",
            ),
        ),
        Part("For the restart", ("sessions_app.labs.stores.restart.write", "sessions_app.labs.stores.restart.read")),
    ),
    "stores:instances": (
        Part("When you press “Sign in at A, ask both”", ("sessions_app.labs.stores.measure.compare",)),
        Part(
            "Why B may not know you",
            (
                "django.contrib.sessions.backends.cache.SessionStore.load",
                "sessions_app.labs.stores.engines.MemoryStore",
            ),
        ),
    ),
    "stores:login": (
        Part("For this page", ("sessions_app.labs.stores.views.LoginView",)),
        Part("Which session it is", ("sessions_app.labs.stores.middleware.OneStoreMiddleware",)),
        Part("When you press “Sign in”", ("django.contrib.auth.authenticate", "django.contrib.auth.login")),
    ),
    "attacks:attempt stolen-cookie": (
        Part("When you press “Send it”", ("authdemo.trials.views.send", "sessions_app.attacks.runs.stolen_cookie")),
    ),
    "attacks:attempt fixation": (
        Part(
            "When you press “Send it”",
            (
                "authdemo.trials.views.send",
                "sessions_app.attacks.runs.fixation",
                "django.contrib.auth.login",
                "sessions_app.attacks.naive.sign_in",
            ),
        ),
    ),
    "attacks:attempt csrf": (
        Part(
            "When the hostile page sends its form",
            (
                "django.middleware.csrf.CsrfViewMiddleware.process_view",
                "sessions_app.attacks.views.colour",
                "sessions_app.attacks.naive.colour",
            ),
            ("SESSION_COOKIE_SAMESITE",),
        ),
        Part("How this page knows", ("sessions_app.attacks.csrf.note",)),
    ),
    "attacks:attempt tampered-cookie": (
        Part(
            "When you press “Send it”",
            ("authdemo.trials.views.send", "sessions_app.attacks.runs.tampered_cookie"),
        ),
    ),
    "attacks:attempt guess-an-id": (
        Part(
            "When you press “Send it”",
            ("sessions_app.attacks.guessing.guess", "sessions_app.attacks.guessing.arithmetic"),
        ),
    ),
    "attacks:colour": (Part("When you press “Keep it”", ("sessions_app.attacks.views.colour",)),),
}
