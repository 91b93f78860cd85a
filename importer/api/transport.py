"""Sends one HTTP request. The only module that imports httpx, and the border where its exceptions stop.

HTTP/1.1, on connections that are kept. Measured with httpx 0.28.1 over TLS, 16 calls under way, 2,000 calls, on 2
processors: without latency 705 calls a second against 1,330 of HTTP/2, with answers after 50 ms 291 against 257; the
API takes 50 at most. And where a server ends a connection, as it may after a thousand calls, HTTP/1.1 loses the one
call that was on it, while of HTTP/2 all that were under way came back without an answer: 16 intents to be settled.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import httpx

from importer.api.answers import Reply
from importer.api.clock import Clock
from importer.api.secret import Secret
from importer.errors import ApiError, Lost, NotSent, Refused

Transport = httpx.AsyncBaseTransport

CONNECT: Final = 10.0  # seconds at most to make a connection
# A server drops idle connections, and a call sent into such a drop is lost: be the first to drop them. Five seconds is
# the shortest that common servers keep one.
KEEP_ALIVE: Final = 4.0

# The connection was never made. A proxy error is one: it comes up while the tunnel is being opened. Everything else may
# come up after the request went out, even an invalid URL: httpx looks at the target of a redirect it does not follow.
_NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# UnicodeError: a host name that IDNA does not allow. OSError: time ran out, or what httpx forgot to translate.
_FOREIGN: Final = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.CookieConflict,
    httpx.StreamError,
    OSError,
    UnicodeError,
)
_WORDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.PoolTimeout, "no free connection in time"),
    (httpx.ProxyError, "the proxy refused"),
    (httpx.ConnectError, "no connection"),
    (httpx.TimeoutException, "no answer in time"),
    (TimeoutError, "no whole answer in time"),
    (httpx.DecodingError, "the answer could not be unpacked"),
    (httpx.TransportError, "the connection broke"),
    (ConnectionError, "the connection broke"),
)


class Limits(NamedTuple):
    """How long one call may take, in seconds."""

    step: float  # to connect, to send, and between two pieces of the answer
    whole: float  # all in all: an answer may trickle in, but not for ever

    def below(self, longest: float) -> Limits:
        return Limits(min(self.step, longest), min(self.whole, longest))


class Line:
    """A way to one base URL under one token. Nothing that it raises or shows holds the token."""

    def __init__(
        self,
        base_url: str,
        secret: Secret,
        clock: Clock,
        *,
        transport: Transport | None,
        connections: int,
        user_agent: str,
    ) -> None:
        self._base = checked_base_url(base_url, secret)
        self._secret = secret
        self._clock = clock
        headers = {"Authorization": secret.bearer(), "Accept": "application/json", "User-Agent": user_agent}
        pool = httpx.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEEP_ALIVE
        )
        problem = ""
        try:
            self._http = httpx.AsyncClient(headers=headers, limits=pool, transport=transport, follow_redirects=False)
        except ssl.SSLError:
            problem = "The certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be used."
        except (httpx.InvalidURL, ValueError, ImportError, OSError) as error:
            # The text of the error is not shown: the address of a proxy may hold a password.
            problem = (
                f"The proxy or the certificates that the environment names cannot be used ({type(error).__name__})."
            )
        if problem:
            raise Refused("no-server", problem, "Check HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE.")

    async def close(self) -> None:
        await self._http.aclose()

    async def send(
        self, method: str, path: str, params: Mapping[str, Any], body: str | None, key: str, limits: Limits
    ) -> Reply:
        """One request, one answer, of whatever status.

        Raises NotSent if the connection was never made, Lost if it may have been sent.
        """
        content = None if body is None else body.encode("utf-8")
        headers = {} if body is None else {"Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        step = httpx.Timeout(limits.step, connect=min(limits.step, CONNECT))
        sent_at = self._clock.now()
        try:
            async with asyncio.timeout(limits.whole):
                response = await self._http.request(
                    method, self._base + path, params=dict(params), content=content, headers=headers, timeout=step
                )
            named = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status_code, named, response.content, sent_at, self._clock.now())
        except _FOREIGN as foreign:
            failure = self._translated(foreign, f"{method} {path}")
        # Outside the handler, so that the foreign error, which may quote headers, is not attached to ours.
        raise failure

    def _translated(self, foreign: Exception, call: str) -> ApiError:
        kind: type[ApiError] = NotSent if isinstance(foreign, _NEVER_SENT) else Lost
        words = next((words for family, words in _WORDS if isinstance(foreign, family)), "the call failed")
        code = "not-sent" if kind is NotSent else "lost"
        return kind(code, f"{call}: {words}{self._detail(foreign)}", call)

    def _detail(self, foreign: Exception) -> str:
        """What the system says, such as "Connection refused". Only of errors that cannot quote what was sent."""
        if not isinstance(foreign, httpx.ConnectError):
            return ""
        text = " ".join(self._secret.hide(str(foreign)).split())
        return f" ({text})" if text else ""


def checked_base_url(base_url: str, secret: Secret) -> str:
    """``base_url`` without the slashes at its end; Refused ``bad-base-url`` unless calls can be made below it."""
    shown = secret.hide(base_url)
    try:
        url = httpx.URL(base_url)
        reachable = url.scheme in ("http", "https") and bool(url.host)
    except (httpx.InvalidURL, ValueError):  # ValueError: a host name that IDNA does not allow
        reachable = False
    if not reachable:
        raise bad_base_url(f"{shown!a} is not the address of a server")
    if url.userinfo:
        # It would replace the token, and it is a secret: not shown.
        raise bad_base_url("The base URL holds a user name or password, which FinzBooks does not take")
    if url.query or url.fragment:
        raise bad_base_url(f"{shown!a} has something after its path")
    return base_url.rstrip("/")


def bad_base_url(what: str) -> Refused:
    help = "FINZBOOKS_BASE_URL is an address such as https://api.finzbooks.com/api/public/v1"
    return Refused("bad-base-url", what + ".", help)


def in_process(app: Any) -> Transport:
    """A way to an ASGI application in this process.

    A ConnectionError that it raises is a connection that it closed, and the call is lost; any other exception in it
    becomes a 500. Both are as they would be over a wire.
    """
    return _InProcess(app)


class _InProcess(httpx.AsyncBaseTransport):
    def __init__(self, app: Any) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        closed: list[ConnectionError] = []

        async def app(*connection: Any) -> None:
            try:
                await self._app(*connection)
            except ConnectionError as error:
                closed.append(error)
                raise

        response = await httpx.ASGITransport(app=app, raise_app_exceptions=False).handle_async_request(request)
        if closed:
            raise closed[0]
        return response
