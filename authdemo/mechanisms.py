"""The three mechanisms as data: one source for navigation, overview, decision tree and comparison."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page on a mechanism, by the name of its URL. `stands_for_all`: also for what lies below it."""

    view: str
    label: str
    stands_for_all: bool = False

    @property
    def namespace(self) -> str:
        """The namespace of its URL."""
        return self.view.rpartition(":")[0]


@dataclass(frozen=True)
class Mechanism:
    """One way for a server to know who is calling.

    `slug` is also the name of its colour in `static/css/colours.css` and the start of its paths; `home` is the name
    of the URL of its first page. Where LABS is on, all its other pages end with links to `pages`, which are "more on"
    `subject`; its first page introduces them.
    """

    slug: str
    name: str
    home: str
    question: str
    use_for: str
    cost: str
    holds: str
    subject: str = ""
    pages: tuple[Page, ...] = ()


SESSIONS = Mechanism(
    slug="sessions",
    name="Sessions",
    home="sessions:dashboard",
    question="How does a server remember who you are?",
    use_for="A website of your own, with users of your own. What Django gives you from the start.",
    cost="Every request looks the record up, so all instances need one shared store. Signed cookies spare that, and "
    "then no sign-out ends a copy.",
    holds="A cookie with an ID, and the server has the record. Or, with signed cookies, all of it in the cookie.",
)
JWT = Mechanism(
    slug="jwt",
    name="JWT",
    home="jwt:client",
    question="How can a token prove itself, with nobody asked?",
    use_for="An API that mobile apps or other services call, where they must check the caller on their own.",
    cost="A copy works until it expires, also after sign-out. Taking it back needs the shared state again.",
    holds="Two signed tokens. One says who you are, and nobody has a record of it. The other gets the next two, once.",
    subject="tokens",
    pages=(
        Page("jwt:client", "The client"),
        Page("inspector:page", "Inspector"),
        Page("storage:index", "Where a token is kept"),
        Page("jwt_families:index", "Families", stands_for_all=True),
        Page("keys:index", "A new key"),
        Page("keys:role", "A role in a token"),
        Page("denylist:index", "Replay after sign-out", stands_for_all=True),
        Page("jwt_attacks:index", "Attacks", stands_for_all=True),
        Page("api_docs:page", "The API"),
    ),
)
OAUTH = Mechanism(
    slug="oauth",
    name="OAuth2",
    home="oauth:index",
    question="How do you let somebody else vouch for a user?",
    use_for="“Sign in with GitHub”, and other people's apps on your API. The password stays where it belongs.",
    cost="Redirects, registered clients, scopes, consent: many parts. Take a library for both ends.",
    holds="After the sign-in, an ordinary session. The provider's token is not in it: only the server has that.",
    subject="OAuth2",
    pages=(
        Page("oauth:index", "Sign in with …"),
        Page("flow:index", "The flow, drawn", stands_for_all=True),
        Page("id_token:index", "The ID token, line by line", stands_for_all=True),
        Page("behalf:index", "On your behalf", stands_for_all=True),
        Page("oauth:connections", "Where I sign in from"),
        Page("provider:notes", "My notes"),
        Page("provider:apps", "Apps with access"),
        Page("oauth_provider_device", "Connect a device"),
        Page("provider:clients", "My own apps"),
        Page("third_party:index", "Somebody else’s app, drawn", stands_for_all=True),
        Page("introspection:index", "Verify or ask", stands_for_all=True),
        Page("oauth_attacks:index", "Attacks", stands_for_all=True),
        Page("oauth_attacks:apps:index", "Attacks on apps' access", stands_for_all=True),
        Page("oauth:set_up", "The real GitHub and Google"),
    ),
)
MECHANISMS = (SESSIONS, JWT, OAUTH)
