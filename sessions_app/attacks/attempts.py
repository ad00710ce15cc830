"""The attacks as data: what each asks, what will be sent, what one may expect, and which line decides.

Which answer was right is not said here: `verdicts.py` finds it in what came back.
"""

from __future__ import annotations

from authdemo.sourcecode.registry import ENGINE
from authdemo.trials.attempts import Attacks, Attempt
from authdemo.trials.lines import Line

from . import csrf, guessing, runs, verdicts
from .cast import Cast
from .models import Trial

ROWS = "attacks/_rows.html"  # what came back, in a table

ATTEMPTS = (
    Attempt(
        slug="stolen-cookie",
        question="Somebody copied your cookie. You sign out. Does the copy still work?",
        short="Stolen cookie",
        lead="A cookie can be copied: by malware, from a log, from a backup. The copy works like the original. You "
        "sign out. What is the copy worth then, here and where sessions are kept in signed cookies?",
        plan=(
            "A victim, alice, signs in. A thief with a cookie jar of their own gets a copy of her cookie.",
            "The thief asks “Who am I?”.",
            "The victim signs out.",
            "The thief asks again, with the same copy.",
        ),
        choices=(
            ("neither", "In neither place. You signed out."),
            ("site", "It works on this site, and not where the session is a signed cookie."),
            ("signed_cookie", "It works where the session is a signed cookie, and not on this site."),
            ("both", "It works in both places."),
        ),
        columns=("Before the sign-out", "After the sign-out"),
        shows=ROWS,
        run=runs.stolen_cookie,
        happened=verdicts.where_one_gets_in,
        decided=lambda result: (
            Line(
                "django.contrib.auth.logout",
                "request.session.flush()",
                "Signing out deletes the record. The copy's ID leads to nothing.",
            ),
            Line(
                "django.contrib.sessions.backends.signed_cookies.SessionStore.delete",
                "self._session_key =",
                "The same call, where there is no record: it empties one browser's cookie. A copy elsewhere is whole.",
            ),
        ),
    ),
    Attempt(
        slug="fixation",
        question="An attacker gives you a session ID, and you sign in with it. Are they in, too?",
        short="Fixation",
        lead="The attacker need not steal your ID if you can be made to use theirs. They get a session, plant its ID "
        "in your browser, and wait until you sign in. It is tried twice: on this site, and by a sign-in that is "
        "wrong on purpose.",
        plan=(
            "The attacker opens an anonymous session and notes its ID.",
            "The ID is planted in the cookie jar of a victim, alice, and she signs in.",
            "The attacker asks “Who am I?” with the ID that they planted.",
            "All of it again, with a sign-in that is wrong on purpose: it keeps the ID.",
        ),
        choices=(
            ("neither", "They get in neither time."),
            ("site", "They get in on this site, and not by the sign-in that is wrong on purpose."),
            ("naive", "They get in by the sign-in that is wrong on purpose, and not on this site."),
            ("both", "They get in both times."),
        ),
        columns=("The attacker, with the planted ID",),
        shows=ROWS,
        run=runs.fixation,
        happened=verdicts.where_one_gets_in,
        decided=lambda result: (
            Line(
                "django.contrib.auth.login",
                "request.session.cycle_key()",
                "Signing in moves the record to a new ID and deletes the old one. The planted ID leads to nothing.",
            ),
            Line(
                "sessions_app.attacks.naive.naive_login",
                "session[USER] = username",
                "The same without that line. The session of the attacker has become the victim's.",
            ),
        ),
    ),
    Attempt(
        slug="csrf",
        question="A hostile page sends a form in your name. Does this site take it?",
        short="Forged form",
        lead="Your browser adds the session's cookie to what it sends here, whichever page made it send. So another "
        "page could change something of yours. Here it is a colour. The hostile page has two names: one is another "
        "site to your browser, the other is the same site, although its port is not ours.",
        plan=(
            "You open the hostile page, by the one name and by the other. It posts a form here, by itself.",
            "Come back here: this page knows what arrived.",
        ),
        choices=(
            ("neither", "Neither. Your colour stays."),
            ("cross", "Only the one on another site."),
            ("same", "Only the one on the same site."),
            ("both", "Both change your colour."),
        ),
        button="Send it without an Origin",
        shows="attacks/_csrf.html",
        form="",
        sent_by="the client without an Origin. What your own browser sent stands in the wire.",
        context=csrf.shown,
        run=csrf.without_origin,
        happened=verdicts.forged_form,
        decided=verdicts.what_stopped_the_form,
    ),
    Attempt(
        slug="tampered-cookie",
        question="You change one character of a signed cookie. What does the server make of it?",
        short="Tampered cookie",
        lead="What is in a signed cookie can be read by whoever has it, and edited. Say, one character.",
        plan=(
            "A client gets a signed cookie and sends it back as it is.",
            "It changes one character of the content, leaves the signature, and sends it again.",
        ),
        choices=(
            ("refused", "It does not count at all: the sender is a stranger."),
            ("read", "The rest of it still counts."),
            ("part", "It depends on the kind of cookie."),
        ),
        columns=("As it was", "One character changed"),
        shows=ROWS,
        run=runs.tampered_cookie,
        happened=verdicts.tampered_cookie,
        decided=lambda result: (
            Line(
                "django.core.signing.Signer.unsign",
                "constant_time_compare",
                "The signature is made again from what came, with a key that only the server has. They differ.",
            ),
            Line(
                "authdemo.wire.browser._unsign",
                "BadSignature",
                "Whoever reads a signed cookie must be ready for this. To us it is then as if there were none.",
            ),
        ),
        more=True,
    ),
    Attempt(
        slug="guess-an-id",
        question="How long does it take to guess somebody's session ID?",
        short="Guessing an ID",
        lead="Whoever sends the right ID is signed in. So why not try all? Assume a site with a million sessions, and "
        "an attacker a million times as fast as this server can answer.",
        plan=(
            f"A client sends {guessing.GUESSES} random IDs, as long as Django's, one after the other.",
            "The page counts how many were right, and how long it took.",
            "From that, and from the number of all possible IDs, follows the rest.",
        ),
        choices=(
            ("days", "Some days."),
            ("life", "A human life."),
            ("history", "Longer than there have been people."),
            ("universe", "Longer than the universe is old."),
        ),
        shows="attacks/_guess.html",
        verdict="What follows from the count:",
        sent_by="clients with a cookie jar each. It stands in the wire, too. Only the first and the last of "
        f"{guessing.GUESSES} are kept: the others look the same.",
        run=guessing.guess,
        happened=verdicts.guessed_id,
        decided=lambda result: (
            Line(
                "django.contrib.sessions.backends.base.SessionBase._get_new_session_key",
                "get_random_string(32, VALID_KEY_CHARS)",
                "This many letters, each drawn by the system's generator for secrets.",
            ),
            Line(
                f"{ENGINE}SessionStore.load",
                "def load",
                "A wrong ID finds no record. That is all there is to it.",
            ),
        ),
        more=True,
    ),
)
BY_SLUG = {attempt.slug: attempt for attempt in ATTEMPTS}
ATTACKS = Attacks(
    namespace="attacks",
    hue="sessions",
    base="sessions_app/base.html",
    index_page="attacks/index.html",
    attempts=ATTEMPTS,
    trials=Trial,
    cast=Cast,
)
