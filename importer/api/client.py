"""The client of the API: calls that wait for the window, are tried again where that is safe, and end in our errors."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from importer.api.answers import Answer, Reply, judge
from importer.api.clock import Clock, ServerClock
from importer.api.gate import Gate
from importer.api.pace import quota_of
from importer.api.pages import PER_PAGE, Page, check_told, next_cursor, rows_of
from importer.api.retry import TRIES, seconds_of, wait_before
from importer.api.secret import Secret
from importer.api.transport import Limits, Line, Transport
from importer.api.whoami import Whoami, refusal, whoami_of
from importer.errors import ApiError, Garbled, Lost, NotSent, Refused, ServerFault, TooManyRequests

# whoami: 5 tries of 4 seconds and waits of 0.5 + 1 + 2 + 4 seconds in between stay below the 30 seconds promised.
WHOAMI_TRIES: Final = 5
WHOAMI_PATIENCE: Final = 61.0  # seconds of waiting in all: a window of the rate limit, and no more
WHOAMI_LONGEST: Final = 4.0  # seconds, a whole try
TRICKLE: Final = 4  # times the time-out: how long an answer may take that keeps coming in
_KEY: Final = re.compile(r"[A-Za-z0-9_:-]{1,200}")  # fact sheet, section 8
_ORG: Final = re.compile(r"[!-~]+")

MAY_PASS: Final = (
    NotSent,
    Lost,
    ServerFault,
    Garbled,
    TooManyRequests,
)  # worth asking again, if asking changes nothing
NOT_DONE: Final = (NotSent, TooManyRequests)  # may be sent again, whatever it writes


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    params: Mapping[str, Any]
    label: str
    limits: Limits
    body: str | None = None
    key: str = ""
    leaving: Callable[[], None] | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


class Client:
    """One token at one base URL. An async context manager; all times in seconds.

    Raises Refused ``no-token`` or ``bad-base-url`` when made from what cannot work. What its methods raise is always
    an error of importer.errors, and no text of it holds the token.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        clock: Clock,
        organization_id: str | None = None,
        transport: Transport | None = None,
        timeout: float = 30.0,
        in_flight: int = 16,
        dice: Callable[[], float] = random.random,
        user_agent: str = "finzbooks-importer",
    ) -> None:
        if organization_id and not _ORG.fullmatch(organization_id):
            raise Refused("wrong-org", "The org id holds a character that no id has.", "Check FINZBOOKS_ORG_ID.")
        self.sent: Counter[str] = Counter()  # calls that left, by label
        self.on_wait: Callable[[float], None] | None = None  # told the seconds before a wait for the window
        self._secret = Secret(token)
        self._clock = clock
        self._server_clock = ServerClock()
        self._gate = Gate(clock, in_flight, self._tell_wait)
        self._line = Line(
            base_url, self._secret, clock, transport=transport, connections=in_flight, user_agent=user_agent
        )
        self._base_url = base_url
        self._organization_id = organization_id or None  # an empty variable of the environment names none
        self._limits = Limits(step=timeout, whole=timeout * TRICKLE)
        self._dice = dice

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._line.close()

    @property
    def waited(self) -> float:
        """Seconds waited for the window so far."""
        return self._gate.waited

    @property
    def flown(self) -> float:
        """Seconds so far in which at least one call was under way."""
        return self._gate.flown

    def left(self) -> int | None:
        """Calls that may leave before the window turns; None if nothing limits them, or before the first answer."""
        return self._gate.window.left(self._clock.now())

    def server_now(self) -> float:
        """Our estimate of the server's clock, Unix seconds: up to a second and some latency too early."""
        return self._server_clock.now(self._clock.now())

    async def whoami(self) -> Whoami:
        """Ask whose token it is. Gives up within 30 seconds, or after one window of the rate limit; raises Refused."""
        call = self._call("GET", "/whoami", {}, "", limits=self._limits.below(WHOAMI_LONGEST))
        try:
            passing = (NotSent, Lost, ServerFault, TooManyRequests)
            answer = await self._repeat(call, passing, WHOAMI_TRIES, WHOAMI_PATIENCE)
        except ApiError as error:
            why = refusal(error, self._secret.hide(self._base_url), self._organization_id)
        else:
            return whoami_of(answer.body)
        raise why

    async def get(self, path: str, params: Mapping[str, Any] | None = None, label: str = "") -> Answer:
        """Read ``path``; tried again after anything that may pass."""
        return await self._repeat(self._call("GET", path, params or {}, label), MAY_PASS)

    async def pages(
        self,
        path: str,
        key: str,
        params: Mapping[str, Any] | None = None,
        *,
        label: str = "",
        max_pages: int = 0,
        paged: bool = True,
        may_be_whole: bool = False,
    ) -> AsyncIterator[Page]:
        """The rows under ``key``, page by page (fact sheet, section 6); at most ``max_pages`` of them unless 0.

        A list that is not ``paged`` is not asked for a page size; a cursor is followed all the same. With
        ``may_be_whole`` it is not documented to be paged either, or its end does not matter.

        Raises Garbled for a page without rows under ``key``, for a cursor that comes back: the walk would not end; and
        for a full page that does not say whether more follow: what they hold would be taken for missing.
        """
        query: dict[str, Any] = {**({"per_page": PER_PAGE} if paged else {}), **(params or {})}
        seen: set[str] = set()
        full = PER_PAGE  # rows; fewer, once a page that is not the last one held fewer
        while True:
            answer = await self.get(path, query, label)
            rows, cursor = rows_of(answer.body, key, path), next_cursor(answer.body, path)
            if paged and not may_be_whole and len(rows) >= full:
                check_told(answer.body, path)
            full = min(full, len(rows) or full)
            yield Page(rows, cursor is not None)
            if cursor is None or len(seen) + 1 == max_pages:
                return
            if cursor in seen:
                raise Garbled(
                    "cursor-repeats", f"GET {path}: the list leads back to a page it came from", f"GET {path}"
                )
            seen.add(cursor)
            query["cursor"] = cursor

    async def write(
        self,
        method: str,
        path: str,
        body: str,
        key: str = "",
        label: str = "",
        *,
        leaving: Callable[[], None] | None = None,
    ) -> Answer:
        """Deliver one write. ``body`` is JSON text; ``key`` goes into Idempotency-Key.

        ``leaving`` is called each time the window has let the call through and it is the next to leave; what it
        raises is passed on, and the call does not leave.

        Sent again, under the same key and with the same bytes, only while it is certain that it was not done: after a
        429 and when no connection was made. Lost, ServerFault, Garbled and InProgress are raised at once: whoever
        wrote the intent has to look first (fact sheet, section 24 item 3).
        """
        if key and not _KEY.fullmatch(key):
            raise ValueError("an idempotency key is 1 to 200 letters, digits and - _ :")
        return await self._repeat(self._call(method, path, {}, label, body=body, key=key, leaving=leaving), NOT_DONE)

    def _call(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any],
        label: str,
        *,
        limits: Limits | None = None,
        body: str | None = None,
        key: str = "",
        leaving: Callable[[], None] | None = None,
    ) -> _Call:
        org = {} if self._organization_id is None else {"organization_id": self._organization_id}
        name = label or f"{method} {path}"
        return _Call(method, path, {**params, **org}, name, limits or self._limits, body, key, leaving)

    async def _repeat(
        self, call: _Call, passing: tuple[type[ApiError], ...], tries: int = TRIES, patience: float = math.inf
    ) -> Answer:
        """Deliver ``call`` until it succeeds, or fails with an error not among ``passing``, or was tried enough.

        ``patience`` is how many seconds of pauses between the tries are enough.
        """
        attempt = 1
        while True:
            result, retry_after = await self._deliver(call)
            if isinstance(result, Answer):
                return result
            attempt += 1
            pause = wait_before(attempt, retry_after, self._dice(), tries)
            if pause is None or not isinstance(result, passing) or pause > patience:
                raise result
            patience -= pause
            if isinstance(result, TooManyRequests):
                self._gate.close(pause)  # it is the token that has to wait, so all of its calls do
            else:
                await self._clock.sleep(pause)

    async def _deliver(self, call: _Call) -> tuple[Answer | ApiError, float | None]:
        """Send ``call`` once, when the gate lets it. Gives the result, and the seconds of Retry-After after a 429."""
        await self._gate.enter()
        if call.leaving is not None:
            try:
                call.leaving()
            except BaseException:
                self._gate.unsent()
                raise
        self.sent[call.label] += 1
        try:
            reply = await self._line.send(call.method, call.path, call.params, call.body, call.key, call.limits)
        except NotSent as failure:
            self.sent[call.label] -= 1
            self._gate.unsent()
            return failure, None
        except Lost as failure:
            self._gate.lost()
            return failure, None
        except BaseException:  # interrupted, for one: the server may have counted it
            self._gate.lost()
            raise
        self._learn(reply)
        result = judge(reply, call.name, self._secret.hide)
        busy = isinstance(result, TooManyRequests)
        return result, seconds_of(reply.headers.get("retry-after"), reply.date) if busy else None

    def _learn(self, reply: Reply) -> None:
        if reply.date is not None:
            self._server_clock.learn(reply.date, reply.sent_at, reply.received_at)
        self._gate.answered(quota_of(reply.headers), reply.sent_at, reply.received_at, reply.date)

    def _tell_wait(self, seconds: float) -> None:
        if self.on_wait is not None:
            self.on_wait(seconds)


def segment(remote_id: str) -> str:
    """An id as one segment of a path. ValueError for those that a path would take for something else."""
    if remote_id in ("", ".", ".."):
        raise ValueError(f"{remote_id!r} cannot be an id")
    return quote(remote_id, safe="")
