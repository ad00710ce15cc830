"""Users in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin

from .models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Django's own. When somebody signed in is a fact, so it is shown and not asked for."""

    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()  # Django's two lists with arrows carry labels that a screen reader is not told
