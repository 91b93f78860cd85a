"""The sandbox as an ASGI application: what happens to every request, whichever its endpoint.

In the order of the fact sheet, section 24.1: authenticate, count, find the org, ask for the scope; for a POST the
Idempotency-Key; then the handler, which goes from shape (422) over foreign ids (404) and rules (400) to the duplicate
guard (409) and the write; last, the answer is kept under its key. Needs no lifespan events.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from email.utils import formatdate
from typing import Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute
from starlette.types import Receive, Scope, Send

from importer.sandbox.body import Body
from importer.sandbox.books import Books
from importer.sandbox.call import Call
from importer.sandbox.exact_json import decode_body, encode
from importer.sandbox.refusals import Refusal, key_required, too_many
from importer.sandbox.serving.pace import Windows
from importer.sandbox.serving.replay import Answers, Identity, Kept, check_key
from importer.sandbox.serving.routes import Route, find_route
from importer.sandbox.tokens import Token, authenticate, choose_org, require_scope

PREFIX: Final = "/api/public/v1"  # of the real base URL; the root is answered as well
log = logging.getLogger(__name__)


def create_app(books: Books) -> Starlette:
    """The application over ``books``. It runs on one event loop; the books stay the caller's to close."""
    return Starlette(routes=[HttpRoute("/{path:path}", Sandbox(books))])


class Sandbox:
    """Takes every request of the application."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._windows = Windows()
        self._answers = Answers(books.db)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._respond(Request(scope, receive))
        except ClientDisconnect:
            return  # nobody is left to answer, and nothing was done
        response.headers["Date"] = formatdate(self._books.clock.now(), usegmt=True)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            answer = await self._admit(request, headers)
        except Refusal as refusal:
            headers |= refusal.headers
            answer = _refused(refusal)
        except ClientDisconnect:
            raise
        except Exception:
            log.exception("%s %s failed", request.method, request.scope["path"])
            answer = Kept(500, b'{"code":"server.error","message":"The sandbox failed; its log says why."}')
        return Response(answer.body, answer.status, headers, "application/json")

    async def _admit(self, request: Request, headers: dict[str, str]) -> Kept:
        """Let the request in, telling its rate window in ``headers`` whatever becomes of it."""
        now = self._books.clock.now()
        try:
            token = authenticate(self._books.db, request.headers.get("authorization"), now)
        except Refusal:
            headers |= self._windows.take("nobody", "DEFAULT", now).headers()
            raise
        allowance = self._windows.take(token.id, token.tier, now)
        headers |= allowance.headers()
        if allowance.wait:
            raise too_many(allowance.wait)
        path = _below_base(request.scope["path"])
        route, remote_id = find_route(request.method, path)
        call = Call(self._books, token, self._org(route, token, request), remote_id, request.query_params, Body({}))
        require_scope(token, route.scopes)
        if request.method == "POST":
            return await self._post(route, call, request, path)
        if request.method == "GET":
            return _handle(route, call)
        return self._write(route, call, await request.body(), None)

    def _org(self, route: Route, token: Token, request: Request) -> str:
        """The org by query parameter or header (fact sheet, section 23, item 3)."""
        named = request.query_params.get("organization_id") or request.headers.get("x-aibooks-org")
        if not route.needs_org and token.org is None and named is None:
            return ""  # whoami tells a multi-org token what it is before it has chosen
        return choose_org(self._books.db, token, named)

    async def _post(self, route: Route, call: Call, request: Request, path: str) -> Kept:
        key = request.headers.get("idempotency-key")
        if key is None:
            if route.needs_key:
                raise key_required()
            return self._write(route, call, await request.body(), None)
        check_key(key)
        identity = Identity(key, request.method, path, call.token.id)
        if kept := self._answers.find(identity, self._books.clock.now()):
            return kept
        with self._answers.running(identity):
            return self._write(route, call, await request.body(), identity)

    def _write(self, route: Route, call: Call, payload: bytes, identity: Identity | None) -> Kept:
        """Handle a call that may change the books: the change and the memory of its answer are one transaction."""
        try:
            call = replace(call, body=Body(decode_body(payload) if payload.strip() else {}))
            if not route.commits_rows:
                with self._books.db.transaction():
                    return self._keep(identity, _handle(route, call))
            answer = _handle(route, call)
        except Refusal as refusal:
            answer = _refused(refusal)
        with self._books.db.transaction():
            return self._keep(identity, answer)

    def _keep(self, identity: Identity | None, answer: Kept) -> Kept:
        if identity is not None:
            self._answers.keep(identity, answer, self._books.clock.now())
        return answer


def _handle(route: Route, call: Call) -> Kept:
    return Kept(200, encode(route.handler(call)).encode("utf-8"))


def _refused(refusal: Refusal) -> Kept:
    return Kept(refusal.status, encode(refusal.envelope()).encode("utf-8"))


def _below_base(path: str) -> str:
    return path.removeprefix(PREFIX) if path.startswith(PREFIX + "/") else path
