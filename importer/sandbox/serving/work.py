"""The work of a request that has been let in, and the memory of its answer: one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final, cast

from importer.sandbox.body import Body
from importer.sandbox.books import Books
from importer.sandbox.call import Answer, Call, Handler, Raw, RowHandler
from importer.sandbox.exact_json import decode_body, encode
from importer.sandbox.refusals import Refusal
from importer.sandbox.serving.admission import Admitted, digest_of
from importer.sandbox.serving.faults import Fault, Kind
from importer.sandbox.serving.replay import Answers, Crashed, Identity, Kept
from importer.sandbox.serving.routes import Route

DELAYS: Final = frozenset({Kind.SLOW, Kind.TIMEOUT_WORKING})


class Work:
    """Carries out what was asked."""

    def __init__(self, books: Books, answers: Answers) -> None:
        self._books = books
        self._answers = answers

    def read(self, admitted: Admitted, headers: dict[str, str]) -> Kept:
        """Answer a GET. Adds to ``headers`` what an answer needs that is not JSON."""
        answer = cast(Handler, admitted.route.handler)(admitted.call)
        if isinstance(answer, Raw):
            headers["Content-Type"] = answer.content_type
            return Kept(200, answer.content)
        return Kept(200, encode(answer).encode("utf-8"))

    async def write(
        self,
        admitted: Admitted,
        payload: bytes,
        identity: Identity | None,
        fault: Fault | None,
        headers: dict[str, str],
    ) -> Kept:
        """Do what may change the books; a refusal is an answer as well, and adds its ``headers``. Raises Crashed."""
        if fault and fault.kind in DELAYS and not admitted.route.in_rows:
            await self._books.clock.sleep(fault.seconds)
        memory = None if fault and fault.kind is Kind.ERROR_AFTER else identity  # a 5xx is not kept
        try:
            fields = decode_body(payload) if payload.strip() else {}
            call = replace(admitted.call, body=Body(fields, switches=self._books.switches))
            if admitted.route.in_rows:
                answer = await self._rows(cast(RowHandler, admitted.route.handler)(call), fault)
            elif fault and fault.kind is Kind.CRASH_AFTER_ROW:
                raise Crashed  # a single document is as little done as the row after which a bulk call ends
            else:
                with self._books.db.transaction():
                    return self._elsewhere(identity) or self._kept(
                        memory, _handled(admitted.route, call), call, payload
                    )
        except Refusal as refusal:
            headers |= refusal.headers
            answer = refused(refusal, self._books)
        with self._books.db.transaction():
            return self._kept(memory, answer, admitted.call, payload)

    async def _rows(self, rows: Iterator[Answer], fault: Fault | None) -> Kept:
        """Do row by row; a fault may end it between two of them, or let others in."""
        answer: Answer = {}
        last = fault.row if fault and fault.kind is Kind.CRASH_AFTER_ROW else None
        if fault and fault.kind is Kind.SLOW:
            await self._books.clock.sleep(fault.seconds)
        for answer in islice(rows, last):
            if fault and fault.kind is Kind.TIMEOUT_WORKING:
                await self._books.clock.sleep(fault.seconds / answer["summary"]["total"])
        if last is not None:
            raise Crashed
        return Kept(200, encode(answer).encode("utf-8"))

    def _elsewhere(self, identity: Identity | None) -> Kept | None:
        """What another process answered under the key since this one looked: only the file knows of it."""
        if identity is None or self._books.switches.refusals_cached == "yes":
            return None  # in the second case the answer may be the 409 that our own work has caused
        return self._answers.find(identity, self._books.clock.now())

    def _kept(self, identity: Identity | None, answer: Kept, call: Call, payload: bytes) -> Kept:
        if identity is not None:
            told = answer._replace(request=digest_of(call, payload))
            self._answers.keep(identity, told, self._books.clock.now())
        return answer


def _handled(route: Route, call: Call) -> Kept:
    status = int(call.switches.create_status) if route.creates else 200
    answer = cast(Handler, route.handler)(call)
    call.body.refuse_strangers()
    return Kept(status, encode(answer).encode("utf-8"))


def refused(refusal: Refusal, books: Books) -> Kept:
    """A refusal in the error envelope, as the switches have it."""
    told = refusal.under(books.switches)
    envelope = told.envelope()
    if books.switches.error_request_id == "present":
        envelope["request_id"] = books.new_id("req")
    return Kept(told.status, encode(envelope).encode("utf-8"))
