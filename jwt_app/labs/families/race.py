"""Many exchanges of one refresh token in the same moment, at both instances, for real."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo.device.actions import PEOPLE, instances
from authdemo.device.answers import body_of
from authdemo.device.client import Client
from authdemo.device.store import Device
from authdemo.experiments import NotTried, may_sign_in
from jwt_app.models import RefreshFamily
from jwt_app.tokens import FAMILY, RefreshToken

ACCOUNT = PEOPLE[0]
MOST = 24  # copies
PATIENCE = 10  # seconds for all tabs to be ready


class Tab(Client):
    """One that sends a copy. What it sends is noted afterwards: the wire belongs to the learner's thread."""

    def __init__(self, learner: HttpRequest) -> None:
        super().__init__(Device(), learner)
        self.noted: list[tuple[Any, ...]] = []

    def _note(self, *facts: Any) -> None:
        self.noted.append(facts)

    def tell(self) -> None:
        """Show the calls in the learner's wire."""
        for facts in self.noted:
            super()._note(*facts)
        self.noted.clear()


def run(learner: HttpRequest, grace: int, times: int) -> dict[str, Any]:
    """Sign in, give this one family its grace, send the copies, try what the winner got. Nothing of it is left.

    Raises NotTried.
    """
    may_sign_in(ACCOUNT)
    first = Tab(learner)
    pair = body_of(
        first.post_json("A", reverse("jwt:login"), {"username": ACCOUNT, "password": settings.DEMO_PASSWORD})
    )
    if "refresh" not in pair:
        first.tell()
        raise NotTried(f"{ACCOUNT} could not sign in.")
    family = RefreshToken(pair["refresh"])[FAMILY]
    RefreshFamily.objects.filter(pk=family).update(grace_seconds=grace)
    try:
        answers = _all_at_once(learner, pair["refresh"], times)
        won = [answer for answer in answers if answer["status"] == 200]
        tokens = [answer.pop("refresh") for answer in won]
        after = _after(learner, tokens[0]) if tokens else {"status": 0, "code": ""}
        alive = RefreshFamily.objects.filter(pk=family, revoked_at=None).exists()
        return {"account": ACCOUNT, "grace": grace, "times": times, "answers": answers, "alive": alive, "after": after}
    finally:
        first.tell()
        OutstandingToken.objects.filter(membership__family=family).delete()
        RefreshFamily.objects.filter(pk=family).delete()


def _all_at_once(learner: HttpRequest, refresh: str, times: int) -> list[dict[str, Any]]:
    """Send every copy when the last tab is ready, to one instance after the other. The winner's has `refresh`."""
    names = instances()
    start = Barrier(times)
    tabs = [(Tab(learner), names[number % len(names)]) for number in range(times)]

    def send(tab: Tab, to: str) -> dict[str, Any]:
        start.wait(PATIENCE)
        return _answer(tab, to, refresh)

    with ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(send, *zip(*tabs, strict=True)))
    for tab, _ in tabs:
        tab.tell()
    return answers


def _after(learner: HttpRequest, refresh: str) -> dict[str, Any]:
    """Use what the winner got."""
    tab = Tab(learner)
    answer = _answer(tab, "A", refresh)
    tab.tell()
    return {"status": answer["status"], "code": answer["code"]}


def _answer(tab: Tab, to: str, refresh: str) -> dict[str, Any]:
    response = tab.post_json(to, reverse("jwt:refresh"), {"refresh": refresh})
    found = body_of(response)
    won = {"refresh": str(found["refresh"])} if "refresh" in found else {}
    return {
        "to": to,
        "status": response.status_code if response is not None else 0,
        "code": found.get("code", ""),
        **won,
    }
