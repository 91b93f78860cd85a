from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from importer.sandbox.books import SANDBOX_TOKEN, Books
from importer.sandbox.serving.server import listen, local_server, serve
from sandbox.client import HandClock, invoice_body

HEADERS = {"Authorization": f"Bearer {SANDBOX_TOKEN}"}


@contextlib.contextmanager
def running(path: Path, clock: HandClock) -> Iterator[str]:
    """The base URL of a sandbox that listens on a socket, in a thread."""
    started, urls = threading.Event(), list[str]()

    def ready(url: str) -> None:
        urls.append(url)
        started.set()

    with listen("127.0.0.1", 0) as listener, contextlib.closing(Books(path, clock)) as books:
        server = local_server(books, listener, ready)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert started.wait(20)
            yield urls[0]
        finally:
            server.should_exit = True
            thread.join(20)


def test_the_same_application_over_a_real_socket(tmp_path: Path, clock: HandClock) -> None:
    with running(tmp_path / "s.db", clock) as url, httpx.Client(base_url=url, headers=HEADERS) as http:
        contact = http.post("/contacts", json={"contact_name": "Acme"}).json()["contact"]["contact_id"]
        body = invoice_body(contact) | {"line_items": [{"name": "Work", "quantity": 1, "rate": 99.5}]}
        key = {"Idempotency-Key": "k"}
        made = [http.post("/api/public/v1/invoices", json=body, headers=key) for _ in range(2)]
        assert made[0].json()["invoice"]["total"] == 99.5
        assert made[0].content == made[1].content
        assert made[0].headers.get_list("date") == ["Wed, 20 May 2026 04:30:07 GMT"]
        assert made[1].headers["X-RateLimit-Remaining"] == "597"
        assert http.get("/nowhere").json()["code"] == "not_found.resource"


def test_a_client_that_hangs_up_leaves_the_key_free(tmp_path: Path, clock: HandClock) -> None:
    with running(tmp_path / "s.db", clock) as url, httpx.Client(base_url=url, headers=HEADERS) as http:
        head = f"POST /contacts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SANDBOX_TOKEN}\r\n"
        head += "Idempotency-Key: k\r\nContent-Length: 100\r\n\r\n{"
        address = ("127.0.0.1", httpx.URL(url).port or 0)
        with socket.create_connection(address) as raw:
            raw.sendall(head.encode())
        answer = http.post("/contacts", json={"contact_name": "A"}, headers={"Idempotency-Key": "k"})
        for _ in range(50):
            if answer.status_code == 200:
                break
            answer = http.post("/contacts", json={"contact_name": "A"}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 200
        assert len(http.get("/contacts").json()["contacts"]) == 1


def test_an_address_in_use_is_an_oserror(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(OSError, match=r".+"):
        serve(tmp_path / "s.db", port=listener.getsockname()[1])


@pytest.mark.skipif(os.name == "nt", reason="a console interrupt cannot be sent to one process there")
def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys; from importer.sandbox.serving.server import serve;"
        "serve(pathlib.Path(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True)); print('ended')"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "s.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/whoami", headers=HEADERS).status_code == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "ended\n", "")
