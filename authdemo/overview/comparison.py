"""The table on the overview: one row a question, one cell a mechanism."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authdemo.mechanisms import MECHANISMS, Mechanism


@dataclass(frozen=True)
class Row:
    """One question and its three answers, in the order of `authdemo.mechanisms.MECHANISMS`."""

    question: str
    sessions: str
    jwt: str
    oauth: str

    @property
    def cells(self) -> Iterator[tuple[Mechanism, str]]:
        """Each mechanism with its answer, left to right."""
        return zip(MECHANISMS, (self.sessions, self.jwt, self.oauth), strict=True)


ROWS = (
    Row(
        "What does the client hold?",
        "A cookie with a random ID",
        "A signed token that anyone can read",
        "After sign-in: a session. A third-party app: an access token",
    ),
    Row(
        "What does the server keep?",
        "A record for each session",
        "Nothing for access tokens, a row for each refresh token",
        "Which provider accounts belong to which user. For apps: what each was allowed, with hashes of its tokens",
    ),
    Row(
        "Is something looked up at each request?",
        "Yes: the record, then the user",
        "No: the signature is enough",
        "After sign-in: as with any session. An app's token: yes, each time",
    ),
    Row(
        "What does sign-out do to a stolen copy?",
        "It is dead at once",
        "It works until it expires, here up to 15 minutes",
        "The session here is dead. The provider still knows the user. An app's token goes on until it is taken back",
    ),
    Row(
        "Can another service check it alone?",
        "No, it must share the store",
        "Yes, with the public key",
        "The ID token, yes. It says who signed in, once",
    ),
    Row(
        "Does the browser send it by itself?",
        "Yes, so forms need a CSRF token",
        "No, the client adds a header",
        "The redirects carry a state, which does the same job",
    ),
    Row("Who sees the password?", "Your site", "Your site", "Only the provider"),
    Row(
        "What do you install?",
        "Nothing: Django has them. The list of devices here uses django-allauth",
        "djangorestframework-simplejwt",
        "django-allauth",
    ),
)
