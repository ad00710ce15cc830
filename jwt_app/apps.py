"""JSON Web Tokens with Django REST framework and SimpleJWT."""

from django.apps import AppConfig


class JWTConfig(AppConfig):
    """Label `jwt_app`."""

    name = "jwt_app"
    verbose_name = "JWT"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks, and start listening."""
        from . import checks, denylist, receivers  # noqa: F401
