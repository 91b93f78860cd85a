"""The clock of a run: how long it has been in each stage. Told with ``-v``, on stderr, when the command ends."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from importer.cli.options import complain
from importer.report.style import count
from importer.report.timing import IN_FLIGHT, JOURNAL, WAITING, Stage, timing_lines


class Caller(Protocol):
    """What the client of a session knows of its calls so far (importer/api/client.py)."""

    sent: Counter[str]  # by endpoint

    @property
    def waited(self) -> float:
        """Seconds of waiting for the window."""
        ...

    @property
    def flown(self) -> float:
        """Seconds in which at least one call was under way."""
        ...


class Journal(Protocol):
    """What a state that is open for writing knows of its changes so far."""

    written: int
    writing: float  # seconds


class Stages:
    """Seconds by stage. What is measured inside of another stage counts there alone."""

    def __init__(self) -> None:
        self.calls: Mapping[str, int] = Counter()
        self._seconds: dict[str, float] = {}
        self._about: dict[str, str] = {}
        self._written = 0
        self._inner = 0.0  # seconds of stages within the one that is measured

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Measure what is done inside as stage ``name``."""
        outer, self._inner = self._inner, 0.0
        began = time.perf_counter()
        try:
            yield
        finally:
            took = time.perf_counter() - began
            self.add(name, max(0.0, took - self._inner))
            self._inner = outer + took

    def add(self, name: str, seconds: float, about: str = "") -> None:
        self._seconds[name] = self._seconds.get(name, 0.0) + seconds
        if about:
            self._about[name] = about

    @contextmanager
    def of_calls(self, client: Caller, *, sandbox: bool) -> Iterator[None]:
        """Count the calls of ``client`` inside as stages of their own. On a sandbox nobody waits."""
        waited, flown = client.waited, client.flown
        try:
            yield
        finally:
            waited, flown = client.waited - waited, client.flown - flown
            self.calls = client.sent
            self.add(IN_FLIGHT, flown, count(client.sent.total(), "call"))
            if waited:
                self.add(WAITING, waited, "on the sandbox's clock: nobody waited" if sandbox else "")
            self._inner += flown + (0.0 if sandbox else waited)

    @contextmanager
    def of_writes(self, journal: Journal) -> Iterator[None]:
        """Count the changes of ``journal`` inside as a stage. They are made while calls are under way."""
        writing, before = journal.writing, journal.written
        try:
            yield
        finally:
            self._written += journal.written - before
            self.add(JOURNAL, journal.writing - writing, count(self._written, "write"))

    def tell(self) -> None:
        stages = [Stage(name, seconds, self._about.get(name, "")) for name, seconds in self._seconds.items()]
        complain(timing_lines(stages, self.calls))


@contextmanager
def told(stages: Stages, verbose: bool) -> Iterator[None]:
    """With ``verbose`` the stages are told at the end of what is done inside, however that ends."""
    try:
        yield
    finally:
        if verbose:
            stages.tell()
