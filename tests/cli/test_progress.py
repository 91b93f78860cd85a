from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from unittest import mock

import pytest

from cli.command import Terminal
from importer.cli.progress import Progress
from importer.cli.session import Session
from importer.model import Action, StepId
from importer.outcome import Outcome, Status
from importer.plan.value import Calls, Money, Plan, Step


@dataclass
class Window:
    """As much of a client as the bar looks at: how many calls the window has left."""

    free: int | None
    on_wait: Any = None

    def left(self) -> int | None:
        return self.free


@dataclass
class Line:
    """As much of a session as the bar looks at."""

    client: Window
    per_minute: int = 600
    screen: Terminal = field(default_factory=lambda: Terminal(io.BytesIO(), encoding="utf-8"))

    def shown(self) -> str:
        self.screen.flush()
        return cast(io.BytesIO, self.screen.buffer).getvalue().decode("utf-8")


def payments(number: int) -> list[Step]:
    return [Step(StepId("payments", f"P-{count}"), Action.CREATE) for count in range(number)]


@pytest.fixture
def line() -> Line:
    return Line(Window(600))


@contextmanager
def bar(line: Line, steps: list[Step], *, quiet: bool = False) -> Iterator[Progress]:
    plan = Plan("org_1", tuple(steps), 0, Money(), Calls())
    with mock.patch.object(sys, "stderr", line.screen), Progress(plan, cast(Session, line), quiet=quiet) as progress:
        yield progress


def test_what_the_window_has_left_goes_out_at_once(line: Line) -> None:
    with bar(line, payments(600)) as progress:
        assert progress.seconds_left() == 0


def test_what_is_beyond_the_window_takes_its_time_at_the_tiers_rate(line: Line) -> None:
    with bar(line, payments(1800)) as progress:
        assert progress.seconds_left() == 120


def test_time_left_shrinks_with_what_is_done(line: Line) -> None:
    steps = payments(1800)
    with bar(line, steps) as progress:
        progress.advance([Outcome(step.id, Status.CREATED) for step in steps[:600]], 1200)
        assert progress.seconds_left() == 60


def test_failures_and_waits_are_told_as_they_happen(line: Line) -> None:
    steps = payments(1201)
    with bar(line, steps) as progress:
        progress.advance([Outcome(steps[0].id, Status.FAILED)], 1200)
        line.client.on_wait(42.0)
        progress.say("Stopping.")
    assert "waiting 42 s for the rate limit, about 1:00 left, 1 failed" in line.shown()
    assert "Stopping.\n" in line.shown()
    assert line.client.on_wait is None


def test_quiet_shows_nothing(line: Line) -> None:
    steps = payments(3)
    with bar(line, steps, quiet=True) as progress:
        progress.advance([Outcome(step.id, Status.CREATED) for step in steps], 0)
    assert line.shown() == ""
