"""Who takes part: the companies of the outside world, and the two other apps that are registered there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

NAIVE_SECRET = "outside-naive-secret"  # noqa: S105  both stand in demo/outside's README: they protect nothing
QUIZ_SECRET = "outside-quiz-secret"  # noqa: S105
PASSWORD = settings.DEMO_PASSWORD  # of each account there


@dataclass(frozen=True)
class Company:
    """One of them. The paths are those of `demo/outside/urls.py`; `login` is this site's."""

    slug: str
    name: str
    authorize: str
    token: str
    user_info: str
    keys: str
    revoke: str
    login: str

    @property
    def issuer(self) -> str:
        """What it puts as `iss` into ID tokens."""
        return f"{settings.PROVIDERS_URL}/{self.slug}"

    @property
    def naive(self) -> str:
        """The client id of the app that is wrong on purpose."""
        return f"naive-{self.slug}"

    @property
    def quiz(self) -> str:
        """The client id of Mallory's quiz."""
        return f"quiz-{self.slug}"

    def at(self, path: str) -> str:
        """Return the whole address of a path."""
        return f"{self.issuer}{path}"


GOOGLE = Company(
    "google", "Google", "/o/oauth2/v2/auth", "/token", "/userinfo", "/jwks.json", "/revoke",
    "/oauth/accounts/google/login/",
)  # fmt: skip
OIDC = Company(
    "oidc", "Outside ID", "/identity/o/authorize", "/identity/o/api/token", "/identity/o/api/userinfo",
    "/.well-known/jwks.json", "/identity/o/api/revoke",
    "/oauth/accounts/oidc/outside/login/",
)  # fmt: skip
COMPANIES = {company.slug: company for company in (GOOGLE, OIDC)}


def revocable(tokens: Mapping[str, Any]) -> list[str]:
    """Return what must be ended of a token endpoint's answer, the refresh token first (RFC 7009 §2.1).

    To end one does not end the other everywhere. An ID token cannot be ended.
    """
    return [str(tokens[kind]) for kind in ("refresh_token", "access_token") if tokens.get(kind)]


def is_played(company: Company) -> bool:
    """Tell whether this site signs in with the stand-in, and not with the real one."""
    address = {OIDC: "outside"}.get(company, company.slug)
    return any(one["provider_id"] == address and one["stand_in"] for one in settings.SIGN_IN_WITH)
