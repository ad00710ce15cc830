"""Sign in with GitHub, Google or any OpenID provider."""

from django.apps import AppConfig


class OAuthClientConfig(AppConfig):
    """Label `oauth_client`."""

    name = "oauth_app.client"
    label = "oauth_client"
