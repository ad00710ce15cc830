"""Which answer was right, and which lines decided: told from what came back, and from nothing else.

Each verdict returns one of the attempt's choices, "" as long as nothing can be said.
"""

from __future__ import annotations

from authdemo.trials.lines import Line

from . import csrf, guessing
from .runs import IN, OUT, Result

SAMESITE = Line(
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_SAMESITE",
    "The browser reads this with the cookie: a form of another site does not get it. Without it there is nobody to "
    "act for, whatever else is checked.",
    setting=True,
)
CHECK = "django.middleware.csrf.CsrfViewMiddleware"
REASONS = {
    "Origin checking failed": Line(
        f"{CHECK}.process_view",
        "if not self._origin_verified(request):",
        "The browser wrote into the header Origin which page sent the form. It is not ours, so the token is not even "
        "looked at.",
    ),
    "CSRF token missing": Line(
        f"{CHECK}._check_token",
        "REASON_CSRF_TOKEN_MISSING",
        "No Origin to compare, so the token decides. The attacker cannot read it out of our pages, so the form has "
        "none.",
    ),
    "CSRF cookie not set": Line(
        f"{CHECK}._check_token",
        "REASON_NO_CSRF_COOKIE",
        "The cookie that the token is compared with did not come along.",
    ),
}
NAIVE_FORM = Line(
    "sessions_app.attacks.naive.colour",
    "@csrf_exempt",
    "One line too many: it turns off both checks, of the Origin and of the token.",
)


def where_one_gets_in(result: Result) -> str:
    """Judge the last request of each of two rows. Nothing can be said where one of the places is not there."""
    last = {row["slug"]: row["statuses"][-1] for row in result.get("rows", [])}
    if not last or 0 in last.values():
        return ""
    return _neither_one_or_both([slug for slug, status in last.items() if status == IN])


def tampered_cookie(result: Result) -> str:
    """Judge the changed cookies that were sent; one kind may not be there."""
    last = {row["statuses"][-1] for row in result.get("rows", [])} - {0}
    return {(): "", (OUT,): "refused", (IN,): "read"}.get(tuple(last), "part")


def guessed_id(result: Result) -> str:
    """Judge the years."""
    return guessing.scale(result["many_years"]) if "many_years" in result else ""


def forged_form(result: Result) -> str:
    """Judge the address that Django guards, once both hostile pages have posted to it."""
    sent = result.get("sent", {})
    posts = {name: sent.get(f"{name} {csrf.SHIPPED}") for name in (csrf.CROSS, csrf.SAME)}
    if None in posts.values():
        return ""
    return _neither_one_or_both([name for name, post in posts.items() if post["changed"]])


def what_stopped_the_form(result: Result) -> list[Line]:
    """Return the lines for what was really seen: which cookie came, and what Django said was wrong."""
    sent: dict[str, Result] = result.get("sent", {})
    reasons, found = {post["reason"] for post in sent.values()}, []
    if any(name.startswith(csrf.CROSS) and not post["cookie"] for name, post in sent.items()):
        found.append(SAMESITE)
    found += [line for reason, line in REASONS.items() if reason in reasons]
    if any(post["changed"] for post in sent.values()):
        found.append(NAIVE_FORM)
    return found


def _neither_one_or_both(names: list[str]) -> str:
    return "both" if len(names) == 2 else names[0] if names else "neither"
