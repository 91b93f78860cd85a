"""Where the time of a run went, and the calls it sent: the last lines of ``-v``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from importer.checks.incremental import CHECK, READ

# In the order in which a run goes through them.
PLAN: Final = "plan"
WAITING: Final = "waiting for the window"
IN_FLIGHT: Final = "in flight"
JOURNAL: Final = "journal"
STAGES: Final = (READ, CHECK, PLAN, WAITING, IN_FLIGHT, JOURNAL)


class Stage(NamedTuple):
    """``seconds`` that a stage took, and what it was about, such as ``995 files``."""

    name: str
    seconds: float
    about: str = ""


def timing_lines(stages: Sequence[Stage], calls: Mapping[str, int]) -> Iterator[str]:
    """A line for each stage that there was, then one for each endpoint that was called, the most called first."""
    yield "Time:"
    width = max(map(len, STAGES))
    for stage in sorted(stages, key=lambda one: STAGES.index(one.name)):
        yield f"  {stage.name:<{width}}  {stage.seconds:8,.2f} s  {stage.about}".rstrip()
    sent = sorted(((label, number) for label, number in calls.items() if number), key=lambda one: (-one[1], one[0]))
    if sent:
        yield "Calls:"
        longest = max(len(label) for label, _ in sent)
        for label, number in sent:
            yield f"  {label:<{longest}}  {number:7,}"
