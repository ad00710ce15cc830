"""The pages of oauth_app/provider: this site as the provider of other people's apps."""

from __future__ import annotations

from ..parts import Part

PAGES: dict[str, tuple[Part, ...]] = {
    "oauth_provider_authorize": (
        Part(
            "For this page",
            ("oauth_app.provider.views.AuthorizationView.get", "oauth_app.provider.authorization.read"),
        ),
        Part(
            "What an app must not ask",
            ("oauth_app.provider.authorization.check", "oauth_app.provider.engine.scopes_of"),
        ),
        Part(
            "When you press “Allow”",
            (
                "oauth_app.provider.views.AuthorizationView._decided",
                "oauth_app.provider.models.Consent.given",
                "oauth_app.provider.engine.code_for",
            ),
        ),
        Part(
            "When the app comes with the code",
            (
                "oauth_app.provider.views.TokenView.post",
                "oauth_app.provider.clients.authenticated",
                "oauth_app.provider.grants.by_code",
                "oauth_app.provider.grants.keep",
            ),
            ("OAUTH_ISSUER",),
        ),
    ),
    "oauth_provider_device": (
        Part(
            "For this page, and when you answer",
            ("oauth_app.provider.more.device_views.DeviceView.post", "oauth_app.provider.more.devices.find"),
        ),
        Part("When you press “Allow”", ("oauth_app.provider.more.devices.decide",)),
        Part(
            "Before that, when the device asked",
            (
                "oauth_app.provider.more.device_views.DeviceAuthorizationView.post",
                "oauth_app.provider.more.devices.new_codes",
            ),
        ),
        Part("When the device asks whether you have decided", ("oauth_app.provider.more.devices.poll",)),
    ),
    "provider:apps": (
        Part("For this page", ("oauth_app.provider.pages.apps",)),
        Part("When you take access back", ("oauth_app.provider.models.Consent.revoke",)),
        Part(
            "When the app calls",
            ("oauth_app.provider.api.BearerAuthentication", "oauth_app.provider.grants.access_token"),
        ),
        Part("When something comes back that was used", ("oauth_app.provider.grants.by_refresh_token",)),
    ),
    "provider:clients": (
        Part("For this page", ("oauth_app.provider.more.client_pages.clients",)),
        Part("When you make a new secret", ("oauth_app.provider.more.registration.renew",)),
        Part("When you delete one", ("oauth_app.provider.more.registration.delete",)),
    ),
    "provider:add_client": (
        Part(
            "When you register it",
            (
                "oauth_app.provider.more.client_pages.add",
                "oauth_app.provider.more.registration.checked_address",
                "oauth_app.provider.more.registration.register",
            ),
        ),
        Part("How its secret is kept", ("oauth_app.provider.hashers.ClientSecretHasher",)),
    ),
    "introspection:index": (
        Part("When orders verifies", ("demo.orders.verify.verified",)),
        Part("When orders asks", ("demo.orders.ask.Site.ask", "demo.orders.app.asked")),
        Part(
            "When the site is asked",
            (
                "oauth_app.provider.more.introspection.IntrospectView.post",
                "oauth_app.provider.more.introspection.IntrospectionValidator.introspect_token",
            ),
            ("OAUTH_RESOURCE_SERVERS",),
        ),
        Part("When you press the button", ("oauth_app.labs.introspection.run._both_ways",)),
    ),
    "provider:notes": (
        Part("For this page", ("oauth_app.provider.pages.notes",)),
        Part("When an app reads or adds one", ("oauth_app.provider.api.NotesView", "oauth_app.provider.api.HasScope")),
    ),
}
