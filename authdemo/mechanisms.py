"""The three mechanisms as data: one source for navigation, overview, decision tree and comparison."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mechanism:
    """One way for a server to know who is calling.

    `slug` is also the name of its colour in `static/css/authdemo.css` and the start of its paths; `home` is the name
    of the URL of its first page.
    """

    slug: str
    name: str
    home: str
    question: str
    use_for: str
    cost: str
    holds: str


SESSIONS = Mechanism(
    slug="sessions",
    name="Sessions",
    home="sessions:dashboard",
    question="How does a server remember who you are?",
    use_for="A website of your own, with users of your own. What Django gives you from the start.",
    cost="Every request looks the session up, so all instances need one shared store.",
    holds="A cookie with an ID. All the rest lies on the server.",
)
JWT = Mechanism(
    slug="jwt",
    name="JWT",
    home="jwt:client",
    question="How can a token prove itself, with nobody asked?",
    use_for="An API that mobile apps or other services call, where they must check the caller on their own.",
    cost="A copy works until it expires, also after sign-out. Taking it back needs the shared state again.",
    holds="A signed token that says who you are. The server keeps no record of it, only of the one that renews it.",
)
OAUTH = Mechanism(
    slug="oauth",
    name="OAuth2",
    home="oauth:index",
    question="How do you let somebody else vouch for a user?",
    use_for="“Sign in with GitHub”, and other people's apps on your API. The password stays where it belongs.",
    cost="Redirects, registered clients, scopes, consent: many parts. Take a library for both ends.",
    holds="After the sign-in, an ordinary session. The provider's token was used once, to ask who you are.",
)
MECHANISMS = (SESSIONS, JWT, OAUTH)
