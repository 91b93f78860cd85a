"""Seconds and memory of a command in a process of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # bytes; getrusage(2) of Linux counts in KiB


@dataclass(frozen=True, slots=True)
class Cost:
    """``memory`` is the most that the process held, in bytes; 0 where the system does not tell (Windows)."""

    seconds: float
    memory: int = 0

    def times(self, other: Cost) -> str:
        """How many times of ``other`` this takes, in words of a table."""
        return f"{self.seconds / other.seconds:.2f}x"


def nothing() -> None:
    """Nothing is done before a run."""


def cost(
    command: Sequence[str],
    folder: Path | None = None,
    runs: int = 3,
    ends: Sequence[int] = (0,),
    before: Callable[[], None] = nothing,
) -> Cost:
    """Median seconds and greatest memory of ``runs`` runs, with ``before`` done before each.

    Raises RuntimeError for an end that is none of ``ends``.
    """
    each = []
    for _ in range(runs):
        before()
        each.append(_once(command, folder, ends))
    return Cost(statistics.median(one.seconds for one in each), max(one.memory for one in each))


def _once(command: Sequence[str], folder: Path | None, ends: Sequence[int]) -> Cost:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "NO_COLOR": "1"}
    begin = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        told = running.stderr.read() if running.stderr else b""
        memory, code = _waited(running)
    seconds = time.perf_counter() - begin
    if code not in ends:
        raise RuntimeError(f"{' '.join(command)} ended with {code}: {told[-500:].decode(errors='replace')}")
    return Cost(seconds, memory)


def _waited(running: subprocess.Popen[bytes]) -> tuple[int, int]:
    if not hasattr(os, "wait4"):
        return 0, running.wait()
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_maxrss * _UNIT, running.returncode
