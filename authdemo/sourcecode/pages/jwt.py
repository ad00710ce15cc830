"""The pages of jwt_app, without its attacks."""

from __future__ import annotations

from ..parts import Part

PAGES: dict[str, tuple[Part, ...]] = {
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
}
