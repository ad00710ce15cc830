"""All cases that the questions allow: each has an answer, and no answer is one that we would be ashamed of."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest

from authdemo.mechanisms import JWT, OAUTH, SESSIONS
from authdemo.overview import parts
from authdemo.overview.cases import CALLERS, ENDS, PASSWORDS, Case
from authdemo.overview.decision import Answer, answer_to

SOMEBODY = chain.from_iterable(combinations(CALLERS, count) for count in range(1, len(CALLERS) + 1))
CASES = [Case(frozenset(callers), *rest) for callers, *rest in product(SOMEBODY, PASSWORDS, ENDS)]
BROWSERS = {"pages", "spa"}


def titles(answer: Answer) -> set[str]:
    return {part.title for part in answer.parts}


def test_all_combinations_are_tried():
    assert len(CASES) == (2 ** len(CALLERS) - 1) * len(PASSWORDS) * len(ENDS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.query)
def test_a_sensible_answer(settings, case: Case):
    settings.LABS = True
    answer = answer_to(case)
    assert answer.title
    assert answer.start_with
    assert len(titles(answer)) == len(answer.parts)
    for part in answer.parts:
        assert len(part.reasons) >= 2
        assert all(reason.words and reason.proof.url for reason in part.reasons)
        assert part.switch_when
    # Browsers on one's own site have a session, and nobody else's data come by one.
    if case.callers & BROWSERS:
        assert SESSIONS in answer.mechanisms
    # Other people's apps get OAuth2, and a user who is signed in here to allow them.
    if case.has("apps"):
        assert parts.APPS in answer.parts
        assert SESSIONS in answer.mechanisms
    else:
        assert parts.APPS not in answer.parts
    # A provider checks the password: then OpenID Connect is in it; else it is not.
    sign_ins = {"provider": {parts.PROVIDER_SIGN_IN}, "both": {parts.BOTH_SIGN_INS}, "own": set()}
    assert {parts.PROVIDER_SIGN_IN, parts.BOTH_SIGN_INS} & set(answer.parts) == sign_ins[case.passwords]
    # JWT only for who needs one: programs of one's own.
    assert JWT not in answer.mechanisms or case.has("phone", "services")
    # Who wants an end at once gets no token that nobody looks up, and is told where that cannot be had.
    if case.end == "now":
        assert not {parts.PHONE, parts.SERVICES} & set(answer.parts)
    assert bool(answer.conflict) is (case.end == "now" and case.has("services"))
    # Not two kinds of token for one app.
    assert len({parts.PHONE, parts.PHONE_AT_ONCE, parts.PHONE_BY_BROWSER} & set(answer.parts)) == case.has("phone")
    # Figures beside it, whatever it says: nobody has to believe which one is dear.
    assert {"sessions.db", "jwt.RS256"} <= set(answer.costs)
    assert answer.first not in answer.later
    assert {*answer.later, answer.first} <= set(answer.parts)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("callers", [{"pages"}, {"spa"}, {"pages", "spa"}])
def test_a_site_of_ones_own_needs_sessions_alone(callers, end):
    assert answer_to(Case(frozenset(callers), "own", end)).mechanisms == (SESSIONS,)


def test_services_that_ask_nobody_verify_a_jwt():
    answer = answer_to(Case(frozenset({"pages", "services"})))
    assert answer.mechanisms == (SESSIONS, JWT)
    assert answer.first.mechanism is SESSIONS
    assert answer.later == (parts.SERVICES,)


def test_all_callers_at_once_get_all_three():
    answer = answer_to(Case(frozenset(CALLERS)))
    assert answer.mechanisms == (SESSIONS, JWT, OAUTH)
    assert answer.title.startswith("A session for people, ")


def test_an_app_of_ones_own_alone_needs_tokens_and_nothing_else():
    assert answer_to(Case(frozenset({"phone"}))).parts == (parts.PHONE,)
    assert answer_to(Case(frozenset({"phone"}), end="now")).parts == (parts.PHONE_AT_ONCE,)


def test_a_site_without_passwords_starts_with_the_provider():
    answer = answer_to(Case(frozenset({"pages"}), "provider"))
    assert answer.first is parts.PROVIDER_SIGN_IN
    assert answer.later == ()  # the session comes with it


def test_nobody_calls():
    with pytest.raises(ValueError, match="Nobody calls"):
        answer_to(Case(frozenset()))


def test_no_text_says_that_one_of_them_scales():
    told = " ".join(
        " ".join((part.title, part.start, part.switch_when, *(reason.words for reason in part.reasons)))
        for case in CASES
        for part in answer_to(case).parts
    )
    assert "scal" not in told.lower()
