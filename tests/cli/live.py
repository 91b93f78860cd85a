"""A FinzBooks on a real socket for the tests of the command, with an organisation for each test."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from importer.api.client import Client
from importer.api.clock import RealClock
from importer.api.transport import Transport, in_process
from importer.sandbox.books import Books
from importer.sandbox.clock import SystemClock
from importer.sandbox.serving.app import create_app
from importer.sandbox.serving.server import listen, local_server

TOKEN = "aibk_pat_test_RECOGNISABLE"  # with a number behind it: no text may hold it


@dataclass(frozen=True, slots=True)
class Org:
    """An organisation of its own on the shared server, and the token to it."""

    books: Books
    url: str
    id: str
    token: str

    @property
    def env(self) -> dict[str, str]:
        return {
            "FINZBOOKS_BASE_URL": self.url,
            "FINZBOOKS_TOKEN": self.token,
            "FINZBOOKS_ORG_ID": self.id,
        }

    def without(self, *names: str) -> dict[str, str]:
        return {name: value for name, value in self.env.items() if name not in names}

    def count(self, kind: str) -> int:
        """How many documents of ``kind`` the org holds; read past the API."""
        return int(self.books.db.value(f"SELECT count(*) FROM {kind} WHERE org = ?", (self.id,)))

    def counts(self) -> dict[str, int]:
        kinds = ("contacts", "items", "invoices", "payments", "credit_notes")
        return {kind: self.count(kind) for kind in kinds}

    def get(self, path: str, **params: str) -> dict[str, Any]:
        return asyncio.run(_get(self.url, self.token, None, path, params))

    def send(self, method: str, path: str, body: str) -> dict[str, Any]:
        """A write that somebody else makes."""
        return asyncio.run(_send(self.url, self.token, method, path, body))


@dataclass(slots=True)
class Live:
    """The shared server. Each org is new, and its token of the faster tier, so that no test waits for another."""

    books: Books
    url: str
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def org(self) -> Org:
        number = next(self._numbers)
        made = self.books.add_org(f"Org {number}")
        token = f"{TOKEN}_{number}"
        self.books.add_token(token, orgs=(made,), tier="PARTNER")
        return Org(self.books, self.url, made, token)


@contextlib.contextmanager
def serving(file: Path) -> Iterator[Live]:
    """The sandbox over HTTP in a thread of its own."""
    started, urls = threading.Event(), list[str]()

    def ready(url: str) -> None:
        urls.append(url + "/api/public/v1")
        started.set()

    with listen("127.0.0.1", 0) as listener, contextlib.closing(Books(file, SystemClock())) as books:
        # asyncio sets it on sockets of its own making only; without it answers wait 40 ms for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = local_server(books, listener, ready)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert started.wait(20)
            yield Live(books, urls[0])
        finally:
            server.should_exit = True
            thread.join(20)


async def _get(
    url: str, token: str, transport: Transport | None, path: str, params: Mapping[str, str]
) -> dict[str, Any]:
    async with Client(url, token, clock=RealClock(), transport=transport) as client:
        return (await client.get(path, params)).body


async def _send(url: str, token: str, method: str, path: str, body: str) -> dict[str, Any]:
    async with Client(url, token, clock=RealClock()) as client:
        return (await client.write(method, path, body, "somebody-else")).body


def read_sandbox(file: Path, path: str, **params: str) -> dict[str, Any]:
    """One answer of the books in ``file``, over the application itself."""
    with contextlib.closing(Books(file, SystemClock())) as books:
        books.add_token("reader", tier="PARTNER")
        transport = in_process(create_app(books))
        return asyncio.run(_get("http://sandbox.invalid/api/public/v1", "reader", transport, path, params))


def trial_balance(file: Path) -> tuple[Decimal, Decimal]:
    """Debits and credits of the whole trial balance."""
    rows = read_sandbox(file, "/reports/trial_balance", as_of_date="2030-03-31")["trial_balance"]["rows"]
    debit, credit = (sum((Decimal(row[side]) for row in rows), Decimal(0)) for side in ("debit", "credit"))
    return debit, credit


@dataclass(slots=True)
class Odd:
    """A server that is not FinzBooks, or not well: what it answers, by path; and what it was asked."""

    url: str
    answers: Mapping[str, tuple[int, str]]
    asked: list[str] = field(default_factory=list)


@contextlib.contextmanager
def odd_server(answers: Mapping[str, tuple[int, str]]) -> Iterator[Odd]:
    """``answers`` gives status and body by the end of the path; "" is for all others."""
    odd = Odd("", answers)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            odd.asked.append(f"{self.command} {path}")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = next(answer for end, answer in odd.answers.items() if path.endswith(end))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = do_PUT = _answer  # noqa: N815  # the names that http.server looks for

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        odd.url = f"http://127.0.0.1:{server.server_address[1]}/api/public/v1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield odd
        finally:
            server.shutdown()
            thread.join(20)
