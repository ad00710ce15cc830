"""The three companies as data: one source for URLs, accounts, clients, consent pages and tokens."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.http import Http404, HttpRequest


@dataclass(frozen=True)
class Other:
    """An app that is registered at a company beside the demo's site: `authdemo` attacks them, or they attack.

    Without `pkce` the company takes its requests also where they have no PKCE, as the real GitHub and Google do.
    """

    client_id: str
    client_secret: str
    name: str
    redirect_uri: str
    pkce: bool = True


def others(slug: str) -> tuple[Other, ...]:
    """Return those apps: one that is wrong on purpose, at the site's attacks, and Mallory's quiz."""
    naive = f"{settings.SITE_URL}/oauth/attacks/naive/callback/"
    quiz = f"{settings.HOSTILE_URL}/quiz/"
    return (
        Other(f"naive-{slug}", "outside-naive-secret", "Naive app (wrong on purpose)", naive, pkce=False),
        Other(f"quiz-{slug}", "outside-quiz-secret", "Mallory's quiz", quiz),
    )


@dataclass(frozen=True)
class Company:
    """A company that other sites let their users sign in with.

    `slug` starts each of its paths and names its cookie and its colours. `scopes` says in words what each scope lets
    the client read: the consent page shows them. `client_id` is the demo's site; `others` are registered here, too.
    """

    slug: str
    name: str
    kind: str
    about: str
    authorize: str
    client_id: str
    client_secret: str
    callback: str
    scopes: dict[str, str]
    first_account: int
    default_scopes: tuple[str, ...] = ()
    grants: tuple[str, ...] = field(default=("authorization_code",))

    @property
    def issuer(self) -> str:
        """Return the address that this company puts as `iss` into ID tokens. It never depends on the request."""
        return f"{settings.PROVIDERS_URL}/{self.slug}"

    @property
    def others(self) -> tuple[Other, ...]:
        """Return the other apps that are registered here."""
        return others(self.slug)

    @property
    def client_ids(self) -> set[str]:
        """Return the ids of all clients of this company. Those of another company are nobody here."""
        return {self.client_id, *(other.client_id for other in self.others)}

    def needs_pkce(self, client_id: str) -> bool:
        """Tell whether a request of this client must have a PKCE challenge."""
        return all(other.pkce for other in self.others if other.client_id == client_id)

    @property
    def home(self) -> str:
        """Return the path of its first page. Its session cookie is sent below it and nowhere else."""
        return f"/{self.slug}/"

    @property
    def redirect_uris(self) -> list[str]:
        """Return the exact addresses to which codes may be sent: the callback of each instance of the site."""
        return [site + self.callback for site in dict.fromkeys((settings.SITE_URL, settings.SITE_B_URL))]


GITHUB = Company(
    slug="github",
    name="GitHub (stand-in)",
    kind="OAuth2, no OpenID Connect",
    about="Speaks OAuth2 as GitHub does: an access token, then API calls to learn who you are. There is no ID token.",
    authorize="/github/login/oauth/authorize",
    client_id="authdemo-github",
    client_secret="outside-github-secret",
    callback="/oauth/accounts/github/login/callback/",
    scopes={
        "read:user": "Read your profile: name and user name",
        "user:email": "Read your e-mail addresses",
        "public_repo": "See and change your public repositories",
    },
    default_scopes=("read:user",),
    first_account=1001,
)
GOOGLE = Company(
    slug="google",
    name="Google (stand-in)",
    kind="OpenID Connect",
    about="Speaks OpenID Connect as Google does: the answer carries a signed ID token that says who you are.",
    authorize="/google/o/oauth2/v2/auth",
    client_id="authdemo-google",
    client_secret="outside-google-secret",
    callback="/oauth/accounts/google/login/callback/",
    scopes={
        "openid": "Know which account is yours",
        "profile": "See your name",
        "email": "See your e-mail address",
        "https://www.googleapis.com/auth/calendar.readonly": "See your calendars",
    },
    grants=("authorization_code", "refresh_token"),
    first_account=2001,
)
OIDC = Company(
    slug="oidc",
    name="Outside ID",
    kind="OpenID Connect",
    about="A plain OpenID Connect provider, as a school or an employer runs one. Clients find the rest by discovery.",
    authorize="/oidc/identity/o/authorize",
    client_id="authdemo-oidc",
    client_secret="outside-oidc-secret",
    callback="/oauth/accounts/oidc/outside/login/callback/",
    scopes={
        "openid": "Know which account is yours",
        "profile": "See your name and user name",
        "email": "See your e-mail address",
        "timetable": "See your timetable",
    },
    grants=("authorization_code", "refresh_token"),
    first_account=3001,
)
COMPANIES = {company.slug: company for company in (GITHUB, GOOGLE, OIDC)}


def company_at(request: HttpRequest) -> Company | None:
    """Return the company whose page or endpoint was asked for; None for pages of no company."""
    return COMPANIES.get(request.path.split("/")[1])


def company_of(request: HttpRequest) -> Company:
    """Return the company whose page was asked for, where there must be one."""
    company = company_at(request)
    if company is None:
        raise Http404
    return company
