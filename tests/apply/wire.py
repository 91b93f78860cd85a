"""The sandbox as a transport that fails when a test says so."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from importer.api.transport import in_process
from importer.kinds import Kind
from importer.sandbox.books import Books
from importer.sandbox.serving.app import PREFIX, create_app


@dataclass(frozen=True)
class Seen:
    """One request as it came in. ``path`` is below the base URL."""

    method: str
    path: str
    body: str
    key: str

    @property
    def call(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Act = Callable[["Wire", httpx.Request], Awaitable[httpx.Response]]


@dataclass
class Fault:
    """From the ``nth`` request (from 1) whose call begins with ``call`` on, ``times`` of them are played by ``act``."""

    call: str
    act: Act
    nth: int = 1
    times: int = 1
    met: int = field(default=0, init=False)

    def strikes(self, call: str) -> bool:
        if not call.startswith(self.call):
            return False
        self.met += 1
        return self.nth <= self.met < self.nth + self.times


EVER = 10**9


class Wire(httpx.AsyncBaseTransport):
    """Carries requests to the sandbox over ``books``, through the ``faults``; remembers all of them."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self._inner = in_process(create_app(books))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = (await request.aread()).decode("utf-8")
        path = request.url.path.removeprefix(PREFIX)
        seen = Seen(request.method, path, body, request.headers.get("idempotency-key", ""))
        self.seen.append(seen)
        struck = [fault for fault in self.faults if fault.strikes(seen.call)]
        return await (struck[0].act(self, request) if struck else self.forward(request))

    async def forward(self, request: httpx.Request) -> httpx.Response:
        """What the sandbox answers, read whole."""
        answer = await self._inner.handle_async_request(request)
        content = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)

    def forget(self, request: httpx.Request) -> None:
        """Drop the answer that the sandbox keeps under the key of ``request``, as a server does after a 5xx."""
        self.books.db.run("DELETE FROM answers WHERE key = ?", (request.headers.get("idempotency-key", ""),))

    def calls(self, begin: str = "") -> Counter[str]:
        return Counter(seen.call for seen in self.seen if seen.call.startswith(begin))

    def keys(self, call: str) -> list[str]:
        return [seen.key for seen in self.seen if seen.call == call]


# What can go wrong with one request.


def answers(status: int, body: object, *, done: bool = False, kept: bool = False, **headers: str) -> Act:
    """An answer of the test's own, after the work if ``done``; whether the server remembers its true one: ``kept``."""
    content = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def act(wire: Wire, request: httpx.Request) -> httpx.Response:
        if done:
            await wire.forward(request)
            if not kept:
                wire.forget(request)
        return httpx.Response(status, headers=named, content=content)

    return act


def breaks(error: type[httpx.TransportError], *, done: bool = False, kept: bool = False) -> Act:
    """No answer, but ``error``; after the work if ``done``."""
    broken = answers(0, "", done=done, kept=kept)

    async def act(wire: Wire, request: httpx.Request) -> httpx.Response:
        await broken(wire, request)
        raise error("broken by the test", request=request)

    return act


async def cut_short(wire: Wire, request: httpx.Request) -> httpx.Response:
    """The first half of the true answer."""
    answer = await wire.forward(request)
    return httpx.Response(answer.status_code, content=answer.content[: len(answer.content) // 2])


def changed(change: Callable[[Any], None]) -> Act:
    """The true answer with its JSON changed."""

    async def act(wire: Wire, request: httpx.Request) -> httpx.Response:
        answer = await wire.forward(request)
        value = json.loads(answer.content)
        change(value)
        return httpx.Response(answer.status_code, content=json.dumps(value))

    return act


def leaves_out(kind: Kind, *fields: str, single: bool = False) -> Act:
    """Rows of a list without these fields; where ``single``, the document itself does not tell them either."""

    def drop(answer: Any) -> None:
        for row in [
            *answer.get(kind.name, ()),
            *([answer[kind.singular]] if single and kind.singular in answer else ()),
        ]:
            for name in fields:
                row.pop(name, None)

    return changed(drop)


def meanwhile(happening: Callable[[], object], then: Act | None = None) -> Act:
    """Something happens while the request is under way."""

    async def act(wire: Wire, request: httpx.Request) -> httpx.Response:
        happening()
        return await (then(wire, request) if then is not None else wire.forward(request))

    return act


def first_rows(count: int) -> Act:
    """A bulk call that dies after ``count`` rows: those are in the books, and the answer is a 500."""

    async def act(wire: Wire, request: httpx.Request) -> httpx.Response:
        rows = json.loads(request.content)["invoices"][:count]
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        await wire.forward(httpx.Request("POST", request.url, headers=headers, content=json.dumps({"invoices": rows})))
        wire.forget(request)
        return httpx.Response(500, content="")

    return act


BUSY = {"code": "idempotency.in_progress", "message": "The same key is still running."}
FAILED = {"code": "server.error", "message": "It failed."}
LIMITED = {"code": "rate_limit.exceeded", "message": "Too many."}
PAGE = "<html><body>Bad Gateway</body></html>"
