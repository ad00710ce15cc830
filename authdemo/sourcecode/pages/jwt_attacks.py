"""The pages of the attacks on tokens."""

from __future__ import annotations

from ..parts import Part

# The pages of the attacks on tokens that differ in the forged token only: the lines that decided stand in each page.
FORGED = (
    Part("To know that the token is a real one", ("jwt_app.attacks.cast.Cast.real",)),
    Part("To forge and to send", ("jwt_app.attacks.means.signed_by", "jwt_app.attacks.runs.case")),
    Part("How the naive service answers", ("jwt_app.attacks.services.whoami",)),
    Part("How this page shows what was sent", ("jwt_app.attacks.reading.described",)),
)
FORGED_BY_ONE_RUN = (
    "readable-payload", "alg-none", "wrong-token-type", "stripped-signature", "changed-payload",
    "none-spelled-otherwise", "jwk-in-header", "x5u-in-header", "kid-as-path", "kid-as-sql", "expired", "not-yet",
    "wrong-audience", "wrong-issuer", "id-token", "duplicate-claims", "huge", "deeply-nested", "unknown-crit",
    "b64-false",
)  # fmt: skip

PAGES: dict[str, tuple[Part, ...]] = {
    "jwt_attacks:index": (
        Part("What all attacks have in common", ("authdemo.trials.views.show", "authdemo.trials.attempts.Attempt")),
    ),
    **{f"jwt_attacks:attempt {slug}": FORGED for slug in FORGED_BY_ONE_RUN},
    "jwt_attacks:attempt weak-secret": (
        Part("When you press “Get one token, and guess”", ("jwt_app.attacks.cracking.start",)),
        Part("While it is guessing", ("jwt_app.attacks.guesses.go_on", "jwt_app.attacks.guesses.guess")),
        Part("When it is found", ("jwt_app.attacks.cracking.go_on", "jwt_app.attacks.forging.by_guessed_secret")),
        Part("For a random secret", ("jwt_app.attacks.guesses.years_for_a_random_one",)),
    ),
    "jwt_attacks:attempt key-confusion": (
        Part("To forge", ("jwt_app.attacks.forging.confusion", "jwt_app.attacks.forging.by_hmac")),
        Part("To send", ("jwt_app.attacks.runs.case",)),
    ),
    "jwt_attacks:attempt jku-in-header": (
        Part("To forge", ("jwt_app.attacks.forging.address", "demo.outside.hostile.signing.sign")),
        Part("Where the naive verifier goes", ("jwt_app.attacks.naive_keys.fetched",)),
    ),
}
