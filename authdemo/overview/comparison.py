"""The table on the overview: one row a question, one fact a mechanism, each with the experiment that proves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.conf import settings

from authdemo.mechanisms import MECHANISMS, Mechanism

from . import proofs
from .proofs import Proof


@dataclass(frozen=True)
class Fact:
    """An answer in a few words, and what proves it. "{minutes}" stands for the lifetime of access tokens.

    `also` proves the second half, where the answer has two.
    """

    words: str
    proof: Proof
    also: Proof | None = None

    @property
    def proofs(self) -> list[Proof]:
        """All that prove it."""
        return [self.proof, self.also] if self.also else [self.proof]

    @property
    def answer(self) -> str:
        """The words, with the settings' own numbers."""
        lifetime = cast("timedelta", settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"])
        return self.words.format(minutes=lifetime // timedelta(minutes=1))


@dataclass(frozen=True)
class Row:
    """One question and its three answers, in the order of `authdemo.mechanisms.MECHANISMS`."""

    question: str
    sessions: Fact
    jwt: Fact
    oauth: Fact

    @property
    def cells(self) -> Iterator[tuple[Mechanism, Fact]]:
        """Each mechanism with its answer, left to right."""
        return zip(MECHANISMS, (self.sessions, self.jwt, self.oauth), strict=True)


ROWS = (
    Row(
        "What does the client hold?",
        Fact("A cookie with a random ID", proofs.COOKIE),
        Fact("Two signed tokens that anyone can read: one for access, one to get the next", proofs.INSPECTOR),
        Fact(
            "After sign-in: the session's cookie. A third-party app: opaque tokens", proofs.COOKIE, proofs.THIRD_PARTY
        ),
    ),
    Row(
        "What does the server keep?",
        Fact("A record for each session", proofs.RECORD),
        Fact("Nothing of access tokens, a row for each refresh token", proofs.FAMILIES),
        Fact(
            "Which provider accounts belong to which user, and the tokens that they gave. Of apps: what each was "
            "allowed",
            proofs.CONNECTIONS,
            proofs.APPS,
        ),
    ),
    Row(
        "Is something looked up at each request?",
        Fact("Yes: the record and its user", proofs.LOOK_UP),
        Fact("No: the signature is enough. Who wants the user's row loads it", proofs.CLIENT),
        Fact(
            "After sign-in: as with any session. An app's token: yes, each time", proofs.LOOK_UP, proofs.VERIFY_OR_ASK
        ),
    ),
    Row(
        "What does sign-out do to a stolen copy?",
        Fact("It is dead at once, where the server keeps the record", proofs.STOLEN_COOKIE),
        Fact("It works until it expires, up to {minutes} minutes", proofs.REPLAY),
        Fact(
            "The session here is dead. The provider still knows the user. An app's access goes on until it is taken "
            "back",
            proofs.REMAINS,
            proofs.APPS,
        ),
    ),
    Row(
        "How is access ended at once?",
        Fact("Delete the record: the next request is anonymous", proofs.DEVICES),
        Fact("With a deny-list. Then each request looks something up again", proofs.DENYLIST),
        Fact("Take the app's access back: its next call is refused", proofs.APPS),
    ),
    Row(
        "Can another service check it alone?",
        Fact("No: it must share the store", proofs.INSTANCES),
        Fact("Yes, with the public key", proofs.KEYS),
        Fact(
            "An app's token: no, it has to ask. An ID token: yes, but that says who signed in, once",
            proofs.VERIFY_OR_ASK,
            proofs.ID_TOKEN,
        ),
    ),
    Row(
        "Does the browser send it by itself?",
        Fact("Yes, so forms need a CSRF token", proofs.FORGED_FORM),
        Fact("No, the client adds a header. A token in a cookie: yes, as a session", proofs.STORAGE),
        Fact(
            "The session's cookie, yes. The redirects carry a state, which ties them to one browser",
            proofs.FORGED_FORM,
            proofs.STATE,
        ),
    ),
    Row(
        "Who sees the password?",
        Fact("Your site", proofs.SIGN_IN),
        Fact("Your site", proofs.TOKENS_FOR_A_PASSWORD),
        Fact("Only the provider", proofs.FLOW),
    ),
    Row(
        "What do you install?",
        Fact("Nothing: Django has them. The list of devices here uses django-allauth", proofs.SESSION_CODE),
        Fact("djangorestframework-simplejwt", proofs.CLIENT_CODE),
        Fact("django-allauth, and Authlib to use what a provider gave", proofs.OAUTH_CODE),
    ),
)
