"""The run of one browser, between two steps; and the end of what it has opened, also where nobody goes on with it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from django.utils import timezone

from authdemo import experiments
from authdemo.experiments import NotTried
from authdemo.sealed import seal, unseal

from . import play
from .clients import somebody
from .models import KeptRun
from .play import Scenario
from .story import Run

AGE = timedelta(hours=1)  # since the last step
LONGEST = 3 * 60  # seconds; more than all calls of one press can take
PURPOSE = "authdemo.compare.held"
AT_ONCE = 3  # runs of others that are ended while somebody waits for a page


def of(browser: str) -> Scenario | None:
    """Return the run of this browser, None where it has none (any more)."""
    row = KeptRun.objects.filter(pk=browser, ends_at__gt=timezone.now()).first() if browser else None
    return _read(row) if row else None


def keep(browser: str, scenario: Scenario) -> None:
    """Keep it. A run that has only begun takes the place of the one before, which is ended: see `forget`."""
    if not scenario.run.played:
        forget(browser)
    KeptRun.objects.update_or_create(pk=browser, defaults=_columns(browser, scenario))


def keep_on(browser: str, scenario: Scenario) -> None:
    """Keep how far it is by now. Raises NotTried where the browser has started over meanwhile: all is ended then."""
    if not KeptRun.objects.filter(pk=browser).update(**_columns(browser, scenario)):
        play.end(scenario, somebody())
        raise NotTried("This browser has started over meanwhile, and that ended the run.")


def _columns(browser: str, scenario: Scenario) -> dict[str, Any]:
    held = seal(PURPOSE, browser, scenario.held)
    return {"run": scenario.run.as_json(), "held": held, "ends_at": timezone.now() + AGE}


def forget(browser: str) -> None:
    """End all that this browser's run has opened, and delete it. Ends runs that nobody went on with, too, a few."""
    abandoned = KeptRun.objects.filter(ends_at__lte=timezone.now()).order_by("ends_at")[:AT_ONCE]
    for row in {*KeptRun.objects.filter(pk=browser), *abandoned}:
        scenario = _read(row)
        if scenario:
            play.end(scenario, somebody())
        row.delete()


def one_at_a_time(browser: str) -> AbstractContextManager[None]:
    """Hold this browser's place. Raises Busy where another tab of it plays something just now."""
    return experiments.held(f"compare.lock.{browser}", LONGEST)


def _read(row: KeptRun) -> Scenario | None:
    """Return what is kept, None where this code or this SECRET_KEY cannot read it."""
    try:
        return Scenario(Run.of_json(row.run), unseal(PURPOSE, row.pk, row.held))
    except (KeyError, TypeError, ValueError):
        return None
