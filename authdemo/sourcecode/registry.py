"""What ran for which page: names of views, library calls and settings, by the name of the page's URL.

A page that is another for each argument of its address may have a list for one: "workshop:step 3".

The apps know nothing of it: `base.html` asks for the page that was resolved. Every name here is tested.
"""

from __future__ import annotations

from dataclasses import dataclass

ENGINE = "SESSION_ENGINE:"  # before the name of something in the session engine that the settings choose


@dataclass(frozen=True)
class Part:
    """When something runs, and what: dotted names, and names of settings. The one that decides stands first."""

    when: str
    names: tuple[str, ...]
    settings: tuple[str, ...] = ()


WHO_IS_IT = (
    "django.contrib.sessions.middleware.SessionMiddleware.process_request",
    f"{ENGINE}SessionStore.load",
    "django.contrib.auth.get_user",
)

# The pages of the attacks on tokens that differ in the forged token only: the lines that decided stand in each page.
FORGED = (
    Part("To know that the token is a real one", ("jwt_app.attacks.cast.Cast.real",)),
    Part("To forge and to send", ("jwt_app.attacks.means.signed_by", "jwt_app.attacks.runs.case")),
    Part("How the naive service answers", ("jwt_app.attacks.services.whoami",)),
    Part("How this page shows what was sent", ("jwt_app.attacks.reading.described",)),
)
FORGED_BY_ONE_RUN = (
    "readable-payload", "alg-none", "wrong-token-type", "stripped-signature", "changed-payload",
    "none-spelled-otherwise", "jwk-in-header", "x5u-in-header", "kid-as-path", "kid-as-sql", "expired", "not-yet",
    "wrong-audience", "wrong-issuer", "id-token", "duplicate-claims", "huge", "deeply-nested", "unknown-crit",
    "b64-false",
)  # fmt: skip

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
    "jwt:client": (
        Part("For this page", ("jwt_app.views.ClientPage",)),
        Part(
            "When you press “Get tokens”",
            (
                "jwt_app.serializers.LoginSerializer",
                "jwt_app.tokens.RefreshToken.for_user",
                "jwt_app.backend.OneKey.encode",
            ),
            ("SIMPLE_JWT",),
        ),
        Part(
            "When you press “Who am I?”",
            (
                "jwt_app.views.WhoAmIView",
                "jwt_app.authentication.AccessTokenMixin.get_validated_token",
                "rest_framework_simplejwt.backends.TokenBackend.decode",
                "jwt_app.backend.KeyedBackend.key_of",
            ),
        ),
        Part("When you press “Refresh”", ("jwt_app.tokens.RefreshToken.rotate",)),
        Part(
            "When you press “Sign out”", ("jwt_app.tokens.RefreshToken.revoke", "jwt_app.models.RefreshFamily.revoke")
        ),
    ),
    "inspector:page": (
        Part(
            "When you press “Inspect”",
            (
                "jwt_app.labs.inspector.inspection.inspect",
                "jwt_app.labs.inspector.decoding.decode",
                "jwt_app.labs.inspector.strict.base64url",
            ),
        ),
        Part(
            "To verify it",
            (
                "jwt_app.labs.inspector.verifying.fits",
                "jwt_app.labs.inspector.keyring.Key",
                "jwt_app.labs.inspector.given.read",
            ),
        ),
        Part("When you press “Sign”", ("jwt_app.labs.inspector.signing.sign",)),
    ),
    "jwt_attacks:index": (
        Part("What all attacks have in common", ("authdemo.trials.views.show", "authdemo.trials.attempts.Attempt")),
    ),
    **{f"jwt_attacks:attempt {slug}": FORGED for slug in FORGED_BY_ONE_RUN},
    "jwt_attacks:attempt weak-secret": (
        Part("When you press “Get one token, and guess”", ("jwt_app.attacks.cracking.start",)),
        Part("While it is guessing", ("jwt_app.attacks.guesses.go_on", "jwt_app.attacks.guesses.guess")),
        Part("When it is found", ("jwt_app.attacks.cracking.go_on", "jwt_app.attacks.forging.by_guessed_secret")),
        Part("For a random secret", ("jwt_app.attacks.guesses.years_for_a_random_one",)),
    ),
    "jwt_attacks:attempt key-confusion": (
        Part("To forge", ("jwt_app.attacks.forging.confusion", "jwt_app.attacks.forging.by_hmac")),
        Part("To send", ("jwt_app.attacks.runs.case",)),
    ),
    "jwt_attacks:attempt jku-in-header": (
        Part("To forge", ("jwt_app.attacks.forging.address", "demo.outside.hostile.signing.sign")),
        Part("Where the naive verifier goes", ("jwt_app.attacks.naive_keys.fetched",)),
    ),
    "keys:index": (
        Part("When you press “Make a new key”", ("jwt_app.backend.rotate", "jwt_app.keyring.KeyRing.rotate")),
        Part("When a token is signed or verified", ("jwt_app.backend.KeyedBackend",)),
        Part("When orders gets a token", ("demo.orders.verify.SiteKeys", "demo.orders.verify.verified")),
    ),
    "keys:role": (
        Part("When you press “Take the role away”", ("jwt_app.labs.keys.trials.demote",)),
        Part("Where orders has the role from", ("demo.orders.app.orders",)),
        Part("Where me has it from", ("jwt_app.views.MeView", "jwt_app.authentication.JWTAuthentication")),
    ),
    "jwt_families:index": (
        Part(
            "When a refresh token comes",
            ("jwt_app.tokens.RefreshToken.rotate", "jwt_app.models.RefreshFamily.revoke"),
            ("JWT_ROTATION_GRACE_SECONDS",),
        ),
        Part("For the race", ("jwt_app.labs.families.race.run",)),
        Part("For the tree", ("jwt_app.labs.families.tree.describe",)),
    ),
    "storage:index": (
        Part(
            "When the cookie is used",
            ("jwt_app.cookie.RefreshView", "jwt_app.cookie.HasCSRFToken", "jwt_app.cookie.keep"),
            ("JWT_REFRESH_COOKIE_NAME",),
        ),
        Part("When a forged form comes without a token", ("jwt_app.views.WhoAmIView",)),
    ),
    "denylist:index": (
        Part(
            "When you press the button",
            ("jwt_app.labs.denylist.replay.replay", "jwt_app.labs.denylist.api.LabTokenView"),
        ),
        Part("When the victim signs out", ("jwt_app.denylist.signed_out", "jwt_app.denylist_cache.void")),
        Part(
            "When the copy is used",
            ("jwt_app.denylist.check", "jwt_app.denylist_cache.is_any_denied"),
            ("JWT_DENYLIST",),
        ),
        Part("When the cache knows nothing good", ("jwt_app.denylist_cache._copied_again",)),
    ),
    "oauth:index": (
        Part("For this page", ("oauth_app.client.views.index",)),
        Part(
            "When you press “Sign in with …”",
            (
                "oauth_app.client.views.login",
                "allauth.socialaccount.providers.oauth2.provider.OAuth2Provider.redirect",
            ),
            ("SOCIALACCOUNT_LOGIN_ON_GET",),
        ),
        Part(
            "When the provider sends you back",
            (
                "oauth_app.client.views.callback",
                "allauth.socialaccount.providers.oauth2.views.OAuth2CallbackView.dispatch",
                "oauth_app.client.adapter.SocialAccountAdapter.pre_social_login",
            ),
            ("SOCIALACCOUNT_ADAPTER",),
        ),
    ),
    "oauth:signed_in": (
        Part(
            "Before this page, when the provider sent you back",
            (
                "oauth_app.client.adapter.SocialAccountAdapter.pre_social_login",
                "oauth_app.client.views.callback",
                "allauth.socialaccount.providers.oauth2.views.OAuth2CallbackView.dispatch",
                "allauth.socialaccount.providers.oauth2.client.OAuth2Client.get_access_token",
                "django.contrib.auth.login",
            ),
            ("SOCIALACCOUNT_STORE_TOKENS", "SOCIALACCOUNT_EMAIL_AUTHENTICATION"),
        ),
        Part("For this page", ("oauth_app.client.views.signed_in",)),
    ),
    "oauth:connections": (
        Part("For this page, and when you disconnect", ("oauth_app.client.connections.connections",)),
        Part("May it go?", ("oauth_app.client.adapter.SocialAccountAdapter.validate_disconnect",)),
    ),
    "workshop:step 1": (
        Part("When you press “Sign in”", ("django.contrib.auth.authenticate", "django.contrib.auth.login")),
        Part("When you press “Who am I?”", (*WHO_IS_IT, "sessions_app.views.whoami"), ("SESSION_ENGINE",)),
        Part("To show the record", ("sessions_app.record.describe",)),
    ),
    "workshop:step 2": (
        Part("When you press “Get tokens”", ("jwt_app.tokens.RefreshToken.for_user",), ("SIMPLE_JWT",)),
        Part(
            "When you press “Who am I?”",
            (
                "jwt_app.views.WhoAmIView",
                "jwt_app.authentication.AccessTokenMixin.get_validated_token",
                "rest_framework_simplejwt.backends.TokenBackend.decode",
            ),
        ),
    ),
    "workshop:step 3": (
        Part(
            "When you let the thief try",
            (
                "authdemo.workshop.replay.steal_and_sign_out",
                "django.contrib.auth.logout",
                "jwt_app.tokens.RefreshToken.revoke",
            ),
        ),
        Part("Why the cookie stays out", (f"{ENGINE}SessionStore.load",)),
        Part("Why the token gets in", ("rest_framework_simplejwt.backends.TokenBackend.decode",)),
    ),
    "workshop:step 4": (
        Part(
            "When the provider sends you back",
            (
                "oauth_app.client.views.callback",
                "allauth.socialaccount.providers.oauth2.client.OAuth2Client.get_access_token",
                "allauth.socialaccount.providers.github.views.GitHubOAuth2Adapter.complete_login",
                "allauth.socialaccount.providers.google.views.GoogleOAuth2Adapter.complete_login",
            ),
        ),
        Part("How this page knows", ("authdemo.workshop.evidence.Journey",)),
    ),
    "workshop:step 5": (Part("To find your answer", ("authdemo.overview.decision.follow",)),),
    "start_over": (
        Part("For this page", ("authdemo.start_over.views.start_over",)),
        Part(
            "When you press “Start over”",
            (
                "authdemo.start_over.ending.end_session",
                "authdemo.start_over.ending.end_tokens",
                "authdemo.start_over.ending.forget_cookies",
            ),
        ),
    ),
}
