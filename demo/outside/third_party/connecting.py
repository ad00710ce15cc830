"""To the site and back: ask the user there, take the answer, change the code for tokens."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from . import browsers, news, tokens
from .models import Answered, Connection
from .site import PAPER
from .trouble import Refused, Trouble, understood

READ = ("openid", "profile", "notes:read")
LONGEST = 2000  # characters of one parameter
PARAMETERS = ("code", "state", "iss", "error", "error_description", "error_uri")


@require_POST
def connect(request: HttpRequest) -> HttpResponse:
    """Send the user to the site: for what printing needs, or `more` names, and for what we have already."""
    before, more = connection_of(request), request.POST.get("more")
    # New tokens come in the place of those before: what they are not asked for is lost.
    needed = {"openid", more} if more in news.SCOPES else {*READ}
    needed |= set(before.scopes) if before is not None and not before.ended else set()
    wanted = [scope for scope in news.SCOPES if scope in needed]
    if "browser" not in request.session:
        request.session["browser"] = secrets.token_hex(16)
    PAPER.framework.forget_old(request.session)
    with understood():
        # RFC 9700 §4.7, §2.1.1: state, nonce and PKCE, made by Authlib and kept in the session here.
        answer = PAPER.authorize_redirect(request, f"{settings.THIRDPARTY_URL}/callback/", scope=" ".join(wanted))
    return HttpResponseRedirect(answer.url, status=303)


@require_GET  # no HEAD: it would use the code up, for nobody
def callback(request: HttpRequest) -> HttpResponse:
    """Take the answer. Whatever is wrong with it, no code is exchanged. The address with the code is left at once."""
    if any(len(request.GET.getlist(name)) > 1 or len(request.GET.get(name, "")) > LONGEST for name in PARAMETERS):
        raise Trouble("parameters")
    state = request.GET.get("state", "")
    trip = PAPER.framework.get_state_data(request.session, state) if state else None
    hashed = hashlib.sha256(state.encode()).hexdigest()
    before = connection_of(request)
    # Authlib looks at `error` before it looks whether anybody has asked. We ask first: anybody can send a link.
    if trip is None:
        raise Trouble(_why_not_ours(request, hashed, before))
    # Two requests that both read the session before either has written it would both find the state there.
    if not Answered.is_first(hashed):
        raise Trouble("twice")
    _is_of_the_site(request)
    if "error" in request.GET:
        PAPER.framework.clear_state_data(request.session, state)
        return _refused(request, request.GET["error"])
    if not request.GET.get("code"):
        raise Trouble("parameters")
    answer = _exchanged(request)
    asked = " ".join(parse_qs(urlsplit(trip["url"]).query)["scope"])
    with PAPER.kept_or_given_back(answer):
        # Authlib checks an ID token that is there, and misses none. We have asked for one (scope "openid").
        if not answer.get("userinfo"):
            raise Trouble("id_token")
        who = {"subject": answer["userinfo"]["sub"][:255], "username": _name(answer["userinfo"])}
        with transaction.atomic():
            here = request.session["browser"]
            browser = browsers.moved(here, PAPER.client_id, who["subject"])
            now = tokens.keep(browser, PAPER.client_id, answer, asked, browser_before=here, **who)
    news.tell(request, before, now, asked)
    browsers.begin(request.session, browser)
    return redirect("notes")


def _why_not_ours(request: HttpRequest, hashed: str, connection: Connection | None) -> str:
    """Return what kind of trouble it is that this session waits for no such answer."""
    if Answered.objects.filter(pk=hashed).exists():
        return "back" if connection is not None and not connection.ended else "twice"
    return "foreign" if {"code", "error"} & request.GET.keys() else "parameters"


def _is_of_the_site(request: HttpRequest) -> None:
    """Raise Trouble where another server answers (RFC 9207 §2.4). Authlib does not look at `iss` of the answer."""
    with understood():
        site = PAPER.load_server_metadata()
    issuer = request.GET.get("iss")
    if issuer is None and not site["authorization_response_iss_parameter_supported"]:
        return
    if issuer != site["issuer"]:
        raise Trouble("issuer")


def _exchanged(request: HttpRequest) -> dict[str, Any]:
    """Return the tokens, and in `userinfo` what a good ID token says. Raises Trouble."""
    try:
        with understood():
            return dict(PAPER.authorize_access_token(request))
    except Refused as why:
        raise Trouble("code" if why.error == "invalid_grant" else "client") from None


def _name(claims: Any) -> str:
    name = claims.get("preferred_username")
    return name[:255].replace("\0", "") if isinstance(name, str) else ""


def _refused(request: HttpRequest, error: str) -> HttpResponse:
    """Say what an error of RFC 6749 §4.1.2.1 means. Nothing else of it is repeated: anybody could have written it."""
    if error == "access_denied":
        request.session.pop("drafts", None)
        return redirect("denied")
    raise Trouble("site_busy" if error == "temporarily_unavailable" else "site_error")


@require_safe
def denied(request: HttpRequest) -> HttpResponse:
    """Say that nothing new was allowed, and what is still there."""
    return render(request, "paper/denied.html", {"connection": connection_of(request)})


def connection_of(request: HttpRequest, client_id: str = PAPER.client_id) -> Connection | None:
    """Return what this browser's user has allowed one of our clients."""
    browser = request.session.get("browser")
    return Connection.objects.filter(browser=browser, client_id=client_id).first() if browser else None
