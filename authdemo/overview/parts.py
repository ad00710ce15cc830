"""The parts that answers are made of: one caller or one need each, with its reasons and what would change it."""

from __future__ import annotations

from dataclasses import dataclass

from authdemo.mechanisms import JWT, OAUTH, SESSIONS, Mechanism

from . import proofs
from .proofs import Proof


@dataclass(frozen=True)
class Reason:
    """A sentence, and the experiment that proves it."""

    words: str
    proof: Proof


@dataclass(frozen=True)
class Part:
    """One mechanism for one need. `short` is it in the title of an answer, `start` what to do first.

    `costs` names the measured requests that say what it costs: see `figures.py`.
    """

    mechanism: Mechanism
    title: str
    short: str
    start: str
    reasons: tuple[Reason, ...]
    switch_when: str
    costs: tuple[str, ...] = ()


FOR_PAGES = (
    Reason("A new Django project has sessions switched on.", proofs.SESSION_CODE),
    Reason(
        "Sign-out and “end my other devices” count at the next request, since each request asks the server.",
        proofs.DEVICES,
    ),
    Reason(
        "The cookie is out of reach for JavaScript: a bad script can use it in your page, and not carry it away.",
        proofs.COOKIE,
    ),
)
FOR_A_SINGLE_PAGE_APP = (
    Reason("The page holds no token, so there is none to steal from its storage.", proofs.STORAGE),
    Reason(
        "The browser adds the cookie to fetch() as well. So send Django's CSRF token with each request that changes "
        "something.",
        proofs.FORGED_FORM,
    ),
)
TO_SIGN_IN_HERE = (
    Reason("People sign in at your site, whoever calls for them afterwards.", proofs.SIGN_IN),
    Reason("Their sign-out ends their session, and no app's access.", proofs.APPS),
)
TO_ALLOW_AN_APP = Reason("A user must be signed in here to allow an app something, and to take it back.", proofs.APPS)

SESSION = Part(
    SESSIONS,
    title="A Django session for people in browsers",
    short="a session for people",
    start="Django's own sessions, in the database.",
    reasons=(),  # by who calls: see decision.py
    switch_when="Another service must know the caller without asking you, or other people's apps want in.",
    costs=("sessions.db",),
)
PROVIDER_SIGN_IN = Part(
    OAUTH,
    title="OpenID Connect to sign in, once",
    short="a provider to sign in",
    start="One provider, by django-allauth, and the session that it opens.",
    reasons=(
        Reason("The password is typed at the provider and never reaches you.", proofs.FLOW),
        Reason("The provider's answer is used once. What it opens is an ordinary Django session.", proofs.REMAINS),
        Reason("A library runs the protocol: state, PKCE and nonce each stop an attack.", proofs.SIGN_IN_ATTACKS),
    ),
    switch_when="The provider must not be able to lock your users out: then offer a password of your own as well.",
)
BOTH_SIGN_INS = Part(
    OAUTH,
    title="A provider to sign in, beside your own password",
    short="a provider to sign in",
    start="Your own password first. A provider ends in the same session, so it can come later.",
    reasons=(
        Reason("Both ways end in the same session, so the rest of your site does not care.", proofs.FLOW),
        Reason("An equal e-mail address connects nobody: the owner of the account must do it.", proofs.SAME_EMAIL),
        Reason("A library runs the protocol: state, PKCE and nonce each stop an attack.", proofs.SIGN_IN_ATTACKS),
    ),
    switch_when="Nearly nobody uses the password any more: then drop it, and with it a form that can be attacked.",
)
PHONE = Part(
    JWT,
    title="JWT for your own app: a short access token and a refresh token",
    short="JWT for your app",
    start="An access token that lives for minutes, and a refresh token that is good for one exchange.",
    reasons=(
        Reason(
            "The app keeps its tokens and adds one to each call. It needs no cookies and no CSRF token.", proofs.CLIENT
        ),
        Reason("The access token lives for minutes, since a copy of it works until it expires.", proofs.REPLAY),
        Reason("A used refresh token that comes back ends the sign-in, for the thief as well.", proofs.FAMILIES),
    ),
    switch_when="Access must end at once: then each request looks something up, and a session does that as well.",
    costs=("jwt.RS256", "jwt.me"),
)
PHONE_AT_ONCE = Part(
    JWT,
    title="JWT for your own app, and a deny-list",
    short="JWT with a deny-list for your app",
    start="Short access tokens, and a deny-list that each request asks.",
    reasons=(
        Reason("A sign-out denies the access token, and no instance of your site takes it any more.", proofs.REPLAY),
        Reason("Each request asks a cache: a look-up of state, as a session has one.", proofs.DENYLIST),
        Reason("A used refresh token that comes back ends the sign-in, for the thief as well.", proofs.FAMILIES),
    ),
    switch_when="No other service verifies them: then a session or an opaque token ends at once with fewer parts.",
    costs=("jwt.RS256", "jwt.denylist"),
)
PHONE_BY_BROWSER = Part(
    OAUTH,
    title="OAuth2 for your own app, with your site as the provider",
    short="OAuth2 for your app",
    start="A public client with PKCE, which opens the system's browser to sign in.",
    reasons=(
        Reason(
            "The user signs in on your pages, by whatever way these offer. The app gets a code.", proofs.THIRD_PARTY
        ),
        Reason("An app in its users' hands keeps no secret. PKCE does that work.", proofs.PKCE),
        Reason("Its token is looked up at each call, so it ends at once when it is taken back.", proofs.APPS),
    ),
    switch_when="All its users have a password at your site: an endpoint that gives tokens for it has fewer parts.",
    costs=("oauth.opaque",),
)
SERVICES = Part(
    JWT,
    title="JWT between services",
    short="JWT between services",
    start="One service that verifies by your public keys, with tokens that live for minutes.",
    reasons=(
        Reason(
            "The service checks the signature with your public key: no database, no call to you each time.",
            proofs.KEYS,
        ),
        Reason("It never has the private key, and the public one makes no token.", proofs.CONFUSION),
        Reason("What a token says is as old as the token: a role that was taken away counts until then.", proofs.ROLE),
    ),
    switch_when="The service can ask you at each call, or access must end at once: then let it ask.",
    costs=("orders.jwt", "orders.introspected"),
)
ASKING = Part(
    OAUTH,
    title="Opaque tokens, and services that ask about them",
    short="opaque tokens for services that ask",
    start="One service that asks about each token (RFC 7662).",
    reasons=(
        Reason("The end of a token counts at the service's next call.", proofs.VERIFY_OR_ASK),
        Reason(
            "Each call costs one more, to your site. While that is down, the service can answer nobody.",
            proofs.VERIFY_OR_ASK,
        ),
    ),
    switch_when="The service must go on while your site is down, or asking costs more than an end that comes late.",
    costs=("orders.introspected", "orders.jwt"),
)
APPS = Part(
    OAUTH,
    title="OAuth2, with your site as the provider",
    short="OAuth2 for other people's apps",
    start="A library for the provider, one scope that only reads, and a page where access is taken back.",
    reasons=(
        Reason("Your users never give their password to somebody else's app.", proofs.THIRD_PARTY),
        Reason("An app gets what its user agreed to, and no more.", proofs.SCOPES),
        Reason("The user ends one app without the others, and stays signed in.", proofs.APPS),
    ),
    switch_when="All apps are your own: then nobody needs to be asked, and one of the other replies is simpler.",
    costs=("oauth.opaque",),
)
