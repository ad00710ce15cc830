"""WRONG ON PURPOSE. Do not copy anything from this file.

allauth's own provider, as it comes, beside the site's: the same clients and users, none of what `oauth_app/provider`
adds. 404 unless LABS is on, and 404 for whoever does not send what the lab signs for each request of a run: no page
can have a browser send that. What it issues opens nothing of the site's, which wants to know the grant of a token.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from allauth.idp.oidc import views
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from authdemo.labs import View, labs_only

from ..stock import run_of


def in_a_run(view: View) -> View:
    """Fence a view: there for the lab alone."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not run_of(request):
            raise Http404
        return view(request, *args, **kwargs)

    return labs_only(never_cache(wrapped))


@require_safe
def issuer_of(request: HttpRequest) -> HttpResponse:
    """Say which issuer allauth as it comes would put into discovery and ID tokens. The site has its own adapter."""
    return JsonResponse({"issuer": DefaultOIDCAdapter().get_issuer()})


authorize = in_a_run(views.authorization)  # WRONG: less strict than RFC 9700 wants it, in what the attacks show
token = in_a_run(views.token)
revoke = in_a_run(views.revoke)
userinfo = in_a_run(views.user_info)
discovery = in_a_run(issuer_of)
