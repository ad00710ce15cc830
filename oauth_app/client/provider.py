"""Our providers in the place of allauth's: same ids and paths, with what the stock ones leave open closed.

allauth's registry looks for a module of this name in each installed app, so `allauth.socialaccount.providers.github`
and its like are not in INSTALLED_APPS. The protocol itself is allauth's. (Sign-in *with* this site, for other
people's apps, is another subject.)
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.github.provider import GitHubProvider as StockGitHub
from allauth.socialaccount.providers.google.provider import GoogleProvider as StockGoogle
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider as StockOpenIDConnect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from .endpoints import GitHubAdapter, GoogleAdapter, OpenIDConnectAdapter
from .login import CarefulLogin
from .models import ProviderToken
from .on_behalf import Endpoints


class CarefulProvider:
    """Mixed into allauth's providers. `about` is said on the page."""

    pkce_enabled_default = True
    about = ""
    # Does a revocation there end that token, and no other? RFC 7009 §2.1 leaves it to the provider.
    one_by_one: bool = False
    app: Any
    sub_id: str
    request: HttpRequest

    @property
    def login_url(self) -> str:
        """Where the form of the button goes."""
        return str(self.get_login_url(self.request))  # type: ignore[attr-defined]

    @property
    def more_scopes(self) -> dict[str, str]:
        """Return what we may ask for beyond a sign-in, each scope with words for a page. The settings say it."""
        return dict(self.app.settings.get("more_scopes", {}))

    def endpoints(self, adapter: Any = None) -> Endpoints:
        """Return where tokens are refreshed and revoked. Raises what a call to the provider may raise.

        With the adapter of a sign-in, what that has asked the provider already is not asked again.
        """
        raise NotImplementedError

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Ignore `?scope=`: what we ask for is decided here, not by a link."""
        return list(self.get_scope())  # type: ignore[attr-defined]

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """Ignore `?auth_params=`: the stock one lets it replace redirect_uri, scope and response_type."""
        return dict(self.get_auth_params())  # type: ignore[attr-defined]

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Take `process`, `next` and `more` from the form: only what we know, only paths of this site."""
        kwargs: dict[str, Any] = super().get_redirect_from_request_kwargs(request)  # type: ignore[misc]
        connect = kwargs["process"] == AuthProcess.CONNECT and request.user.is_authenticated
        kwargs["process"] = AuthProcess.CONNECT if connect else AuthProcess.LOGIN
        default = reverse("oauth:connections" if connect else "oauth:signed_in")
        kwargs["next_url"] = local_path(request.POST.get("next")) or default
        if connect and (more := request.POST.get("more")) in self.more_scopes:
            kept = ProviderToken.objects.filter(account__user=request.user.pk, account__provider=self.sub_id)
            kwargs["scope"] = self._with_more(more, kept)
            kwargs["auth_params"] |= self.params_for_more(kept)
            kwargs["more"] = more
        return kwargs

    def _with_more(self, more: str, kept: QuerySet[ProviderToken]) -> list[str]:
        """Return what to ask for, so that the new token can do what the present one can, and this."""
        had = {scope for token in kept for scope in token.scope_list if scope in self.more_scopes}
        return list(dict.fromkeys([*self.get_scope(), *sorted(had), more]))  # type: ignore[attr-defined]

    def params_for_more(self, kept: QuerySet[ProviderToken]) -> dict[str, str]:
        """Return what else this provider must be told when it is asked for more."""
        return {}

    def redirect(self, request: HttpRequest, process: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep with the `state` what is asked for, and who began.

        An answer that names no scope means what was asked for (RFC 6749 §5.1). Who began decides whether an account is
        connected: a session that somebody has planted in this browser may hold a `state`, too.
        """
        scope = kwargs.pop("scope", None) or self.get_scope()  # type: ignore[attr-defined]
        response: HttpResponse = super().redirect(  # type: ignore[misc]
            request, process, *args, scope=scope, asked=" ".join(scope), began=str(request.user.pk), **kwargs
        )
        return response

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> SocialLogin:
        """Refuse what no database could store (NUL, NaN, half of a surrogate pair)."""
        login = super().sociallogin_from_response(request, response)  # type: ignore[misc]
        login.__class__ = CarefulLogin  # allauth has no setting for it
        stored = json.dumps(login.account.extra_data, allow_nan=False, ensure_ascii=False)
        if "\\u0000" in stored:
            raise ValueError("NUL")
        stored.encode()
        return login

    def extract_uid(self, data: Any) -> str:
        """Return the account's id, with the prefix of its issuer where the settings name one."""
        prefix: str = self.app.settings.get("uid_prefix", "")
        return prefix + self.account_id(data)

    def account_id(self, data: Any) -> str:
        """Return `sub` (OpenID Connect Core §5.1): a text, never empty. str(None) would be one account for all."""
        subject = data["sub"]
        if not isinstance(subject, str) or not subject:
            raise TypeError("sub")
        return subject

    def extract_email_addresses(self, data: Any) -> list[EmailAddress]:
        """Count an address as verified where the provider says `true`; the text "false" is not that."""
        addresses: list[EmailAddress] = super().extract_email_addresses(data)  # type: ignore[misc]
        for address in addresses:
            address.verified = address.verified is True
        return addresses


class GitHubProvider(CarefulProvider, StockGitHub):
    """OAuth2: the access token opens GitHub's API, and the API says who it is."""

    about = "OAuth2 and an API call. GitHub gives us an access token; with it we ask its API who you are."
    oauth2_adapter_class = GitHubAdapter
    one_by_one = True

    def account_id(self, data: Any) -> str:
        """Return `id`, a number. The login name can change hands, so it identifies nobody."""
        if type(data["id"]) is not int:
            raise TypeError("id")
        return str(data["id"])

    def endpoints(self, adapter: Any = None) -> Endpoints:
        """Return GitHub's. Tokens of an OAuth app do not expire, so there is nothing to refresh."""
        app = self.app
        url = f"{GitHubAdapter.api_url}/applications/{app.client_id}"
        return Endpoints(app.client_id, app.secret, revocation_url=url, own_way=True)


class IDTokenProvider(CarefulProvider):
    """Mixed into the providers of OpenID Connect: the authorization request has a nonce (Core §3.1.2.1)."""

    def redirect(self, request: HttpRequest, process: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send a nonce along, and keep it with the `state`: the ID token must bring it back."""
        nonce = secrets.token_urlsafe(16)
        params = kwargs.pop("auth_params", None) or self.get_auth_params()  # type: ignore[attr-defined]
        response: HttpResponse = super().redirect(  # type: ignore[misc]
            request, process, *args, auth_params=params | {"nonce": nonce}, nonce=nonce, **kwargs
        )
        return response


class GoogleProvider(IDTokenProvider, StockGoogle):
    """OpenID Connect: the ID token says who it is."""

    about = "OpenID Connect. Google's answer has an ID token, a JWT that says who you are and for whom it was made."
    oauth2_adapter_class = GoogleAdapter

    def extract_email_addresses(self, data: Any) -> list[EmailAddress]:
        """The stock one makes True of the text "false"."""
        addresses = super().extract_email_addresses(data)
        for address in addresses:
            address.verified = data.get("email_verified", data.get("verified_email")) is True
        return addresses

    def params_for_more(self, kept: QuerySet[ProviderToken]) -> dict[str, str]:
        """The new token shall cover what was granted before. A refresh token comes with a consent only: ask for one
        where we have none (any more).
        """
        consent = {} if kept.filter(refreshable=True).exists() else {"prompt": "consent"}
        return {"include_granted_scopes": "true"} | consent

    def endpoints(self, adapter: Any = None) -> Endpoints:
        """Return Google's. There one token stands for all: to end it is to end each that the user has granted us."""
        revocation_url = self.get_settings().get("REVOKE_URL", "https://oauth2.googleapis.com/revoke")
        return Endpoints(self.app.client_id, self.app.secret, GoogleAdapter.access_token_url, revocation_url)


class OpenIDConnectProvider(IDTokenProvider, StockOpenIDConnect):
    """OpenID Connect with discovery: Keycloak, a school's or an employer's sign-in, and the like."""

    about = "OpenID Connect with discovery: one address is enough to find all endpoints of any such provider."
    oauth2_adapter_class = OpenIDConnectAdapter

    def account_id(self, data: Mapping[str, Any]) -> str:
        """Return `sub` of the ID token. The check has seen that user-info says the same."""
        return super().account_id(data["id_token"])

    def endpoints(self, adapter: Any = None) -> Endpoints:
        """Return what the discovery page names. Revocation is optional there (RFC 8414 §2)."""
        adapter = adapter or self.get_oauth2_adapter(self.request)
        config = adapter.openid_config
        revocation_url = config.get("revocation_endpoint")
        if not str(revocation_url).startswith(("https://", "http://")):
            revocation_url = ""
        method = "client_secret_basic" if adapter.basic_auth else "client_secret_post"
        return Endpoints(self.app.client_id, self.app.secret, adapter.access_token_url, revocation_url, method)

    @property
    def one_by_one(self) -> bool:  # type: ignore[override]
        """Return what the settings say: discovery does not. At Keycloak a refresh token takes the consent along."""
        return bool(self.app.settings.get("revokes_one_by_one", False))


def local_path(url: str | None) -> str:
    """Return `url` if it is a path of this site, else nothing: no open redirect by `next`."""
    local = bool(url) and str(url).startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return str(url) if local else ""


provider_classes = [GitHubProvider, GoogleProvider, OpenIDConnectProvider]
