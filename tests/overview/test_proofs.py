"""What is told is proven: each proof's page is there, at that place, and says what is claimed of it."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from authdemo.mechanisms import JWT, OAUTH, SESSIONS
from authdemo.overview import proofs
from authdemo.overview.proofs import Proof
from tests.oauth_app.conftest import Visitor, company  # noqa: F401  a fixture
from tests.sessions_app.conftest import PASSWORD

pytestmark = pytest.mark.django_db
# What each page says, word by word, where the proof leads.
SAID = {
    "COOKIE": "A cookie, sent with every request to this site without being asked",
    "RECORD": "The record: who you are, how you signed in, and when the session ends.",
    "LOOK_UP": "To know that this very request comes from you, the server needed, just now,",
    "SESSION_CODE": "django.contrib.sessions",
    "DEVICES": "End one, and the next request of that browser is anonymous.",
    "SIGN_IN": "Password",
    "STOLEN_COOKIE": "Somebody copied your cookie. You sign out. Does the copy still work?",
    "FORGED_FORM": "A hostile page sends a form in your name. Does this site take it?",
    "INSTANCES": "You signed in at A. Does B know you?",
    "INSPECTOR": "What does this token say, and is it true?",
    "CLIENT": "The server checks the signature and looks nothing up.",
    "TOKENS_FOR_A_PASSWORD": "You send your password once and get a signed token.",
    "CLIENT_CODE": "rest_framework_simplejwt",
    "FAMILIES": "All tokens of that sign-in are a family, and the family ends",
    "KEYS": "sends both to the site's two instances and to the orders service",
    "ROLE": "takes the role away, and sends the same token again",
    "REPLAY": "You signed out. Is a copy of your token dead?",
    "DENYLIST": "One cache call a request.",
    "STORAGE": "the table says what it got",
    "CONFUSION": "The public key is public. Can one sign with it?",
    "FLOW": "What goes where when you sign in with somebody else?",
    "STATE": "Somebody has you open the end of their own sign-in. Who are you then?",
    "SIGN_IN_ATTACKS": "Then you see what each answered, who was taken for whom, and the line that decided.",
    "SAME_EMAIL": "Eve types your address into her account at the provider. Is she you here?",
    "CONNECTIONS": "Where do I sign in from?",
    "REMAINS": "What remains where, after an end?",
    "OAUTH_CODE": "allauth.socialaccount",
    "ID_TOKEN": "who signed in, for which site, in answer to which sign-in",
    "THIRD_PARTY": "What goes where when somebody else’s app reads my notes?",
    "APPS": "all tokens of that app end at once",
    "SCOPES": "An app may read your notes. Can it get so far as to write?",
    "PKCE": "Somebody leaves PKCE out, or takes less of it.",
    "VERIFY_OR_ASK": "an end counts at once",
}
PROOFS = {name: proof for name, proof in vars(proofs).items() if isinstance(proof, Proof)}


@pytest.fixture
def alice(company, settings, django_user_model) -> Client:  # noqa: F811
    settings.LABS = True
    user = django_user_model.objects.create_user("alice", "alice@example.com", PASSWORD)
    client = Client()
    assert client.post("/sessions/login/", {"username": user.username, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("name", SAID)
def test_the_place_is_there_and_says_it(alice, name):
    proof = PROOFS[name]
    place, _, anchor = proof.url.partition("#")
    visitor = Client() if proof.view == "sessions:login" else alice
    answer = visitor.get(place)
    assert answer.status_code == 200
    page = answer.content.decode()
    if anchor:
        assert re.findall(r'\bid="([^"]*)"', page).count(anchor) == 1
    assert SAID[name] in " ".join(html.unescape(strip_tags(page)).split())


def test_all_proofs_are_looked_at():
    assert set(PROOFS) == set(SAID) | {"COMPARE"}  # that one has tests of its own: it is no proof of one fact


@pytest.mark.parametrize("name", SAID)
def test_a_lab_is_no_link_where_labs_are_off(alice, settings, name):
    settings.LABS = False
    proof = PROOFS[name]
    assert bool(proof.url) is not proof.lab
    if proof.url:
        assert alice.get(proof.url, follow=True).status_code == 200


def test_what_is_installed_is_what_the_project_installs():
    from pathlib import Path

    from authdemo.overview.comparison import ROWS

    installed = Path("requirements.txt").read_text()
    row = next(row for row in ROWS if row.question == "What do you install?")
    words = {mechanism: fact.words for mechanism, fact in row.cells}
    for mechanism, package in (
        (SESSIONS, "django-allauth"),
        (JWT, "djangorestframework-simplejwt"),
        (OAUTH, "django-allauth"),
        (OAUTH, "Authlib"),
    ):
        assert package in words[mechanism]
        assert re.search(rf"^{package}[\[=]", installed, re.M)
