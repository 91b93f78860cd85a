"""Whether a request is let in: token, window, endpoint, org, scope, Idempotency-Key (fact sheet, section 24.1)."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from importer.sandbox.body import Body
from importer.sandbox.books import Books
from importer.sandbox.call import Call
from importer.sandbox.exact_json import decode_body
from importer.sandbox.refusals import Refusal, key_required, key_reused, too_many
from importer.sandbox.serving.faults import Fault, Kind
from importer.sandbox.serving.pace import Windows
from importer.sandbox.serving.replay import Answers, Identity, Kept, check_key
from importer.sandbox.serving.routes import Route, find_route, scopes_of
from importer.sandbox.serving.striking import Instead, failure
from importer.sandbox.tokens import Token, authenticate, choose_org, require_scope, subject_of

# Answered before the memory of keys is asked; whether they are kept in it all the same is a switch.
EARLY: Final = frozenset({401, 403, 429})
IN_PROGRESS: Final = "idempotency.in_progress"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that has been let in. The body of ``call`` is still to be read."""

    route: Route
    call: Call


class Admission:
    """Counts, and looks at who calls."""

    def __init__(self, books: Books, answers: Answers) -> None:
        self._books = books
        self._answers = answers
        self._windows = Windows()

    def admit(self, request: Request, path: str, fault: Fault | None, headers: dict[str, str]) -> Admitted:
        """Let the request in, telling its rate window in ``headers`` whatever becomes of it.

        Raises Refusal, and Instead where the server fails at the door.
        """
        now, switches = self._books.clock.now(), self._books.switches
        aligned = switches.window == "minute"
        try:
            token = authenticate(self._books.db, request.headers.get("authorization"), now)
        except Refusal:
            headers |= self._windows.take("nobody", "DEFAULT", now, aligned=aligned).headers()
            raise
        allowance = self._windows.take(token.id, token.tier, now, aligned=aligned)
        headers |= allowance.headers()
        if fault and fault.kind is Kind.TOO_MANY:
            headers["X-RateLimit-Remaining"] = "0"
            raise too_many(math.ceil(fault.seconds) or max(allowance.reset - int(now), 1))
        if allowance.wait:
            raise too_many(allowance.wait)
        if fault and fault.kind is Kind.ERROR_BEFORE:
            raise Instead(failure(fault, headers))
        route, remote_id = find_route(request.method, path)
        call = Call(self._books, token, self._org(route, token, request), remote_id, request.query_params, Body({}))
        require_scope(token, scopes_of(route, switches))
        return Admitted(route, call)

    def _org(self, route: Route, token: Token, request: Request) -> str:
        """The org by query parameter or header (fact sheet, section 23, item 3)."""
        named = request.query_params.get("organization_id") or request.headers.get("x-aibooks-org")
        if not route.needs_org and token.org is None and named is None:
            return ""  # whoami tells a multi-org token what it is before it has chosen
        return choose_org(self._books.db, token, named)

    def identity(self, request: Request, path: str, admitted: Admitted) -> Identity | None:
        """What the request's key stands for; None without one. Raises 400 for a missing or malformed key."""
        switches = self._books.switches
        key = request.headers.get("idempotency-key")
        if request.method != "POST" and switches.key_on_put == "ignored":
            return None
        if key is None:
            if admitted.route.needs_key:
                raise key_required()
            return None
        if switches.invalid_key == "refused":
            check_key(key)
        token = admitted.call.token
        return Identity(key, request.method, path, token.id if switches.key_subject == "token" else token.user_id)

    async def kept(
        self, identity: Identity, request: Request, admitted: Admitted, headers: dict[str, str]
    ) -> Kept | None:
        """The answer that the key got before. Raises 409 where another request under it is refused."""
        switches = self._books.switches
        kept = self._answers.find(identity, self._books.clock.now())
        strict = switches.same_key_other_request == "refuse"
        if kept and strict and kept.request and kept.request != digest_of(admitted.call, await request.body()):
            raise key_reused()
        if kept and switches.replay_cost == "free":
            self._charge(admitted.call.token, -1, headers)
        return kept

    def charge_rows(self, admitted: Admitted, payload: bytes, headers: dict[str, str]) -> None:
        """Where a bulk call counts as its rows, count them (section 25, item 27)."""
        if not admitted.route.in_rows or self._books.switches.bulk_cost == "call":
            return
        try:
            rows = decode_body(payload).get("invoices")
        except Refusal:
            return
        if isinstance(rows, list) and len(rows) > 1:
            self._charge(admitted.call.token, len(rows) - 1, headers)

    def _charge(self, token: Token, cost: int, headers: dict[str, str]) -> None:
        self._windows.charge(token.id, cost)
        headers |= self._windows.allowance(token.id, token.tier, self._books.clock.now()).headers()

    def keep_early(self, request: Request, path: str, refusal: Refusal, answer: Kept) -> None:
        """With that switch, the ``answer`` of a refusal that came before the keys were asked sticks to its key."""
        key, switches = request.headers.get("idempotency-key"), self._books.switches
        if switches.refusals_cached == "no" or request.method != "POST" or not key:
            return
        if refusal.status not in EARLY and refusal.code != IN_PROGRESS:
            return
        subject = subject_of(self._books.db, request.headers.get("authorization"))
        if switches.key_subject == "user":
            subject = self._books.db.value("SELECT user_id FROM tokens WHERE id = ?", (subject,)) or subject
        with self._books.db.transaction():
            self._answers.keep(Identity(key, "POST", path, subject), answer, self._books.clock.now())


def digest_of(call: Call, payload: bytes) -> str:
    """What tells one request from another under the same key: its org, query and body."""
    return hashlib.sha256(f"{call.org}\n{call.query}\n".encode() + payload).hexdigest()
