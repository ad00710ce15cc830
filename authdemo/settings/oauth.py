"""Mechanism 3, OAuth2 and OpenID Connect: somebody else checks the password."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .base import CONTENT_SECURITY_POLICY, DEBUG, DEMO_PASSWORD, LABS, PROVIDERS_URL
from .env import fernet_keys, pair, problems, text, url

# Our subclasses of allauth's adapter and providers decide what the library leaves open: see oauth_app/README.md. This
# one is oauth_app.client.adapter.SocialAccountAdapter, and besides notes its calls to providers for the wire panel.
# Two things need no setting, for our own code decides them. A sign-in starts by POST only (oauth_app/client/views.py),
# so SOCIALACCOUNT_LOGIN_ON_GET is never asked. And PKCE is on with each provider (oauth_app/client/provider.py).
SOCIALACCOUNT_ADAPTER = "authdemo.wire.back_channel.SocialAccountAdapter"

# The same e-mail address does not open an account: the user signs in as before, then connects the new provider.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
# On, allauth keeps the provider's tokens in clear. We keep them in a table of our own, encrypted.
SOCIALACCOUNT_STORE_TOKENS = False
# Ask for the e-mail address, and whether the provider has verified it.
SOCIALACCOUNT_QUERY_EMAIL = True
# No verification mail of our own: the provider's word counts, and an unverified address is refused.
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
# Which `state` has come back already. All instances must share it, and one that does not answer must be felt.
OAUTH_CACHE = "security"
# The page that says what to register where: for everybody in a demo, who is to learn from it; elsewhere for staff.
OAUTH_SET_UP_FOR_ALL = DEBUG or LABS
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds that one call to a provider may take, so that none can hang a page


# What encrypts the tokens of providers: django-fernet-fields-v2. The first key encrypts, any of them decrypts.
FERNET_KEYS = fernet_keys("OAUTH_TOKEN_KEY", "oauth_token_key")
FERNET_USE_HKDF = False  # each is a key already: 32 random bytes


def _stand_in(company: str) -> dict[str, Any]:
    """Return what the pages say about a provider that `manage.py demo` plays on this machine."""
    return {
        "stand_in": True,
        "health_url": f"{PROVIDERS_URL}/healthz",
        "sign_out_url": f"{PROVIDERS_URL}/{company}/logout",
        "apps_url": f"{PROVIDERS_URL}/{company}/apps",
        "try_username": "alice.outside" if DEBUG or LABS else "",
        "try_password": DEMO_PASSWORD if DEBUG or LABS else "",
        # OpenID Connect Core §5.7: an account id means something at its issuer only. Account 1001 of the stand-in is
        # not account 1001 of the real one, should a database see both.
        "uid_prefix": "stand-in:",
    }


# ---- GitHub: OAuth2. It says who you are by an API call; there is no ID token.
_more: dict[str, Any] = {"more_scopes": {"public_repo": "see and change your public repositories"}}
GITHUB: dict[str, Any] = {"SCOPE": ["user:email"]}  # no more than the question needs
_client_id, _secret = pair("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET")
if _client_id:
    _pages = {"sign_out_url": "https://github.com/logout", "apps_url": "https://github.com/settings/applications"}
    GITHUB["APPS"] = [{"client_id": _client_id, "secret": _secret, "settings": _pages | _more}]
elif PROVIDERS_URL:
    GITHUB["GITHUB_URL"] = f"{PROVIDERS_URL}/github"
    GITHUB["APPS"] = [
        {"client_id": "authdemo-github", "secret": "outside-github-secret", "settings": _stand_in("github") | _more}
    ]

# ---- Google: OpenID Connect. The answer has an ID token, a signed statement of who signed in.
GOOGLE: dict[str, Any] = {
    # Without "openid" there is no ID token, and allauth would quietly ask the user-info endpoint instead.
    "SCOPE": ["openid", "profile", "email"],
    # With it Google gives a refresh token, at the first consent. Without: an hour, and then the user must come again.
    "AUTH_PARAMS": {"access_type": "offline"},
}
_calendar = "https://www.googleapis.com/auth/calendar.readonly"
_more = {"more_scopes": {_calendar: "see your calendars"}}
_client_id, _secret = pair("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")
if _client_id:
    GOOGLE["APPS"] = [
        {
            "client_id": _client_id,
            "secret": _secret,
            "settings": _more
            | {
                "sign_out_url": "https://accounts.google.com/Logout",
                "apps_url": "https://myaccount.google.com/connections",
            },
        }
    ]
elif PROVIDERS_URL:
    GOOGLE |= {
        "AUTHORIZE_URL": f"{PROVIDERS_URL}/google/o/oauth2/v2/auth",
        "ACCESS_TOKEN_URL": f"{PROVIDERS_URL}/google/token",
        "IDENTITY_URL": f"{PROVIDERS_URL}/google/userinfo",
        "JWKS_URL": f"{PROVIDERS_URL}/google/jwks.json",  # ours: the keys that sign its ID tokens
        "ID_TOKEN_ISSUER": f"{PROVIDERS_URL}/google",
        "REVOKE_URL": f"{PROVIDERS_URL}/google/revoke",
        "API_URL": f"{PROVIDERS_URL}/google",
        "APPS": [
            {
                "client_id": "authdemo-google",
                "secret": "outside-google-secret",
                "settings": _stand_in("google") | _more,
            }
        ],
    }

# ---- Any OpenID provider: all its addresses are read from its discovery page.
OIDC: dict[str, Any] = {"SCOPE": ["openid", "profile", "email"]}
_client_id, _secret = pair("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
if text("OIDC_SERVER_URL"):
    _address = url("OIDC_SERVER_URL", "https://id.example.org/realms/main")
    _host = urlsplit(_address).netloc
    if not (text("OIDC_CLIENT_ID") or text("OIDC_CLIENT_SECRET")):
        problems.append("OIDC_SERVER_URL needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET: register this site there first.")
    _app = {"name": text("OIDC_NAME", _host), "client_id": _client_id, "secret": _secret}
    OIDC["APPS"] = [_app | {"settings": {"uid_prefix": f"{_host}:", "server_url": _address}}]
else:
    if text("OIDC_NAME") or _client_id:
        problems.append("OIDC_NAME, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET mean nothing without OIDC_SERVER_URL.")
    if PROVIDERS_URL:
        _app = {"name": "Outside ID", "client_id": "authdemo-oidc", "secret": "outside-oidc-secret"}
        _more = {"more_scopes": {"timetable": "see your timetable"}, "server_url": f"{PROVIDERS_URL}/oidc"}
        _more["revokes_one_by_one"] = True  # a revocation there ends that token, and no other
        OIDC["APPS"] = [_app | {"settings": _stand_in("oidc") | _more}]
for _app in OIDC.get("APPS", []):
    _app["provider_id"] = "outside"

# A provider that is not set up is not offered. In production nobody plays one.
SOCIALACCOUNT_PROVIDERS = {"github": GITHUB, "google": GOOGLE, "openid_connect": OIDC}

# The same in the order of the buttons, for pages outside of the app: the header says "opened by GitHub".
SIGN_IN_WITH: list[dict[str, Any]] = [
    {
        "provider_id": app.get("provider_id", provider_id),
        "name": app.get("name", name),
        "stand_in": "stand_in" in app["settings"],
        "address": address or app["settings"]["server_url"],
    }
    for provider_id, name, provider, address in (
        ("github", "GitHub", GITHUB, GITHUB.get("GITHUB_URL", "https://github.com")),
        ("google", "Google", GOOGLE, GOOGLE.get("AUTHORIZE_URL", "https://accounts.google.com")),
        ("outside", "", OIDC, ""),
    )
    for app in provider.get("APPS", [])
]

# "Sign in with …" is a form of ours whose answer is a redirect to the provider. Browsers check form-action there, too.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += dict.fromkeys(
    "{0.scheme}://{0.netloc}".format(urlsplit(provider["address"])) for provider in SIGN_IN_WITH
)
