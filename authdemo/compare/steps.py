"""The scenario: eleven steps, each played in all three columns before the next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step. `slug` is also the name of the method of a column (with "_"). `actor` is who does it.

    `question` is asked before it is played, where an answer can be wrong: in which columns does the call work?
    """

    slug: str
    title: str
    actor: str
    question: str = ""

    @property
    def method(self) -> str:
        """The name of the method of a column."""
        return self.slug.replace("-", "_")

    @property
    def is_the_thiefs_call(self) -> bool:
        """Whether the thief tries the copy in it: those steps make the clock."""
        return self.actor == THIEF and self.slug != "copy"


USER, THIEF, ADMIN = "the user", "a thief", "an administrator"

STEPS = (
    Step("sign-in", "Sign in", USER),
    Step("call", "Call instance A", USER),
    Step("instance-b", "Call instance B", USER, "Does the other instance know who is calling?"),
    Step("independent", "Call another service", USER, "Can a service without our database tell who is calling?"),
    Step("copy", "A thief copies the credential", THIEF),
    Step("stolen", "The thief calls", THIEF, "Does the copy work?"),
    Step("sign-out", "The user signs out", USER),
    Step("after-sign-out", "The thief calls again", THIEF, "Does the copy still work after the sign-out?"),
    Step("revoke", "An administrator revokes", ADMIN),
    Step("after-revoke", "The thief calls again", THIEF, "Does the copy still work after that?"),
    Step("expiry", "The lifetime is over", THIEF, "Does the copy still work when its time is up?"),
)
BY_SLUG = {step.slug: step for step in STEPS}
