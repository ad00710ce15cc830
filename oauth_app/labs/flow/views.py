"""The page: this browser's last sign-in as a sequence diagram, and the button that starts one."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authdemo.wire import browser, flows
from authdemo.wire.models import Exchange

from . import slow
from .diagram import Message, messages
from .legs import Flow, last_flow
from .pauses import before_the_front_channel


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Draw the flow; with `?call=2`, up to the second call of the back channel."""
    flow = last_flow(browser.browser_of(request))
    context: dict[str, Any] = {
        "providers": settings.SIGN_IN_WITH,
        "slow": slow.is_on(request),
        "open": browser.is_open(request),
    }
    if flow:
        calls = len(flow.back_channel)
        call = _call(request.GET.get("call", ""), calls)
        context |= {"flow": flow, "arrows": messages(flow, call), "call": call, "calls": calls} | told(flow)
        context |= neighbours(flow, call or 0)
    return render(request, "oauth_flow/index.html", context)


def _call(wanted: str, calls: int) -> int | None:
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else 0
    return number if 1 <= number <= calls else None


def neighbours(flow: Flow, call: int) -> dict[str, int]:
    """Return the numbers of the legs that the calls before and after this one are, 0 where there is none."""
    legs = [number for number, one in enumerate(flow.all, start=1) if one.leg == Exchange.Leg.BACK]
    return {"before": legs[call - 2] if call > 1 else 0, "after": legs[call] if call < len(legs) else 0}


def told(flow: Flow) -> dict[str, Any]:
    """Return what is said above the picture: with whom, what came of it, where a password went."""
    drawn = messages(flow)
    provider = next((one.host for one in flow.all if one.leg != Exchange.Leg.FRONT), "")
    end = flow.callback
    return {
        "provider": provider,
        "end": end,
        "denied": bool(end and ["error", "access_denied"] in end.request.get("query", [])),
        "failed": next((one for one in drawn if one.answer and not one.good and one.channel == "back channel"), None),
        "password_to": next((one.password_to for one in drawn if one.password_to), ""),
        "reported": any(one.leg == Exchange.Leg.OUTSIDE for one in flow.exchanges),
        "seconds": _seconds(drawn),
        "slowed": any(one.pause for one in drawn),
    }


def _seconds(drawn: list[Message]) -> float:
    return max(one.after for one in drawn) / 1000


@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Open this browser's panel, so that the flow is kept, and begin it by the app's own form.

    307 (RFC 9110 §15.4.8): the browser sends the same form, with its CSRF token, to the address that the button of
    `/oauth/` has. Who is signed in has been told by the page that this session ends.
    """
    wanted = request.POST.get("provider")
    provider = next((one for one in get_adapter(request).list_providers(request) if one.sub_id == wanted), None)
    if provider is None:
        raise Http404
    signed_in = request.user.is_authenticated
    url = reverse("oauth:switch", args=[provider.sub_id]) if signed_in else provider.login_url
    response = HttpResponseRedirect(url, preserve_request=True)
    flows.go_on(browser.set_state(request, response, browser.OPEN))
    return response


@never_cache
@require_POST
def slow_motion(request: HttpRequest) -> HttpResponse:
    """Turn it on or off for this browser."""
    response = redirect(f"{reverse('flow:index')}#slow")
    slow.switch(response, on=request.POST.get("slow") == "on")
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def next_leg(request: HttpRequest) -> HttpResponse:
    """Show the leg that is held back; by POST, go. To press twice does no harm: it is the same request."""
    to = slow.way_out(request)
    if not to:  # nothing waits (any more)
        return redirect("flow:index")
    return HttpResponseRedirect(to) if request.method == "POST" else before_the_front_channel(request, to)
