"""The pages of oauth_app."""

from __future__ import annotations

from ..parts import Part

PAGES: dict[str, tuple[Part, ...]] = {
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
    "oauth:set_up": (
        Part(
            "For this page",
            ("oauth_app.client.set_up.set_up", "oauth_app.client.registration.registrations"),
            ("OAUTH_SET_UP_FOR_ALL",),
        ),
    ),
}
