"""The command in a process that kills itself at a durable step: ``python deadly.py LOG MOMENT STEP WORDS...``.

Durable steps are the transactions of the state file, and its making. Each is a line of LOG that is written before the
step is taken. STEP is its number, from 1, or its name, for the first of that name. MOMENT is before the step, within it
(all is said, nothing is committed), after it, or never.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest import mock

from importer.cli.main import run
from importer.state import files, layout
from importer.state.changes import Changes

NEVER: Final = "never"
MOMENTS: Final = ("before", "within", "after")
MAKING: Final = "make the file"


class Death:
    """Waits for its step."""

    def __init__(self, log: Path, moment: str, step: str) -> None:
        self._log = log
        self._moment = moment
        self._step = step
        self._taken = 0
        self._name = ""

    def before(self, name: str) -> None:
        self._taken += 1
        self._name = name
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{name}\n")
        self.at("before")

    def at(self, moment: str) -> None:
        if moment == self._moment and self._step in (str(self._taken), self._name):
            # On Windows, where there is no SIGKILL, every signal but two is TerminateProcess.
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    def change(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """In place of ``Changes._change``, through which every transaction goes."""

        @contextmanager
        def change(store: Changes, plan: str = "") -> Iterator[None]:
            caller = sys._getframe(2)  # above contextlib's own frame: the method that changes something
            intent = caller.f_locals.get("intent")
            self.before(caller.f_code.co_name + (f" {intent.operation}" if intent is not None else ""))
            with original(store, plan):
                yield
                self.at("within")
            self.at("after")

        return change

    def make(self, original: Callable[[Path], None]) -> Callable[[Path], None]:
        """In place of what makes the file."""

        def make(real: Path) -> None:
            self.before(MAKING)
            original(real)
            self.at("after")

        return make

    def lay_out(self, original: Callable[..., None]) -> Callable[..., None]:
        """In place of what lays out a file that is being made: it is not yet where it belongs."""

        def lay_out(*arguments: Any) -> None:
            original(*arguments)
            self.at("within")

        return lay_out


def main(log: str, moment: str, step: str, *words: str) -> None:
    death = Death(Path(log), moment, step)
    with (
        mock.patch.object(Changes, "_change", death.change(Changes._change)),
        mock.patch.object(files, "_create", death.make(files._create)),
        mock.patch.object(layout, "create", death.lay_out(layout.create)),
    ):
        sys.argv = ["finz-import", *words]
        run()


if __name__ == "__main__":
    main(*sys.argv[1:])
