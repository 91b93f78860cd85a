"""The border: no error of httpx passes it, over a scripted transport and over real sockets."""

from __future__ import annotations

import asyncio
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from api.scripted import TOKEN, FakeClock, Script, client, ok, run
from importer.api.answers import Answer
from importer.api.client import Client
from importer.api.clock import RealClock
from importer.api.transport import in_process
from importer.errors import ApiError, Lost, NotSent, Refused

BODY = '{"a":1}'


def family(root: type[Exception]) -> list[type[Exception]]:
    return [root, *(member for child in root.__subclasses__() for member in family(child))]


def write(transport: httpx.AsyncBaseTransport, **options: Any) -> Answer:
    return run(lambda: client(transport, **options), lambda it: it.write("POST", "/invoices", BODY, "k-1"))


@pytest.mark.parametrize("foreign", [*family(httpx.RequestError), httpx.InvalidURL, httpx.CookieConflict, OSError])
def test_no_foreign_error_leaves_the_client(foreign: type[Exception]) -> None:
    with pytest.raises(ApiError) as info:
        write(Script(foreign("boom")))
    assert info.value.call == "POST /invoices"
    assert info.value.__cause__ is None
    assert info.value.__context__ is None


@pytest.mark.parametrize(
    ("foreign", "kind"),
    [
        (httpx.ConnectError, NotSent),
        (httpx.ConnectTimeout, NotSent),
        (httpx.PoolTimeout, NotSent),
        (httpx.ProxyError, NotSent),
        (httpx.UnsupportedProtocol, NotSent),
        (httpx.ReadTimeout, Lost),
        (httpx.WriteTimeout, Lost),
        (httpx.ReadError, Lost),
        (httpx.WriteError, Lost),
        (httpx.CloseError, Lost),
        (httpx.RemoteProtocolError, Lost),
        (httpx.LocalProtocolError, Lost),
        (httpx.DecodingError, Lost),
        (httpx.TooManyRedirects, Lost),
    ],
)
def test_only_what_was_certainly_not_sent_counts_as_not_sent(foreign: type[Exception], kind: type[ApiError]) -> None:
    with pytest.raises(ApiError) as info:
        write(Script(foreign("boom")))
    assert type(info.value) is kind


@pytest.mark.parametrize(
    "url",
    [
        "",
        "books.test/api",
        "ftp://books.test",
        "https://",
        "https://books.test:port",
        "https://[::1",
        "https://xn--/",
        "https://books.test/api?x=1",
        "https://books.test/api#x",
        "https://bo\udcffoks.test",
        "https://books.test/\n",
    ],
)
def test_a_base_url_that_cannot_be_called_is_refused(url: str) -> None:
    with pytest.raises(Refused) as info:
        Client(url, TOKEN, clock=FakeClock())
    assert info.value.code == "bad-base-url"
    assert str(info.value).isascii()


def test_a_password_in_the_base_url_is_refused_and_not_shown() -> None:
    with pytest.raises(Refused) as info:
        Client("https://me:hunter2@books.test", TOKEN, clock=FakeClock())
    assert info.value.code == "bad-base-url"
    assert "hunter2" not in f"{info.value} {info.value.help}"


@pytest.mark.parametrize("proxy", ["gopher://me:hunter2@proxy.test", "http://[me:hunter2"])
def test_a_proxy_that_cannot_be_used_is_refused_and_its_password_not_shown(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(Refused) as info:
        Client("https://books.test", TOKEN, clock=FakeClock())
    assert info.value.code == "no-server"
    assert "hunter2" not in f"{info.value} {info.value.help}"


def test_a_redirect_to_a_place_that_cannot_be_does_not_crash() -> None:
    for target in ("https://xn--/", "http://[", "mailto:x", ""):
        with pytest.raises(ApiError):
            write(Script(httpx.Response(302, headers={"Location": target})))


def test_a_redirect_is_not_followed() -> None:
    script = Script(httpx.Response(307, headers={"Location": "https://thief.test/invoices"}), ok())
    with pytest.raises(ApiError, match="redirect"):
        write(script)
    assert [request.url.host for request in script.requests] == ["books.test"]


def test_an_application_in_this_process_can_stand_in_for_the_server() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].endswith("/boom"):
            raise RuntimeError("a bug in the application")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"code":0}'})

    async def use(it: Client) -> int:
        assert (await it.get("/items")).body == {"code": 0}
        with pytest.raises(ApiError) as info:
            await it.write("POST", "/boom", "{}")
        return int(getattr(info.value, "status", 0))

    assert run(lambda: client(in_process(app)), use) == 500


