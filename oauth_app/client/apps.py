"""Sign in with GitHub, Google or any OpenID provider."""

from django.apps import AppConfig


class OAuthClientConfig(AppConfig):
    """Label `oauth_client`."""

    name = "oauth_app.client"
    label = "oauth_client"
    verbose_name = "Sign in with …"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks."""
        from . import checks  # noqa: F401  registers them
