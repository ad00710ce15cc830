"""The run of a browser. A row, and no value of a cache: what it has opened must be ended, whatever is forgotten."""

from __future__ import annotations

from django.db import models


class KeptRun(models.Model):
    """`run` is what was seen. `held` is sealed: the credentials of demo accounts that the next step needs."""

    browser = models.CharField(max_length=64, primary_key=True, editable=False)
    run = models.JSONField()
    held = models.TextField(editable=False)
    ends_at = models.DateTimeField(db_index=True, help_text="Then all that it has opened is ended.")

    def __str__(self) -> str:
        return f"until {self.ends_at:%Y-%m-%d %H:%M}"
