"""Seconds and memory of a command in a process of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# A small process stands between this one and the command: Linux counts the memory of whoever starts a process as that
# process's own (execve(2)), and this one has imported half of the importer.
_BETWEEN: Final = """
import os, sys, time
begin = time.perf_counter()
nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=nowhere)
_, status, used = os.wait4(child, 0)
seconds, code = time.perf_counter() - begin, os.waitstatus_to_exitcode(status)
print(f'{{"seconds": {seconds}, "memory": {used.ru_maxrss}, "code": {code}}}')
"""
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
    between = [sys.executable, "-I", "-S", "-c", _BETWEEN] if hasattr(os, "wait4") else []
    ran = subprocess.run([*between, *command], cwd=folder, env=environment, capture_output=True, check=False)
    seconds, memory, code = time.perf_counter() - begin, 0, ran.returncode
    if between:
        told = json.loads(ran.stdout or '{"seconds": 0, "memory": 0, "code": "it could not be started"}')
        seconds, memory, code = told["seconds"], told["memory"] * _UNIT, told["code"]
    if code not in ends:
        raise RuntimeError(f"{' '.join(command)} ended with {code}: {ran.stderr[-500:].decode(errors='replace')}")
    return Cost(seconds, memory)
