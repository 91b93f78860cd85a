"""What an HTTP answer means: a result, or one of the errors of importer.errors. Pure.

Success is a 2xx with ``code`` 0 (fact sheet, sections 4 and 23 item 13). The catalogue of codes is not exhaustive
(section 5), so a code that is not known here is judged by its HTTP class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from importer.api.retry import unix_time
from importer.api.wire import loads
from importer.errors import (
    ApiError,
    Garbled,
    InProgress,
    Rejected,
    ServerFault,
    TokenRejected,
    TooManyRequests,
)

IN_PROGRESS = "idempotency.in_progress"
TOO_MANY = "rate_limit.exceeded"
# Final for this call only: another call of the same token may be allowed.
SCOPE = "auth.insufficient_scope"
# The families of the catalogue that are final: what they refuse was not done, whatever the HTTP status says.
FINAL = ("auth.", "validation.", "not_found.", "conflict.", "idempotency.")
LONGEST_MESSAGE = 500  # characters; more than that is a page, not a message


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer as it came, with our own times (Unix seconds)."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    sent_at: float
    received_at: float

    @property
    def date(self) -> float | None:
        """The Date header in Unix seconds, by the server's clock."""
        return unix_time(self.headers.get("date"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A success. Numbers in ``body`` are int or Decimal."""

    status: int
    body: dict[str, Any]
    server_time: float | None  # Unix seconds by the Date header; None without one
    sent_at: float  # Unix seconds by our clock


def judge(reply: Reply, call: str, hide: Callable[[str], str] = str) -> Answer | ApiError:
    """The result of ``call``, or the error that it is. ``hide`` takes secrets out of texts of the server."""
    body = _envelope(reply.body)
    if 200 <= reply.status < 300 and body is not None and _is_zero(body.get("code")):
        return Answer(reply.status, body, reply.date, reply.sent_at)
    if reply.status >= 500 or reply.status < 200:
        return _fault(reply.status, body or {}, call, hide)
    if 300 <= reply.status < 400:
        # The call would have to go on to another address, and the token with it.
        message = f"{call}: answered {reply.status}, a redirect, which is not followed so that the token stays here"
        return Garbled("redirected", message, call, "Check FINZBOOKS_BASE_URL: FinzBooks itself does not redirect.")
    if body is None or not isinstance(body.get("code"), str):
        return _not_an_envelope(reply, body, call, hide)
    return _refusal(reply.status, body, call, hide)


def _fault(status: int, body: dict[str, Any], call: str, hide: Callable[[str], str]) -> ServerFault:
    said = _said(body, hide)
    return ServerFault(
        _code(body, status, hide), f"{call}: the server failed ({status})" + (f": {said}" if said else ""), call, status
    )


def _refusal(status: int, body: dict[str, Any], call: str, hide: Callable[[str], str]) -> ApiError:
    """An envelope with a code of its own, below 500."""
    code, message = _code(body, status, hide), _said(body, hide) or f"{call}: refused with {status}"
    if status == 429 or code == TOO_MANY:
        return TooManyRequests(code, message, call, _BUSY)
    if code == IN_PROGRESS:
        return InProgress(code, message, call, "The same call is still being carried out; look again later.")
    if status < 400 and not code.startswith(FINAL):
        return Garbled(code, f"{call}: answered {status} with the unknown code {code}: {message}", call)
    about_token = status == 401 or (code.startswith("auth.") and code != SCOPE)
    return _rejected(TokenRejected if about_token else Rejected, status, body, (code, message, call), hide)


def _not_an_envelope(reply: Reply, body: dict[str, Any] | None, call: str, hide: Callable[[str], str]) -> ApiError:
    """Below 500 and neither a success nor a refusal that FinzBooks documents: a proxy, a portal, a cut-off body."""
    what = _describe(reply, body)
    status, code = reply.status, f"http-{reply.status}"
    if status < 300:
        return Garbled("not-finzbooks", f"{call}: answered {status} with {what}", call)
    message = f"{call}: refused with {status} and {what}"
    if status == 429:
        return TooManyRequests(code, message, call, _BUSY)
    kind = TokenRejected if status == 401 else Rejected
    return _rejected(kind, status, body or {}, (code, _said(body or {}, hide) or message, call), hide)


_BUSY = "Something else uses the same token: wait until it is done, or use a token of its own."


def _rejected(
    kind: type[Rejected],
    status: int,
    body: dict[str, Any],
    said: tuple[str, str, str],
    hide: Callable[[str], str],
) -> Rejected:
    code, message, call = said
    field, request = _text(body.get("field"), hide), _text(body.get("request_id"), hide)
    return kind(code, message, call, status, field, _hidden(body.get("details"), hide), request)


def _describe(reply: Reply, body: dict[str, Any] | None) -> str:
    if not reply.body.strip():
        return "an empty body"
    if reply.body.lstrip()[:1] == b"<":
        return "a web page instead of JSON"
    return "a body that is not whole JSON" if body is None else "JSON that is not a FinzBooks answer"


def _envelope(body: bytes) -> dict[str, Any] | None:
    """The JSON object in ``body``; None for anything else."""
    try:
        value = loads(body.decode("utf-8-sig"))
    except ValueError:  # UnicodeDecodeError is one
        return None
    return value if isinstance(value, dict) else None


def _is_zero(code: Any) -> bool:
    return type(code) is int and code == 0  # False equals 0 as well


def _code(body: dict[str, Any], status: int, hide: Callable[[str], str]) -> str:
    return _text(body.get("code"), hide) or f"http-{status}"


def _said(body: dict[str, Any], hide: Callable[[str], str]) -> str:
    return _text(body.get("message"), hide)


def _text(value: Any, hide: Callable[[str], str]) -> str:
    """A text of the server, fit for a terminal: one line, no control characters, not endless, no secret."""
    if not isinstance(value, str):
        return ""
    line = " ".join(hide(value).split())
    return "".join(char for char in line if char.isprintable())[:LONGEST_MESSAGE]


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [_hidden(element, hide) for element in value]
    if isinstance(value, dict):
        return {hide(name): _hidden(element, hide) for name, element in value.items()}
    return value
