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
                "allauth.socialaccount.providers.oauth2.provider.OAuth2Provider.get_pkce_params",
            ),
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
        Part("To keep the token, when that was done", ("oauth_app.client.leftovers.keep_or_end",)),
        Part("For this page", ("oauth_app.client.views.signed_in",)),
    ),
    "oauth:connections": (
        Part("For this page, and when you disconnect", ("oauth_app.client.connections.connections",)),
        Part("May it go?", ("oauth_app.client.adapter.SocialAccountAdapter.validate_disconnect",)),
        Part("To take the token back at the provider", ("oauth_app.client.on_behalf.revoke",)),
    ),
    "behalf:index": (
        Part(
            "When you try what remains, on the page of connections",
            ("oauth_app.labs.behalf.remaining.trial", "oauth_app.labs.behalf.remaining.look"),
        ),
        Part("When you call", ("oauth_app.client.on_behalf.call", "oauth_app.client.stored.secrets_of")),
        Part(
            "When the token is refreshed",
            ("oauth_app.client.on_behalf.refresh", "authlib.oauth2.client.OAuth2Client.refresh_token"),
        ),
        Part("How it is kept", ("oauth_app.client.models.ProviderToken", "oauth_app.client.stored.keep")),
        Part(
            "When you ask for one more scope",
            ("oauth_app.client.provider.CarefulProvider.get_redirect_from_request_kwargs",),
        ),
    ),
    "oauth:set_up": (
        Part(
            "For this page",
            ("oauth_app.client.set_up.set_up", "oauth_app.client.registration.registrations"),
            ("OAUTH_SET_UP_FOR_ALL",),
        ),
    ),
    "flow:index": (
        Part("For this page", ("oauth_app.labs.flow.legs.last_flow", "oauth_app.labs.flow.diagram.messages")),
        Part(
            "What it is drawn from",
            (
                "authdemo.wire.flows.remember",
                "authdemo.wire.back_channel.NotedSession",
                "demo.outside.reports.ReportMiddleware",
            ),
        ),
        Part("When you press “Sign in with …”", ("oauth_app.labs.flow.views.start", "oauth_app.client.views.login")),
        Part("In slow motion", ("oauth_app.labs.flow.slow.SlowMotionMiddleware",)),
    ),
    "third_party:index": (
        Part(
            "For this page", ("oauth_app.labs.third_party.legs.chapters", "oauth_app.labs.third_party.diagram.arrows")
        ),
        Part("Do both ends say the same?", ("oauth_app.labs.third_party.ends.differences",)),
        Part(
            "How this site knows whose exchange a call belongs to",
            ("authdemo.wire.followed.begin", "authdemo.wire.followed.call"),
        ),
        Part("How the app’s reports are taken", ("authdemo.wire.reports.take",)),
    ),
    "id_token:index": (
        Part(
            "When the token came",
            (
                "oauth_app.client.endpoints.IDTokenAdapter.checked",
                "oauth_app.client.id_token.check",
            ),
        ),
        Part("What this page keeps of it", ("oauth_app.labs.id_token.receivers.keep",)),
    ),
}
