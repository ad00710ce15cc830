"""This site as a provider: other people's apps ask its users for access."""

from django.apps import AppConfig


class OAuthProviderConfig(AppConfig):
    """Label `oauth_provider`."""

    name = "oauth_app.provider"
    label = "oauth_provider"
    verbose_name = "Third parties on our API"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, and listen to sign-ins and to accounts that are deactivated."""
        from . import checks, freshness, receivers  # noqa: F401  they do it by being imported
