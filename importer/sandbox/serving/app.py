"""The sandbox as an ASGI application: what happens to every request, whichever its endpoint.

In the order of the fact sheet, section 24.1: authenticate, count, find the org, ask for the scope; for a POST the
Idempotency-Key; then the handler, which goes from shape (422) over foreign ids (404) and rules (400) to the duplicate
guard (409) and the write; last, the answer is kept under its key. Needs no lifespan events.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from email.utils import formatdate
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route as HttpRoute
from starlette.types import Receive, Scope, Send

from importer.sandbox.books import Books
from importer.sandbox.refusals import Refusal
from importer.sandbox.serving import control, striking
from importer.sandbox.serving.admission import Admission, Admitted
from importer.sandbox.serving.faults import Fault, Faults, Kind
from importer.sandbox.serving.outgoing import Outgoing, deliver
from importer.sandbox.serving.replay import Answers, Crashed, Identity, Kept
from importer.sandbox.serving.routes import template_of
from importer.sandbox.serving.work import Work, refused

PREFIX: Final = "/api/public/v1"  # of the real base URL; the root is answered as well
log = logging.getLogger(__name__)


def create_app(books: Books) -> Starlette:
    """The application over ``books``. It runs on one event loop; the books stay the caller's to close."""
    return Starlette(routes=[HttpRoute("/{path:path}", Sandbox(books))])


class Sandbox:
    """Takes every request of the application."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._faults = Faults(books.db)
        self._answers = Answers(books.db)
        self._admission = Admission(books, self._answers)
        self._work = Work(books, self._answers)
        self._going_on: set[asyncio.Task[Kept]] = set()  # what works on though its caller was told otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            outgoing = await self._respond(request)
        except ClientDisconnect:
            return  # nobody is left to answer, and nothing was done
        outgoing.headers["Date"] = formatdate(self._books.clock.now(), usegmt=True)
        await deliver(outgoing, scope, receive, send)

    async def _respond(self, request: Request) -> Outgoing:
        try:
            if control.is_meant(request.scope["path"]):
                return await control.respond(self._books, self._faults, request)
            path = _below_base(request.scope["path"])
            return await self._serve(request, path, self._faults.next(request.method, template_of(path)))
        except (ClientDisconnect, asyncio.CancelledError):
            raise
        except Crashed:
            return Outgoing(500, b"", arrives="nothing")
        except Exception:
            log.exception("%s %s failed", request.method, request.scope["path"])
            return Outgoing(500, b'{"code":"server.error","message":"The sandbox failed; its log says why."}')

    async def _serve(self, request: Request, path: str, fault: Fault | None) -> Outgoing:
        if fault and (struck := await striking.before(self._books, request, path, fault)):
            return struck
        headers: dict[str, str] = {}
        try:
            answer = await self._answer(request, path, fault, headers)
        except Refusal as refusal:
            headers |= refusal.headers
            answer = refused(refusal, self._books)
            self._admission.keep_early(request, path, refusal, answer)
        except striking.Instead as instead:
            return instead.outgoing
        outgoing = Outgoing(answer.status, answer.body, headers)
        return striking.after(fault, outgoing) if fault else outgoing

    async def _answer(self, request: Request, path: str, fault: Fault | None, headers: dict[str, str]) -> Kept:
        admitted = self._admission.admit(request, path, fault, headers)
        if request.method == "GET":
            if fault and fault.kind is Kind.SLOW:
                await self._books.clock.sleep(fault.seconds)
            if fault and fault.kind is Kind.TIMEOUT_WORKING:
                raise striking.Instead(striking.gateway_timeout())  # what is only read goes on unseen
            return self._work.read(admitted, headers)
        identity = self._admission.identity(request, path, admitted)
        if identity and (kept := await self._admission.kept(identity, request, admitted, headers)):
            return kept
        if fault and fault.kind is Kind.TIMEOUT_WORKING:
            await request.body()  # it cannot be read any more when the caller has been told something
            await self._let_go_on(self._held(request, admitted, identity, fault, headers))
            raise striking.Instead(striking.gateway_timeout())
        return await self._held(request, admitted, identity, fault, headers)

    async def _held(
        self,
        request: Request,
        admitted: Admitted,
        identity: Identity | None,
        fault: Fault | None,
        headers: dict[str, str],
    ) -> Kept:
        """Work with the key held, from before the body has arrived. Raises 409 where somebody else holds it."""
        with self._answers.running(identity, self._books.clock.now(), self._books.switches.lock_seconds):
            payload = await request.body()
            self._admission.charge_rows(admitted, payload, headers)
            return await self._work.write(admitted, payload, identity, fault, headers)

    async def _let_go_on(self, work: Coroutine[Any, Any, Kept]) -> None:
        """Start ``work`` and leave it to itself. Raises what becomes of its first step, such as the 409."""
        task = asyncio.create_task(work)
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)
        await asyncio.sleep(0)
        if task.done() and (problem := task.exception()):
            raise problem
        task.add_done_callback(self._log_failure)

    def _log_failure(self, task: asyncio.Task[Kept]) -> None:
        """Books that are closed are a server that has ended: what it was still at is not done."""
        if not task.cancelled() and (problem := task.exception()) and not self._books.closed:
            log.error("what went on after a gateway time-out failed", exc_info=problem)


def _below_base(path: str) -> str:
    return path.removeprefix(PREFIX) if path.startswith(PREFIX + "/") else path
