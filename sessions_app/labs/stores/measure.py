"""The table: each store tried at this moment, one row at a time, and the look after a restart last.

And the two instances: one cookie, sent to both, before and after the end of its session.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest

from authdemo.experiments import NotTried

from .calls import Answer, Trip
from .places import found_in
from .restart import CouldNotTry, survivors
from .stores import BY_NAME, STORES, Store


@dataclass
class Row:
    """One store, as it was found. `problem` is why it could not be tried."""

    store: str
    problem: str = ""
    place: str = ""
    cookie_bytes: int = 0
    on_a: Answer = field(default_factory=Answer)
    on_b: Answer = field(default_factory=Answer)
    after_the_end: Answer = field(default_factory=Answer)

    @property
    def of(self) -> Store:
        """The store."""
        return BY_NAME[self.store]


@dataclass
class Run:
    """One press of the button. `survived` is None until it was tried; `restart_problem` is why it could not be."""

    rows: list[Row] = field(default_factory=list)
    survived: dict[str, bool] | None = None
    restart_problem: str = ""

    @property
    def next_store(self) -> Store | None:
        """The first store without a row."""
        done = {row.store for row in self.rows}
        return next((store for store in STORES if store.name not in done), None)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to try."""
        return self.next_store is None and self.survived is not None

    @property
    def steps(self) -> tuple[int, int]:
        """How many steps are done, of how many."""
        return len(self.rows) + (self.survived is not None), len(STORES) + 1

    def step(self, learner: HttpRequest) -> None:
        """Try the next thing."""
        store = self.next_store
        if store is not None:
            self.rows.append(try_store(store, learner))
        elif self.survived is None:
            try:
                self.survived = survivors()
            except CouldNotTry as why:
                self.survived, self.restart_problem = {}, str(why)


def try_store(store: Store, learner: HttpRequest) -> Row:
    """Sign in, look where the record is, ask both instances, sign out, and send the copy again."""
    row = Row(store.name, problem=store.missing)
    if row.problem:
        return row
    trip = Trip(store, learner)
    try:
        row.cookie_bytes = trip.sign_in()
        row.place = found_in(store, trip.copy)
        row.on_a = trip.ask("A")
        row.on_b = trip.ask("B")
        trip.sign_out()
        row.after_the_end = trip.ask("A")
    except NotTried as why:
        row.problem = str(why)
    finally:
        trip.close()
    return row


@dataclass
class Comparison:
    """One cookie of one store, at A and at B: while its session was open, and after A had ended it."""

    store: str
    problem: str = ""
    before: list[Answer] = field(default_factory=list)
    after: list[Answer] = field(default_factory=list)

    @property
    def of(self) -> Store:
        """The store."""
        return BY_NAME[self.store]

    @property
    def b_is_there(self) -> bool:
        """Whether instance B answered."""
        return bool(self.before) and self.before[1].status != 0


def compare(store: Store, learner: HttpRequest) -> Comparison:
    """Sign in at A, send the cookie to both, sign out at A, send it to both again."""
    result = Comparison(store.name, problem=store.missing)
    if result.problem:
        return result
    trip = Trip(store, learner)
    try:
        trip.sign_in()
        result.before = [trip.ask("A"), trip.ask("B")]
        trip.sign_out()
        result.after = [trip.ask("A"), trip.ask("B")]
    except NotTried as why:
        result.problem = str(why)
    finally:
        trip.close()
    return result
