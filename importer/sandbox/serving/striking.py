"""What a fault does to a request, before its work and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from starlette.requests import Request

from importer.sandbox.books import Books
from importer.sandbox.serving import other_user
from importer.sandbox.serving.faults import Fault, Kind
from importer.sandbox.serving.outgoing import Outgoing, error, page
from importer.sandbox.tokens import revoke, subject_of

OTHERS: Final = frozenset({Kind.OTHER_EDITS, Kind.OTHER_VOIDS, Kind.OTHER_ADDS})


class Instead(Exception):
    """The caller gets another answer than that of the work."""

    def __init__(self, outgoing: Outgoing) -> None:
        super().__init__()
        self.outgoing = outgoing


def gateway_timeout() -> Outgoing:
    return page(504)


def failure(fault: Fault, headers: Mapping[str, str]) -> Outgoing:
    """The 5xx of a fault. JSON is the API's own and tells the rate window; a gateway's page knows nothing of it."""
    answer = error(fault.status, fault.body)
    return replace(answer, headers=dict(headers)) if fault.body == "json" else answer


async def before(books: Books, request: Request, path: str, fault: Fault) -> Outgoing | None:
    """What happens before the request is even looked at; an answer where it gets no further."""
    if fault.kind is Kind.CLOSE_BEFORE:
        return Outgoing(500, b"", arrives="nothing")
    if fault.kind is Kind.ERROR_BEFORE and fault.body != "json":
        return error(fault.status, fault.body)  # a gateway's, before the API has seen the request
    if fault.kind is Kind.REVOKE_TOKEN:
        with books.db.transaction():
            revoke(books.db, subject_of(books.db, request.headers.get("authorization")))
    if fault.kind in OTHERS:
        other_user.act(books, fault, request.method, path, await request.body())
    return None


def after(fault: Fault, answer: Outgoing) -> Outgoing:
    """How an answer arrives after the work is done."""
    match fault.kind:
        case Kind.CLOSE_AFTER:
            return replace(answer, arrives="nothing")
        case Kind.TRUNCATED:
            return replace(answer, arrives="half")
        case Kind.ERROR_AFTER:
            return failure(fault, answer.headers)
        case Kind.TIMEOUT_AFTER:
            return gateway_timeout()
        case Kind.HTML:
            return page(200)
        case _:
            return answer
