"""The one user model that all three mechanisms share."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Label `accounts`, as in `AUTH_USER_MODEL = "accounts.User"`."""

    name = "authdemo.accounts"
    verbose_name = "Users"  # in the admin; allauth's app of e-mail addresses is called "Accounts"
