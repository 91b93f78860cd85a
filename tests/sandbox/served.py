"""The sandbox on a real socket: in a thread of the test, or as a process that can be killed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from importer.sandbox.books import SANDBOX_TOKEN, Books
from importer.sandbox.clock import Clock
from importer.sandbox.serving.server import listen, local_server

HEADERS = {"Authorization": f"Bearer {SANDBOX_TOKEN}"}
CODE = (
    "import pathlib, sys; from importer.sandbox.serving.server import serve;"
    "serve(pathlib.Path(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True)); print('ended')"
)


@contextlib.contextmanager
def running(path: Path, clock: Clock) -> Iterator[str]:
    """The base URL of a sandbox that listens on a socket, in a thread."""
    with contextlib.closing(Books(path, clock)) as books, serving(books) as url:
        yield url


@contextlib.contextmanager
def serving(books: Books) -> Iterator[str]:
    """The base URL of a sandbox over ``books``, which the test must leave alone meanwhile."""
    started, urls = threading.Event(), list[str]()

    def ready(url: str) -> None:
        urls.append(url)
        started.set()

    with listen("127.0.0.1", 0) as listener:
        server = local_server(books, listener, ready)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert started.wait(20)
            yield urls[0]
        finally:
            server.should_exit = True
            thread.join(20)


@contextlib.contextmanager
def process(path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The base URL of a sandbox in a process of its own, and the process. It is killed in the end if it still runs."""
    command = [sys.executable, "-c", CODE, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") as own:
        try:
            assert own.stdout is not None
            yield own.stdout.readline().strip(), own
        finally:
            own.kill()
