"""The attacks on tokens as data. Which answer was right is not said here: `verdicts.py` finds it in what came back."""

from __future__ import annotations

from authdemo.trials.attempts import Attacks
from authdemo.trials.lines import Line

from . import cracking, more_claims, more_keys, runs, verdicts
from .cast import Cast
from .making import NOT_ALLOWED, OWN_KEYS, attack
from .models import Trial

FIRST = (
    attack(
        "readable-payload",
        question="Somebody has your token, and no key. What can they read?",
        short="Readable payload",
        lead="A token is signed, so nobody can change it. A service of this demo, wrong on purpose, puts in all that "
        "it knows of its users: an e-mail address, a PIN.",
        plan="The naive service issues a token. A thief takes it apart, without any key.",
        choices=(
            ("nothing", "Nothing. Without the key it is gibberish."),
            ("name", "The user name. What is secret is encrypted."),
            ("all", "All of it, the PIN too."),
        ),
        run=runs.readable,
        happened=verdicts.what_was_read,
        wrong='"pin":',
        why="whatever stands in a payload is told to everybody who sees the token.",
        wrong_in="jwt_app.attacks.forging.chatty",
        real=(
            Line(
                "jwt_app.tokens.RefreshToken._issue",
                'token["username"]',
                "What this site puts in: a name and a role. Neither opens anything for who reads it.",
            ),
            OWN_KEYS,
        ),
    ),
    attack(
        "alg-none",
        question="A token says of itself that nobody signed it. Who believes that?",
        short="alg: none",
        lead="The header of a token names the algorithm of its signature. One of the registered ones is “none”. So an "
        "attacker takes a token, makes a teacher of its user, writes “none” and leaves the signature out.",
        plan="The claims username and role are changed, alg becomes none, and the signature is left out.",
        wrong="WRONG",
        why="the token itself says whether it must be verified.",
        real=(NOT_ALLOWED,),
    ),
    attack(
        "weak-secret",
        question="The secret is a word with a number. How long does it take to find it?",
        short="Weak secret",
        lead="With HS256 one secret signs and verifies. Whoever has one token can try secrets at home until the "
        "signature fits. Nobody is asked for that, so nobody can count the tries.",
        plan="The naive service issues one token, signed with a word that somebody thought of. The words of a list, "
        "each as people change words, are tried on it. With the secret, a token for a teacher is signed.",
        choices=(
            ("seconds", "Less than a minute."),
            ("day", "Some hours."),
            ("years", "Years."),
            ("never", "It is not found."),
        ),
        button="Get one token, and guess",
        run=cracking.start,
        happened=verdicts.how_long,
        shows="jwt_attacks/_weak.html",
        wrong="WRONG",
        why="no limit on tries helps, since nobody is asked. Only a random secret does.",
        real=(
            Line(
                "jwt_app.keys.new_key",
                "secrets.token_urlsafe(64)",
                "How this site makes a secret, where it uses HS256: nobody thinks it up.",
            ),
            OWN_KEYS,
        ),
    ),
    attack(
        "key-confusion",
        question="The public key is public. Can one sign with it?",
        short="RS256 → HS256",
        lead="Everybody can fetch the key that verifies this site's tokens. An attacker takes it for the secret of "
        "HS256, signs with it, and writes into the header that this is HS256.",
        plan="The public key is fetched. The claims username and role are changed, alg becomes HS256, and the "
        "signature is made with the public key as if it were a secret.",
        wrong="WRONG",
        why="it verifies as the token says. With HS256 the key that it has at hand becomes a secret that all know.",
        real=(NOT_ALLOWED,),
    ),
    attack(
        "wrong-token-type",
        question="A refresh token is signed by the same key. Does it open the API?",
        short="Wrong token type",
        lead="Both tokens are signed alike. An access token lives for minutes, a refresh token for days. If the one "
        "were taken for the other, nobody would need the one that ends soon.",
        plan="The lab signs in for a pair of its own: nobody's refresh token is asked for. The refresh token is sent "
        "as an access token, and the access token as a refresh token.",
        run=runs.wrong_type,
        wrong="WRONG",
        why="the signature is good, and that is all it asks.",
        real=(
            Line(
                "jwt_app.tokens.SignedToken.verify_token_type",
                "!= self.token_type",
                "The claim token_type says what a token is for (RFC 8725 §3.11).",
            ),
            Line("demo.orders.verify.verified", '"token_type"', "The orders service asks, too."),
        ),
    ),
)
ATTEMPTS = (*FIRST, *more_keys.ATTEMPTS, *more_claims.ATTEMPTS)
ATTACKS = Attacks(
    namespace="jwt_attacks",
    hue="jwt",
    base="jwt_app/base.html",
    index_page="jwt_attacks/index.html",
    attempts=ATTEMPTS,
    trials=Trial,
    cast=Cast,
    head="jwt_attacks/_head.html",
)
