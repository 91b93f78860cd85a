"""The progress bar of an apply, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from tqdm import tqdm

from importer.apply.run import SENT
from importer.cli.session import Session
from importer.outcome import Outcome, Status
from importer.plan.build import calls_of
from importer.plan.value import Plan


class Progress:
    """How far a run is, and the time left as the window allows it. Silent when quiet or without a terminal."""

    def __init__(self, plan: Plan, session: Session, *, quiet: bool) -> None:
        self._session = session
        self._steps = {step.id: step for step in plan.steps if step.action in SENT}
        self._open = dict(self._steps)
        self._failed = 0
        self._bar = tqdm(
            total=len(self._steps),
            unit="doc",
            file=sys.stderr,
            disable=True if quiet else None,
            bar_format="{desc} {n_fmt}/{total_fmt} |{bar}| {elapsed}{postfix}",
            desc="Applying",
        )
        session.client.on_wait = self._waiting

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.client.on_wait = None
        self._bar.close()

    def advance(self, outcomes: Sequence[Outcome], left: int) -> None:
        """Take in what became of some steps."""
        for outcome in outcomes:
            if self._open.pop(outcome.id, None) is not None:
                self._bar.update(1)
            self._failed += outcome.status is Status.FAILED
        self._bar.set_postfix_str(self._left(), refresh=False)

    def _left(self) -> str:
        seconds = self.seconds_left()
        failed = f", {self._failed} failed" if self._failed else ""
        return f"about {seconds // 60}:{seconds % 60:02d} left{failed}"

    def seconds_left(self) -> int:
        """How long the remaining calls take at the tier's rate: what the window has left goes out at once."""
        calls = calls_of(self._open.values()).total()
        beyond = max(0, calls - (self._session.client.left() or 0))
        return -(-beyond * 60 // self._session.per_minute)

    def _waiting(self, seconds: float) -> None:
        self._bar.set_postfix_str(f"waiting {seconds:.0f} s for the rate limit, {self._left()}")

    def say(self, text: str) -> None:
        """A line that does not break the bar."""
        self._bar.write(text, file=sys.stderr)
