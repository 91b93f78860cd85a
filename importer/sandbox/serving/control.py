"""What a test or a rehearsal sets while the sandbox runs: clock, switches, faults, tokens, orgs. Not FinzBooks' API.

Everything lies under ``/_sandbox``. A body is a JSON object and says so in its Content-Type, which no page of another
site can make a browser send here. Times are Unix seconds or ISO datetimes; switches and faults are told as in
``switches`` and ``faults``.

=========================  ===================================================================================
GET /_sandbox              org, time, switches that are not at their default, faults to come
POST /_sandbox/clock       {"advance": seconds} or {"to": "2026-05-20T10:00:00+05:30"}
GET, PUT /_sandbox/switches  {"create_status": "201"}
POST, DELETE /_sandbox/faults  {"faults": ["POST /payments close-after nth=3"]}
POST /_sandbox/tokens      {"token", "orgs"?, "multi_org"?, "scopes"?, "tier"?, "expires_at"?, "revoked"?}
POST /_sandbox/orgs        {"name"}
PUT /_sandbox/preferences  {"round_invoice_totals", "rounding_method"?}
POST /_sandbox/reset       {}: all documents go, the set-up stays
=========================  ===================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from starlette.requests import Request

from importer.sandbox.books import Books
from importer.sandbox.exact_json import decode_body
from importer.sandbox.refusals import Refusal, malformed, no_route
from importer.sandbox.serving.faults import Faults, NoSuchFault, read_fault
from importer.sandbox.serving.outgoing import Outgoing
from importer.sandbox.switches import NoSuchSwitch, changed, described

PREFIX: Final = "/_sandbox"
Fields = dict[str, Any]
Answer = dict[str, Any]
Deed = Callable[[Books, Faults, Fields], Answer]


async def respond(books: Books, faults: Faults, request: Request) -> Outgoing:
    """Answer a request below ``/_sandbox``."""
    path = request.scope["path"].removeprefix(PREFIX)
    deed = DEEDS.get((request.method, path))
    try:
        if deed is None:
            raise no_route(request.method, request.scope["path"])
        if request.method != "GET" and "json" not in request.headers.get("content-type", ""):
            raise malformed("Send the body as application/json.", "Content-Type")
        payload = await request.body()
        answer = deed(books, faults, decode_body(payload) if payload.strip() else {})
    except Refusal as refusal:
        return Outgoing(refusal.status, _json(refusal.envelope()))
    except (NoSuchSwitch, NoSuchFault, ValueError, TypeError) as error:
        return Outgoing(422, _json({"code": "validation.failed", "message": str(error)}))
    return Outgoing(200, _json({"code": 0, "message": "success", **answer}))


def _json(answer: Answer) -> bytes:
    return json.dumps(answer, ensure_ascii=False, default=float).encode("utf-8")


def _overview(books: Books, faults: Faults, _: Fields) -> Answer:
    return {
        "org_id": books.org_id,
        **_time(books),
        "switches": changed(books.switches),
        "faults": [fault.line() for fault in faults.all()],
    }


def _time(books: Books) -> Answer:
    now = books.clock.now()
    return {"now": now, "time": datetime.fromtimestamp(now, UTC).isoformat()}


def _clock(books: Books, _: Faults, fields: Fields) -> Answer:
    if "to" in fields:
        then = datetime.fromisoformat(str(fields["to"]))
        seconds = (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() - books.clock.now()
    else:
        seconds = float(_given(fields, "advance"))
    datetime.fromtimestamp(books.clock.now() + seconds, UTC)  # raises for a time that no calendar has
    books.put_clock(seconds)
    return _time(books)


def _switches(_: Books, __: Faults, ___: Fields) -> Answer:
    return {"switches": [asdict(switch) for switch in described()]}


def _set_switches(books: Books, _: Faults, fields: Fields) -> Answer:
    return {"switches": changed(books.settings.set_switches(fields))}


def _add_faults(_: Books, faults: Faults, fields: Fields) -> Answer:
    lines = _given(fields, "faults")
    if not isinstance(lines, list):
        raise ValueError("'faults' is a list of lines.")
    faults.add([read_fault(str(line)) for line in lines])
    return {"faults": [fault.line() for fault in faults.all()]}


def _clear_faults(_: Books, faults: Faults, __: Fields) -> Answer:
    faults.clear()
    return {"faults": []}


def _add_token(books: Books, _: Faults, fields: Fields) -> Answer:
    token, powers = str(_given(fields, "token")), {name: value for name, value in fields.items() if name != "token"}
    books.add_token(token, **powers)
    return {}


def _add_org(books: Books, _: Faults, fields: Fields) -> Answer:
    return {"org_id": books.add_org(str(_given(fields, "name")))}


def _preferences(books: Books, _: Faults, fields: Fields) -> Answer:
    books.set_preferences(**fields)
    return {}


def _reset(books: Books, _: Faults, __: Fields) -> Answer:
    books.reset()
    return {}


def _given(fields: Fields, name: str) -> Any:
    if fields.get(name) is None:
        raise ValueError(f"'{name}' is missing.")
    return fields[name]


DEEDS: Final[dict[tuple[str, str], Deed]] = {
    ("GET", ""): _overview,
    ("POST", "/clock"): _clock,
    ("GET", "/switches"): _switches,
    ("PUT", "/switches"): _set_switches,
    ("POST", "/faults"): _add_faults,
    ("DELETE", "/faults"): _clear_faults,
    ("POST", "/tokens"): _add_token,
    ("POST", "/orgs"): _add_org,
    ("PUT", "/preferences"): _preferences,
    ("POST", "/reset"): _reset,
}
