from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from importer.sandbox.books import SANDBOX_TOKEN
from importer.sandbox.serving.server import listen, serve
from sandbox.client import HandClock, invoice_body
from sandbox.served import HEADERS, process, running

HEAD = f"POST /contacts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SANDBOX_TOKEN}\r\nIdempotency-Key: k\r\n"


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
        with socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0)) as raw:
            raw.sendall(f"{HEAD}Content-Length: 100\r\n\r\n{{".encode())
        for _ in range(50):
            answer = http.post("/contacts", json={"contact_name": "A"}, headers={"Idempotency-Key": "k"})
            if answer.status_code == 200:
                break
        assert answer.status_code == 200
        assert len(http.get("/contacts").json()["contacts"]) == 1


def test_a_client_that_closes_its_half_after_the_request_still_gets_the_answer(
    tmp_path: Path, clock: HandClock
) -> None:
    body = '{"contact_name":"Acme"}'
    with running(tmp_path / "s.db", clock) as url:
        with socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0), timeout=10) as raw:
            raw.sendall(f"{HEAD}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            raw.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: raw.recv(65536), b""))
        # Whether a server that has seen the end still answers is its own affair; the work is done once in any case.
        assert answer == b"" or answer.startswith(b"HTTP/1.1 200")
        again = httpx.post(f"{url}/contacts", content=body, headers=HEADERS | {"Idempotency-Key": "k"})
        assert again.status_code == 200
        assert len(httpx.get(f"{url}/contacts", headers=HEADERS).json()["contacts"]) == 1


@pytest.mark.parametrize("noise", [b"\x16\x03\x01\x02\x00 a handshake\r\n\r\n", b"POST /contacts HTTP/1.1\r\n", b""])
def test_what_is_no_http_does_no_harm_to_others(tmp_path: Path, clock: HandClock, noise: bytes) -> None:
    with running(tmp_path / "s.db", clock) as url:
        with socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0)) as raw:
            raw.sendall(noise)
        assert httpx.get(f"{url}/whoami", headers=HEADERS).status_code == 200


def test_an_address_in_use_is_an_oserror(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(OSError, match=r".+"):
        serve(tmp_path / "s.db", port=listener.getsockname()[1])


@pytest.mark.skipif(os.name == "nt", reason="a console interrupt cannot be sent to one process there")
def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    with process(tmp_path / "s.db") as (url, own):
        assert httpx.get(f"{url}/whoami", headers=HEADERS).status_code == 200
        own.send_signal(signal.SIGINT)
        out, err = own.communicate(timeout=20)
    assert (own.returncode, out, err) == (0, "ended\n", "")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_a_page_of_another_site_is_not_answered_under_its_own_name(tmp_path: Path, clock: HandClock, name: str) -> None:
    """A browser would take this server for that site's, where its name was given this machine's address."""
    with running(tmp_path / "s.db", clock) as url, httpx.Client(base_url=url, headers=HEADERS) as http:
        port = httpx.URL(url).port
        assert http.get("/whoami", headers={"Host": f"{name}:{port}"}).status_code == 200
        for path in ("/whoami", "/_sandbox"):
            refused = http.get(path, headers={"Host": f"books.example:{port}"})
            assert (refused.status_code, refused.json()["field"]) == (400, "Host")
