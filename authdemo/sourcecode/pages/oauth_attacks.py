"""The pages of the attacks on sign-in with a provider."""

from __future__ import annotations

from ..parts import Part

RUNS, AGAIN, TOKENS, FORMS = (f"oauth_app.attacks.{name}runs" for name in ("", "again_", "token_", "form_"))
NAIVE = Part("How the naive app signs in", ("oauth_app.attacks.naive.callback", "oauth_app.attacks.naive_apps.begin"))
PEOPLE = Part("How each goes through the pages of the provider", ("oauth_app.attacks.people.Person.consents",))


def sent(run: str, module: str = RUNS) -> tuple[Part, ...]:
    """Return the list for an attack on the way of a code."""
    return (Part("When you press “Send it”", (f"{module}.{run}",)), PEOPLE, NAIVE)


def by_form(run: str) -> tuple[Part, ...]:
    """Return the list for an attack by a link, a frame or a form."""
    return (Part("When you press “Send it”", (f"{FORMS}.{run}",)), PEOPLE)


BY_ID_TOKEN = (
    Part("When you press “Send it”", (f"{TOKENS}._to_the_site", f"{TOKENS}._to_the_naive_app")),
    Part("All checks of the site", ("oauth_app.client.id_token.check", "oauth_app.client.endpoints.IDTokenAdapter")),
    Part("How allauth as it comes is asked", ("oauth_app.attacks.stock.verdict",)),
    Part("How the naive app reads the ID token", ("oauth_app.attacks.naive_users.by_id_token",)),
)
ID_TOKENS = ("wrong-audience", "wrong-nonce", "wrong-key", "alg-none", "changed-sub", "wrong-issuer", "expired")

PAGES: dict[str, tuple[Part, ...]] = {
    "oauth_attacks:index": (
        Part("What all attacks have in common", ("authdemo.trials.views.show", "authdemo.trials.attempts.Attempt")),
    ),
    "oauth_attacks:attempt login-csrf": sent("login_csrf"),
    "oauth_attacks:attempt stolen-code": sent("stolen_code"),
    "oauth_attacks:attempt token-substitution": (
        Part("When you press “Send it”", (f"{RUNS}.token_substitution", "oauth_app.attacks.quiz.quiz_tokens")),
        PEOPLE,
        Part("How the naive app takes a token", ("oauth_app.attacks.naive._by_token",)),
    ),
    "oauth_attacks:attempt unverified-email": sent("unverified_email"),
    "oauth_attacks:attempt code-twice": sent("code_twice", AGAIN),
    "oauth_attacks:attempt state-twice": sent("state_twice", AGAIN),
    "oauth_attacks:attempt mix-up": sent("mix_up", AGAIN),
    "oauth_attacks:attempt login-parameters": by_form("login_parameters"),
    "oauth_attacks:attempt framed": by_form("framed"),
    "oauth_attacks:attempt connect-csrf": by_form("connect_csrf"),
    **{f"oauth_attacks:attempt {slug}": BY_ID_TOKEN for slug in ID_TOKENS},
}
