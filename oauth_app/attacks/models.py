"""What one browser expected of an attack on a sign-in with a provider, and what then happened."""

from __future__ import annotations

from django.db import models

from authdemo.trials.models import BaseTrial


class Trial(BaseTrial):
    """`result` is what a run returned: no code and no token is in it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["browser", "attempt"], name="one_trial_of_an_attack_on_oauth")]
