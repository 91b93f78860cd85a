"""Two machines in one process and one virtual time: the importer's, which can die, and the server's, which goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from weakref import WeakSet

from api.virtual_time import VirtualLoop

from importer.sandbox.clock import SkippingClock

T = TypeVar("T")


class VirtualClock(SkippingClock):
    """Time that passes only while everybody waits, in the order in which their waits end: one seed, one course.

    What the server is at when a run of the importer ends, it is still at in the next one.
    """

    START = 1_779_251_407.0  # 2026-05-20 04:30:07 UTC

    def __init__(self) -> None:
        super().__init__()
        self._start = self.START
        self._loop = VirtualLoop()
        self._serving: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._loop.set_task_factory(self._task)

    def now(self) -> float:
        return self._start + self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0.0))

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Carry out ``main`` on the importer's machine, which ends with it, as a process does."""
        try:
            return self._loop.run_until_complete(main)
        finally:
            self._end([task for task in asyncio.all_tasks(self._loop) if task not in self._serving])

    def serve(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start ``work`` on the server's machine; what it starts itself runs there too."""
        task = self._loop.create_task(work)
        self._serving.add(task)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to hear it
        return task

    def close(self) -> None:
        """The end of both machines."""
        self._end(asyncio.all_tasks(self._loop))
        self._loop.close()

    def _task(self, loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> Any:
        task = asyncio.Task(work, loop=loop, **named)
        if asyncio.current_task(loop) in self._serving:
            self._serving.add(task)
        return task

    def _end(self, tasks: Any) -> None:
        for task in tasks:
            task.cancel()
        if tasks:
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
