"""What a kind is: how many there are of it, which, and how they end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib.auth import get_permission_codename
from django.db.models import Model
from django.urls import reverse

BY_NAME = "q"  # the search field of a list, where a row has a name and no key
MOST = 10  # rows of each kind, the newest; the admin's list has them all


@dataclass(frozen=True)
class Row:
    """One of them, in words."""

    what: str
    since: datetime | None = None
    until: datetime | None = None
    key: Any = None  # of the row that the admin has a page of


@dataclass(frozen=True)
class Found:
    """What a user has of one kind."""

    number: int = 0
    rows: Sequence[Row] = field(default_factory=tuple)
    until: datetime | None = None  # when the last of them ends by itself
    note: str = ""  # what the list cannot tell


class Kind(ABC):
    """One kind. `model`: whose pages in the admin show it, to whom that lets see them; `lookup`: how its list is asked
    for one user's. `ends`: what "End everything" does to it; "" where it does nothing, or where it is `chosen`: asked
    for with it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    model: ClassVar[type[Model]]
    lookup: ClassVar[str] = "user__id__exact"
    ends: ClassVar[str] = ""
    chosen: ClassVar[bool] = False

    @property
    def permission(self) -> str:
        """Return which permission shows it."""
        meta = self.model._meta
        return f"{meta.app_label}.{get_permission_codename('view', meta)}"

    def url(self, user: Any, key: Any = None) -> str:
        """Return the admin's page of one of them, or its list of this user's."""
        meta = self.model._meta
        name = f"admin:{meta.app_label}_{meta.model_name}"
        if key is not None:
            return reverse(f"{name}_change", args=[key])
        value = user.get_username() if self.lookup == BY_NAME else user.pk
        return f"{reverse(f'{name}_changelist')}?{urlencode({self.lookup: value})}"

    @abstractmethod
    def of(self, user: Any) -> Found:
        """Return what there is of it now."""

    def end(self, user: Any) -> int:
        """End them, by the function that the app's own pages use. Returns how many there were."""
        return 0

    def afterwards(self, user: Any) -> Callable[[], list[str]]:
        """Return what is to be done once the end is certain. That returns what has to be known of it.

        It is asked for before `end`, in the same transaction.
        """
        return list

    def remains(self) -> str:
        """Return what "End everything" cannot end, and until when; "" where nothing is left."""
        return ""
