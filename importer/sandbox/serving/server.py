"""The sandbox over real HTTP."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from importer.sandbox.books import Books
from importer.sandbox.clock import SystemClock
from importer.sandbox.serving.app import create_app
from importer.sandbox.serving.outgoing import CLOSE


class ClosableProtocol(H11Protocol):
    """uvicorn's own, which lets the application close the connection: ASGI has no word for that."""

    def connection_made(self, transport: object) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        inner = self.app

        def close(at_once: bool) -> None:
            if at_once:
                self.transport.abort()
            else:
                self.transport.close()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[CLOSE] = close
            await inner(scope, receive, send)

        self.app = app


class OnlyLocal:
    """Answers those who call it by a name of this machine.

    A page of another site can give its own name this machine's address, and would then be let in by the browser as if
    it came from here. Its name is in the Host header all the same.
    """

    NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if scope["type"] == "http" and name.lower() not in self.NAMES:
            message = f"This server is only for this machine, and was called by the name '{name}'."
            refused = {"code": "validation.invalid_value", "message": message, "field": "Host"}
            await JSONResponse(refused, 400)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class LocalServer(uvicorn.Server):
    """Says when it listens. Set ``should_exit`` to end it from another thread."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_start()


def serve(
    database: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    ready: Callable[[str], None] | None = None,
    prepare: Callable[[Books], None] | None = None,
) -> None:
    """Serve the books in ``database`` until interrupted.

    ``prepare`` is given the books once the address is had, so that a server that cannot be has changed nothing.
    ``port`` 0 takes any free one. ``ready`` is told the base URL, without a path, once connections are taken. Raises
    OSError when the address cannot be had, and database.UnreadableBooks for a file that is not the sandbox's.
    """
    with listen(host, port) as listener, contextlib.closing(Books(database, SystemClock())) as books:
        if prepare is not None:
            prepare(books)
        server = local_server(books, listener, ready)
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn has shut down by then and passes the signal on
            server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address, IPv4 or IPv6. Raises OSError."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listener = socket.create_server((host, port), family=family)
    # Without it an answer in two pieces waits 40 ms for the acknowledgement of the first (RFC 896 against RFC 1122).
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def local_server(books: Books, listener: socket.socket, ready: Callable[[str], None] | None = None) -> LocalServer:
    """A server over ``books``, to be run with ``run(sockets=[listener])``."""
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    # The Date header is the sandbox's clock's, so uvicorn must not add its own.
    app = create_app(books)
    config = uvicorn.Config(
        OnlyLocal(app) if ipaddress.ip_address(host).is_loopback else app,
        http=ClosableProtocol,
        log_level="warning",
        lifespan="off",
        date_header=False,
        server_header=False,
        access_log=False,
    )
    return LocalServer(config, lambda: ready(url) if ready else None)
