"""Where a device gets its codes, and where its user types the one that it shows (RFC 8628 §3.1, §3.3)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_protect

from .. import asking, clients, freshness
from ..clients import ProtocolError
from ..endpoint import ClientView
from ..models import DeviceCode
from . import devices

TEMPLATE = "oauth_provider/device_consent.html"


class DeviceAuthorizationView(ClientView):
    """Gives a device two codes: one to keep, and one to show."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer with both. A public client says who it is, a confidential one proves it (RFC 8628 §3.1)."""
        client = clients.authenticated(request)
        if client.GrantType.DEVICE_CODE not in client.get_grant_types():
            raise ProtocolError("unauthorized_client", "This client is not registered for that grant.")
        page = get_adapter().get_issuer() + reverse("idp:oidc:device_authorization")
        data, scopes = devices.new_codes(client, request.POST.get("scope", ""), page)
        devices.start(client, data["device_code"], data["user_code"], scopes)
        return JsonResponse(data)


class UserCodeForm(forms.Form):
    """What the device shows."""

    user_code = forms.CharField(max_length=20, label="Code")

    def look_up(self, user: Any) -> DeviceCode | None:
        """Return the device that waits with it; otherwise the form has an error that says why not."""
        if self.is_valid():
            if len(devices.as_shown(self.cleaned_data["user_code"])) != devices.SHOWN:
                self.add_error("user_code", "A code has eight letters, and no vowel among them.")
                return None
            try:
                return devices.find(user, self.cleaned_data["user_code"])
            except devices.UnknownCode:
                self.add_error(
                    "user_code", "No device waits with this code. Codes end after some minutes: look again."
                )
            except devices.TooManyWrongCodes as wait:
                self.add_error("user_code", f"Too many wrong codes. Try again after {wait.until:%H:%M} UTC.")
        return None


@method_decorator([never_cache, xframe_options_deny, csrf_protect, login_required], name="dispatch")
class DeviceView(View):
    """The user types the code, is told which app asks for what, and decides. A link alone allows nothing."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form; a code in the address is typed already (RFC 8628 §3.3.1)."""
        return self._form(request, UserCodeForm(initial={"user_code": request.GET.get("user_code", "")[:20]}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look the code up, or take the answer. The answer carries the code once more, and it is looked up again."""
        form = UserCodeForm(request.POST)
        device = form.look_up(request.user)
        if device is None:
            return self._form(request, form)
        code = devices.as_shown(form.cleaned_data["user_code"])
        action, name = request.POST.get("action"), device.client.name
        chosen = asking.ticked(request, device.scope_list) if action == "allow" else []
        if action not in {"allow", "deny"} or (action == "allow" and not chosen):
            nothing = action == "allow"
            more = {"template": TEMPLATE, "user_code": code, "nothing_ticked": nothing}
            return asking.page(request, device.client, device.scope_list, **more)
        try:
            with transaction.atomic():
                if freshness.is_over(request):
                    return redirect_to_login(request.path)
                devices.decide(request.user, device, chosen)
        except devices.UnknownCode:
            form.add_error("user_code", "It was decided in the meantime, or it took too long.")
            return self._form(request, form)
        if not chosen:
            messages.success(request, f"{name} gets nothing. Its device will say so in a few seconds.")
            return redirect(request.path)
        messages.success(request, f"{name} has access now. Its device goes on by itself in a few seconds.")
        return redirect("provider:apps")

    def _form(self, request: HttpRequest, form: UserCodeForm) -> HttpResponse:
        status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
        prefilled = not form.is_bound and form.initial.get("user_code")
        return render(request, "oauth_provider/device.html", {"form": form, "prefilled": prefilled}, status=status)