def test_a_connection_that_such_an_application_closes_is_a_lost_call() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"code":', "more_body": True})
        raise ConnectionResetError("closed")

    async def use(it: Client) -> None:
        with pytest.raises(Lost):
            await it.write("POST", "/items", "{}")

    run(lambda: client(in_process(app)), use)


# --- real sockets -----------------------------------------------------------------------------------------------------


@contextmanager
def listening(converse: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server on a free port that reads a request and then talks as ``converse`` does; its base URL."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            heard = b""
            while b"\r\n\r\n" not in heard:
                piece = self.request.recv(65536)
                if not piece:
                    return
                heard += piece
            converse(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def call(url: str, method: str = "POST", timeout: float = 5.0) -> Answer:
    async def main() -> Answer:
        async with Client(url, TOKEN, clock=QuickClock(), timeout=timeout, dice=lambda: 1.0) as it:
            return await (it.write(method, "/invoices", BODY, "k-1") if method == "POST" else it.get("/invoices"))

    return asyncio.run(main())


class QuickClock(RealClock):
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def says(text: str) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(text.encode("latin-1"))


def test_over_a_real_socket_an_answer_is_an_answer() -> None:
    text = '{"code":0,"invoice":{"total":1.10}}'
    with listening(says(f"HTTP/1.1 201 Created\r\nContent-Length: {len(text)}\r\n\r\n{text}")) as url:
        result = call(url)
    assert result.status == 201
    assert str(result.body["invoice"]["total"]) == "1.10"


def test_connections_are_kept_and_are_as_many_as_calls_may_be_under_way() -> None:
    made: list[socket.socket] = []
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"code":0}'

    def keep(connection: socket.socket) -> None:
        made.append(connection)
        connection.sendall(answer)
        while b"\r\n\r\n" in connection.recv(65536):  # a GET has no body
            connection.sendall(answer)

    async def main(url: str) -> None:
        async with Client(url, TOKEN, clock=QuickClock(), in_flight=4) as it:
            for _ in range(20):
                await asyncio.gather(*(it.get("/invoices") for _ in range(5)))

    with listening(keep) as url:
        asyncio.run(main(url))
    assert 1 <= len(made) <= 4


def test_a_refused_connection_was_not_sent_and_says_so() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(NotSent) as info:
            call(url)
    assert "no connection" in info.value.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"code":0,',
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
    ids=["closed", "cut in the head", "cut in the body", "cut in a chunk", "another protocol", "not gzip"],
)
def test_a_connection_that_breaks_before_the_whole_answer_is_a_lost_call(text: str) -> None:
    with listening(says(text)) as url, pytest.raises(Lost):
        call(url)


def test_a_server_that_takes_too_long_is_a_lost_call() -> None:
    done = threading.Event()

    def say_nothing(connection: socket.socket) -> None:
        done.wait(5)

    with listening(say_nothing) as url:
        with pytest.raises(Lost, match="in time"):
            call(url, timeout=0.1)
        done.set()


def test_an_answer_that_trickles_for_ever_is_a_lost_call() -> None:
    done = threading.Event()

    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not done.wait(0.02):
            connection.sendall(b" ")

    with listening(trickle) as url:
        with pytest.raises(Lost, match="no whole answer in time"):
            call(url, timeout=0.1)
        done.set()
