"""The page "What opens this account" in the admin, beside a user's form, and "End everything"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from authdemo.accounts import admin as accounts
from authdemo.accounts.models import User
from sessions_app import devices

from .ending import INACTIVE, PASSWORD, Ended, end_everything, end_sessions, end_with_account
from .forms import EndForm
from .kinds import KINDS, Found, Kind, Row

admin.site.unregister(User)


@dataclass(frozen=True)
class Shown:
    """What a user has of one kind, with the addresses of its pages."""

    kind: Kind
    found: Found
    user: User

    @property
    def rows(self) -> list[tuple[Row, str]]:
        """Each with its own page, "" where it has none."""
        return [(row, self.kind.url(self.user, row.key) if row.key else "") for row in self.found.rows]

    @property
    def all(self) -> str:
        """The list of all of them."""
        return self.kind.url(self.user)


@admin.register(User)
class UserAdmin(accounts.UserAdmin):
    """The form of a user, with two pages more."""

    change_form_template = "access/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Add them before Django's last pattern, which takes anything for a key."""
        view = self.admin_site.admin_view
        own = [
            path("<path:object_id>/access/", view(self.access_view), name="accounts_user_access"),
            path("<path:object_id>/access/end/", view(self.end_view), name="accounts_user_access_end"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_safe)
    def access_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """List what lets somebody in as this user now, as far as this member of the staff may see it."""
        return self._page(request, self._user(request, object_id), "access/access.html", "What opens this account")

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and end everything. Whoever may change a user may do it."""
        user = self._user(request, object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        form = self._end_form(request, user)
        if request.method != "POST" or not form.is_valid():
            return self._page(request, user, "access/end.html", "End everything?", form=form)
        try:
            with transaction.atomic(durable=True):
                ended = end_everything(user, **form.cleaned_data)
                said = self._said(request, ended, form.cleaned_data)
                self.log_change(request, user, said)
        except User.DoesNotExist:  # somebody else has deleted this user in this moment
            raise Http404 from None
        _leave(request, user)
        messages.success(request, said)
        for note in (note for one in ended for note in one.afterwards() if sees(request, one.kind)):
            messages.warning(request, note)
        return HttpResponseRedirect(reverse("admin:accounts_user_access", args=[user.pk]))

    def _said(self, request: HttpRequest, ended: list[Ended], chosen: dict[str, bool]) -> str:
        """Say what has ended, with the numbers that this member of the staff may see."""
        numbers = [f"{one.kind.title.lower()}: {one.number}" for one in ended if sees(request, one.kind)]
        counted = f" ({', '.join(numbers)})" if numbers else ""
        return f"Everything has ended{counted}.{' The password is removed.' if chosen.get('password') else ''}"

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save what was changed, and end the sessions of an account that was deactivated.

        Django would save the whole row, with a password that somebody else has just taken away.
        """
        if change:
            columns = {field.name for field in obj._meta.concrete_fields}
            obj.save(update_fields=columns.intersection(form.changed_data))
        else:
            super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            end_sessions(obj, INACTIVE)
            _leave(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Set a password as Django's page does, and end the sessions of before. One's own password keeps this one."""
        before, key = self.get_object(request, id), request.session.session_key
        response: HttpResponse = super().user_change_password(request, id, form_url)
        after = User.objects.filter(pk=before.pk).first() if request.method == "POST" and before else None
        if before and after and before.password != after.password:
            if after.pk == request.user.pk:
                devices.keep_only_this(key, request)
            else:
                end_sessions(after, PASSWORD)
        return response

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """End everything first, so that each end is told of, and tokens end at their providers."""
        if obj.pk == request.user.pk:
            logout(request)  # else this request would save a session that it has ended
        end_with_account(obj, partial(messages.warning, request))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """The same for each; oneself last, since from then on nobody is signed in who does it."""
        oneself = request.user.pk
        for user in sorted(queryset, key=lambda user: user.pk == oneself):
            with transaction.atomic():
                self.delete_model(request, user)

    def _end_form(self, request: HttpRequest, user: User) -> EndForm:
        """Nobody is offered to lock out themselves."""
        seen: Any = request.user
        other = user.pk != seen.pk
        may_disconnect = other and seen.has_perm("socialaccount.delete_socialaccount")
        return EndForm(
            request.POST if request.method == "POST" else None,
            accounts=may_disconnect and SocialAccount.objects.filter(user_id=user.pk).exists(),
            password=other and user.has_usable_password(),
        )

    def _user(self, request: HttpRequest, object_id: str) -> User:
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        if not self.has_view_permission(request, user):
            raise PermissionDenied
        found: User = user
        return found

    def _page(self, request: HttpRequest, user: User, template: str, title: str, **more: Any) -> HttpResponse:
        kinds = [Shown(kind, kind.of(user), user) for kind in KINDS if sees(request, kind)]
        hidden = [kind for kind in KINDS if not sees(request, kind)]
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": str(user),
            "opts": self.opts,
            "original": user,
            "kinds": kinds,
            "hidden": hidden,
            "remains": [one for one in kinds if one.found.number and one.kind.remains()],
            "hidden_remains": [kind for kind in hidden if kind.remains()],
            "may_end": self.has_change_permission(request, user),
            "is_oneself": user.pk == request.user.pk,
            **more,
        }
        return TemplateResponse(request, template, context)


def sees(request: HttpRequest, kind: Kind) -> bool:
    """Tell whether this member of the staff may see what a user has of this kind."""
    seen: Any = request.user
    return bool(seen.has_perm(kind.permission))


def _leave(request: HttpRequest, user: User) -> None:
    """Drop this request's own session where it has ended with the others: to save it would fail."""
    if user.pk == request.user.pk:
        request.session.flush()
