"""What one browser expected of an attack on sessions, and what then happened."""

from __future__ import annotations

from django.db import models

from authdemo.trials.models import BaseTrial


class Trial(BaseTrial):
    """`result` is a `runs.Result`; for the attack from another site it has what `csrf.note` wrote, too."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["browser", "attempt"], name="one_trial_of_an_attempt")]
