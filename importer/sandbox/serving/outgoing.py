"""An answer on its way out, and the ways it can fail to arrive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from starlette.types import Receive, Scope, Send

PAGE: Final = b"<!doctype html>\n<html><head><title>%d</title></head><body><h1>%d</h1><hr>gateway</body></html>\n"
CLOSE: Final = "sandbox.close"  # of the scope's extensions: closes the connection, at once or after what was sent


class Dropped(ConnectionResetError):
    """What a caller in this process gets for a connection that closes."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """``arrives``: all of it, half of its body, or nothing."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    arrives: Literal["whole", "half", "nothing"] = "whole"


def page(status: int) -> Outgoing:
    """What a gateway says: HTML, and none of the API's headers."""
    return Outgoing(status, PAGE % (status, status), content_type="text/html; charset=utf-8")


def error(status: int, body: str) -> Outgoing:
    """A 5xx: as JSON in the error envelope, as a page, or empty (fact sheet, section 25, item 28)."""
    if body == "html":
        return page(status)
    text = b"" if body == "empty" else b'{"code":"server.error","message":"Something went wrong on our side."}'
    return Outgoing(status, text)


async def deliver(outgoing: Outgoing, scope: Scope, receive: Receive, send: Send) -> None:
    """Send it. Raises Dropped where it does not arrive whole and the caller has no connection to close."""
    if outgoing.arrives != "nothing":
        headers = {"Content-Type": outgoing.content_type, **outgoing.headers, "Content-Length": str(len(outgoing.body))}
        shown = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": outgoing.status, "headers": shown})
        whole = outgoing.arrives == "whole"
        body = outgoing.body if whole else outgoing.body[: len(outgoing.body) // 2]
        await send({"type": "http.response.body", "body": body, "more_body": not whole})
        if whole:
            return
    close: Callable[[bool], None] | None = scope.get("extensions", {}).get(CLOSE)
    if close is None:
        raise Dropped("the connection was closed")
    close(outgoing.arrives == "nothing")
    while (await receive())["type"] != "http.disconnect":
        pass
