"""The pages of the attacks on the access of other people's apps."""

from __future__ import annotations

from ..parts import Part

HERE = "oauth_app.attacks.third_parties"
SIDES = Part(
    "What is sent to both",
    (f"{HERE}.acts.query", f"{HERE}.acts.presses", f"{HERE}.acts.exchange", f"{HERE}.sides.check"),
)
STOCK = Part("How allauth as it comes stands beside the site", (f"{HERE}.naive_stock.in_a_run",))
MADE = Part("Users for the run, and how they go", (f"{HERE}.cast.Cast.user", f"{HERE}.cast.Cast.go"))


def sent(*runs: str) -> tuple[Part, ...]:
    """Return the list for one attack."""
    return (Part("When you press “Send it”", tuple(f"{HERE}.{run}" for run in runs)), SIDES, STOCK, MADE)


RUNS = {
    "redirect-uri": ("address_runs.redirect_uri", "address_runs.variants"),
    "code-theft": ("code_runs.code_theft", "code_runs._twice"),
    "pkce": ("code_runs.pkce",),
    "silent": ("consent_runs.silent",),
    "forged-consent": ("consent_runs.forged_consent",),
    "refreshing": ("token_runs.refreshing",),
    "giving-back": ("token_runs.giving_back",),
    "more-scope": ("consent_runs.more_scope",),
    "impersonation": ("door_runs.impersonation",),
    "other-answers": ("door_runs.other_answers",),
    "wrong-door": ("bearer_runs.wrong_door", "bearer_runs.forgeries"),
}
PAGES: dict[str, tuple[Part, ...]] = {
    "oauth_attacks:apps:index": (
        Part("What all attacks have in common", ("authdemo.trials.views.show", "authdemo.trials.attempts.Attempt")),
        STOCK,
    ),
    **{f"oauth_attacks:apps:attempt {slug}": sent(*runs) for slug, runs in RUNS.items()},
}
