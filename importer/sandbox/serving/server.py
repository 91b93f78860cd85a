"""The sandbox over real HTTP."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send
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
    database: Path, host: str = "127.0.0.1", port: int = 8000, ready: Callable[[str], None] | None = None
) -> None:
    """Serve the books in ``database`` until interrupted.

    ``port`` 0 takes any free one. ``ready`` is told the base URL, without a path, once connections are taken. Raises
    OSError when the address cannot be had, and database.UnreadableBooks for a file that is not the sandbox's.
    """
    with listen(host, port) as listener, contextlib.closing(Books(database, SystemClock())) as books:
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
    config = uvicorn.Config(
        create_app(books),
        http=ClosableProtocol,
        log_level="warning",
        lifespan="off",
        date_header=False,
        server_header=False,
        access_log=False,
    )
    return LocalServer(config, lambda: ready(url) if ready else None)
