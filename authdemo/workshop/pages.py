"""What the pages of the tour show: how each step stands, and what was really seen of it."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django.http import Http404, HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime
from requests import Timeout

from authdemo.overview.forms import CaseForm
from authdemo.wire import browser
from oauth_app.client.transport import trouble_at
from sessions_app import record

from .evidence import Evidence
from .models import TourRun
from .steps import STEPS, State, state_of


class Tour:
    """One browser's tour as it stands now."""

    def __init__(self, request: HttpRequest, run: TourRun) -> None:
        self.request = request
        self.run = run
        self.evidence = Evidence(run.browser, run.started_at)
        self.number = 0

    def at(self, number: int) -> Tour:
        """Stand at this step. Raises Http404 where there is none."""
        if not 1 <= number <= len(STEPS):
            raise Http404
        self.number = number
        return self

    @cached_property
    def states(self) -> list[State]:
        """All steps as they stand."""
        return [state_of(step, self.evidence, self.run) for step in STEPS]

    @property
    def current(self) -> State:
        """The step that this page is about."""
        return self.states[self.number - 1]

    @property
    def next_number(self) -> int:
        """The step after this one; 0 after the last."""
        return self.number + 1 if self.number < len(STEPS) else 0

    @property
    def missing(self) -> list[State]:
        """Steps that this one needs and that are not done."""
        return [self.states[number - 1] for number in self.current.step.needs if not self.states[number - 1].done]

    @property
    def done_count(self) -> int:
        """How many steps are done."""
        return sum(state.done for state in self.states)

    @property
    def all_done(self) -> bool:
        """Whether all are."""
        return self.done_count == len(STEPS)

    @property
    def resume_at(self) -> int:
        """The first step that is not done; 0 where all are."""
        return next((state.step.number for state in self.states if not state.done), 0)

    @property
    def wire_hidden(self) -> bool:
        """Whether nothing is being recorded, so that this step cannot know whether it was done."""
        return self.current.step.on_the_wire and not browser.is_open(self.request)

    @property
    def minutes(self) -> int | None:
        """How long it took, from the start to the last step; None where it is not over, or was left for hours."""
        if not self.all_done:
            return None
        ended = max(datetime.fromisoformat(moment) for moment in self.run.done.values())
        return max(1, round((ended - self.run.started_at).total_seconds() / 60))


def shown_on(request: HttpRequest, run: TourRun, tour: Tour) -> dict[str, Any]:
    """Return what a page shows besides: its step's own facts, on the last page those of all steps."""
    facts = {
        0: (replay_facts, case_facts),
        1: (session_facts,),
        2: (token_facts,),
        3: (replay_facts,),
        4: (provider_facts,),
    }
    context: dict[str, Any] = {}
    for find in facts.get(tour.number, ()):
        context |= find(request, run, tour.evidence)
    return context


def session_facts(request: HttpRequest, run: TourRun, evidence: Evidence) -> dict[str, Any]:
    """Step 1: the record behind the cookie, and the last request that was recognised by it."""
    if not request.user.is_authenticated:
        return {}
    return {"record": record.describe(request.session), "seen": evidence.known_by_session}


def token_facts(request: HttpRequest, run: TourRun, evidence: Evidence) -> dict[str, Any]:
    """Step 2: the call that was answered without a look-up."""
    return {"seen": evidence.known_by_token}


def replay_facts(request: HttpRequest, run: TourRun, evidence: Evidence) -> dict[str, Any]:
    """Step 3: what was predicted and what happened."""
    result = run.replay or {}
    happened = dict(TourRun.Prediction.choices).get(run.happened, "")
    return {
        "result": result,
        "happened": happened,
        "right": bool(run.happened) and run.happened == run.prediction,
        "expires_at": parse_datetime(result.get("expires_at", "")) if result else None,
    }


def provider_facts(request: HttpRequest, run: TourRun, evidence: Evidence) -> dict[str, Any]:
    """Step 4: the legs of both sign-ins, and whether there is anybody to ask."""
    providers = {provider.sub_id: provider for provider in get_adapter().list_providers(request)}
    urls = {url for one in providers.values() if (url := one.app.settings.get("health_url"))}
    by_github, by_google = evidence.journey("github"), evidence.journey("google")
    # Not asked once it is done: a stand-in that hangs would hold the page.
    done = by_github.token_answer and by_google.token_answer
    troubles = [] if done else [trouble for url in urls if (trouble := trouble_at(url))]
    return {
        "github": providers.get("github"),
        "google": providers.get("google"),
        "down": bool(troubles),
        "slow": any(isinstance(trouble, Timeout) for trouble in troubles),
        "by_github": by_github,
        "by_google": by_google,
        "journeys": [("GitHub", by_github), ("Google", by_google)],
    }


def case_facts(request: HttpRequest, run: TourRun, evidence: Evidence) -> dict[str, Any]:
    """Step 5: the answer, where there is one."""
    return {"answer": CaseForm(QueryDict(run.case)).answer}  # None where the questions have changed since then
