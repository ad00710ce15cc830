"""Where each fact is proven: an experiment of this site, what one does there, and what one sees."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Proof:
    """One experiment. `view` is the name of its URL, `slug` its argument, `anchor` the place on its page, "" the top.

    `act` says what to do there and is the text of the link; `see` is what one sees then. `lab`: only where LABS is on.
    """

    view: str
    act: str
    see: str
    anchor: str = ""
    slug: str = ""
    lab: bool = True

    @property
    def url(self) -> str:
        """Where it is; "" where there is no such page, as all labs where LABS is off."""
        if self.lab and not settings.LABS:
            return ""
        place = page_url(self.view, *([self.slug] if self.slug else []))
        return f"{place}#{self.anchor}" if place and self.anchor else place


def page_url(view: str, *args: str) -> str:
    """Return the path of a page, "" where this project has none of that name."""
    try:
        return reverse(view, args=args)
    except NoReverseMatch:
        return ""


# All three
COMPARE = Proof(
    "compare:index",
    "One thief, all three at once",
    "Sign in, copy, sign out, revoke: which copy still gets in after each step.",
)

# Sessions
COOKIE = Proof(
    "sessions:dashboard", "Look at your cookie", "The ID that it holds, and its flags.", "cookie", lab=False
)
RECORD = Proof(
    "sessions:dashboard", "Look at the record", "What the server keeps of your sign-in.", "record", lab=False
)
LOOK_UP = Proof(
    "sessions:dashboard", "Count the look-ups", "The statements that this very request has cost.", "look-up", lab=False
)
SESSION_CODE = Proof("sessions:dashboard", "Read the code", "Whose code has run for the page.", "code", lab=False)
DEVICES = Proof("sessions:devices", "End another device", "Its next request is anonymous.", lab=False)
SIGN_IN = Proof(
    "sessions:login", "Sign in, with the wire open", "The form with the password goes to this site.", lab=False
)
STOLEN_COOKIE = Proof(
    "attacks:attempt",
    "Steal a cookie",
    "Signed out, the copy is refused; a signed cookie's goes on.",
    "",
    "stolen-cookie",
)
FORGED_FORM = Proof(
    "attacks:attempt", "Forge a form", "The browser adds the cookie by itself; the CSRF check refuses.", "", "csrf"
)
INSTANCES = Proof(
    "stores:instances", "One cookie at two instances", "B knows you only where both share a store.", "instances-result"
)

# JWT
INSPECTOR = Proof("inspector:page", "Take a token apart", "All that it says, read without any key.")
CLIENT = Proof(
    "jwt:client", "Ask “Who am I?”", "0 statements, 0 cache calls; “Me” loads the row.", "client", lab=False
)
TOKENS_FOR_A_PASSWORD = Proof(
    "jwt:client", "Get tokens, with the wire open", "The password goes to this site, once.", "client", lab=False
)
CLIENT_CODE = Proof("jwt:client", "Read the code", "Whose code has run for the page.", "code", lab=False)
FAMILIES = Proof(
    "jwt_families:index", "Use a refresh token twice", "A row for each; the whole family ends.", "families"
)
KEYS = Proof(
    "keys:index", "Let orders verify", "A service without a database accepts it by the public key.", "keys-ring"
)
ROLE = Proof("keys:role", "Take a role away", "The token says “staff” until it expires.", "role-result")
REPLAY = Proof("denylist:index", "Replay after sign-out", "The copy is accepted; that of a checked token is not.")
DENYLIST = Proof("denylist:index", "What a deny-list costs", "One cache call at each request.", "price")
STORAGE = Proof(
    "storage:index", "Let a bad script in", "What it gets from each place where a token is kept.", "storage"
)
CONFUSION = Proof(
    "jwt_attacks:attempt", "Sign with the public key", "Nobody takes it but a naive verifier.", "", "key-confusion"
)

# OAuth2
FLOW = Proof("flow:index", "Draw a sign-in", "The origin that the password was posted to.", "flow-start")
STATE = Proof(
    "oauth_attacks:attempt",
    "Send somebody a foreign code",
    "Refused: its state is another browser's.",
    "",
    "login-csrf",
)
SIGN_IN_ATTACKS = Proof("oauth_attacks:index", "Attack a sign-in", "Which check stops which attack.")
SAME_EMAIL = Proof(
    "oauth_attacks:attempt", "Come with somebody's address", "It opens no account here.", "", "unverified-email"
)
CONNECTIONS = Proof(
    "oauth:connections", "Where you sign in from", "The accounts, and what is kept of their tokens.", lab=False
)
REMAINS = Proof("oauth:connections", "What remains where", "Sign out here: the session there goes on.", "remains")
OAUTH_CODE = Proof("oauth:index", "Read the code", "Whose code has run for the page.", "code", lab=False)
ID_TOKEN = Proof("id_token:index", "Read an ID token", "Each check of it, line by line, and what it says.")
THIRD_PARTY = Proof("third_party:index", "Draw an app's access", "Consent, code, tokens, calls; no password.")
APPS = Proof(
    "provider:apps", "Take an app's access back", "Its next call is refused. You stay signed in.", "ends", lab=False
)
SCOPES = Proof(
    "oauth_attacks:apps:attempt", "Ask for more than was allowed", "Refused, whatever is asked for.", "", "more-scope"
)
PKCE = Proof("oauth_attacks:apps:attempt", "Leave PKCE out", "No code, or none that can be used.", "", "pkce")
VERIFY_OR_ASK = Proof(
    "introspection:index", "Verify, or ask", "Calls and statements for each way, and who notices the end.", "ways"
)
