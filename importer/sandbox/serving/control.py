"""What a test or a rehearsal sets while the sandbox runs: clock, switches, faults, tokens, orgs. Not FinzBooks' API.

Everything lies under ``/_sandbox``. A body is a JSON object and says so in its Content-Type, which no page of another
site can make a browser send here. "to" is an ISO datetime (UTC without a zone), "expires_at" Unix seconds; switches
and faults are told as in ``switches`` and ``faults``. Bad input gets 422 with a sentence, and then nothing is changed.

=========================  ===================================================================================
GET /_sandbox              org, time, switches that are not at their default, faults to come
POST /_sandbox/clock       {"advance": seconds} or {"to": "2026-05-20T10:00:00+05:30"}
GET, PUT /_sandbox/switches  {"create_status": "201"}
POST, DELETE /_sandbox/faults  {"faults": ["POST /payments close-after nth=3"]}
POST /_sandbox/tokens      {"token", "orgs"?, "multi_org"?, "scopes"?, "tier"?, "expires_at"?, "revoked"?, "user_of"?}
POST /_sandbox/orgs        {"name"}
PUT /_sandbox/preferences  {"round_invoice_totals", "rounding_method"?}
POST /_sandbox/reset       {}: all documents and faults go, the set-up stays
=========================  ===================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from starlette.requests import Request

from importer.sandbox.books import Books
from importer.sandbox.exact_json import decode_body
from importer.sandbox.refusals import Refusal, malformed, no_route, wrong_method
from importer.sandbox.serving.faults import Faults, NoSuchFault, read_fault
from importer.sandbox.serving.outgoing import Outgoing
from importer.sandbox.switches import NoSuchSwitch, changed, described

PREFIX: Final = "/_sandbox"
# Unix seconds between which the clock may be put: every calendar and every platform knows these years.
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC).timestamp()
MOST_SECONDS: Final = 10**15  # more than any calendar has, and a float takes them
Fields = dict[str, Any]
Answer = dict[str, Any]
Deed = Callable[[Books, Faults, Fields], Answer]


def is_meant(path: str) -> bool:
    """Whether a path is one of these and not the API's."""
    return path == PREFIX or path.startswith(PREFIX + "/")


async def respond(books: Books, faults: Faults, request: Request) -> Outgoing:
    """Answer a request below ``/_sandbox``."""
    try:
        deed = _deed(request.method, request.scope["path"].removeprefix(PREFIX))
        if request.method != "GET" and _media_type(request) != "application/json":
            raise malformed("Send the body as application/json.", "Content-Type")
        payload = await request.body()
        answer = deed(books, faults, decode_body(payload) if payload.strip() else {})
    except Refusal as refusal:
        return Outgoing(refusal.status, _json(refusal.envelope()), refusal.headers)
    except (NoSuchSwitch, NoSuchFault) as error:
        return Outgoing(422, _json({"code": "validation.failed", "message": str(error)}))
    return Outgoing(200, _json({"code": 0, "message": "success", **answer}))


def _deed(method: str, path: str) -> Deed:
    methods = [verb for verb, known in DEEDS if known == path]
    if not methods:
        raise no_route(method, PREFIX + path)
    if method not in methods:
        raise wrong_method(method, PREFIX + path, ", ".join(methods))
    return DEEDS[method, path]


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _json(answer: Answer) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode("utf-8")


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
    now = books.clock.now()
    seconds = _moment(fields) - now if "to" in fields else _needed_number(fields, "advance")
    if not EARLIEST <= now + seconds < LATEST:
        raise malformed("The clock goes from the year 2000 to the year 2199.", "to" if "to" in fields else "advance")
    books.put_clock(seconds)
    return _time(books)


def _moment(fields: Fields) -> float:
    """The Unix seconds of ``to``."""
    try:
        then = datetime.fromisoformat(_needed_text(fields, "to"))
        return (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise malformed("'to' is an ISO datetime such as 2026-05-20T10:00:00+05:30.", "to") from None


def _switches(_: Books, __: Faults, ___: Fields) -> Answer:
    return {"switches": [asdict(switch) for switch in described()]}


def _set_switches(books: Books, _: Faults, fields: Fields) -> Answer:
    return {"switches": changed(books.settings.set_switches(fields))}


def _add_faults(_: Books, faults: Faults, fields: Fields) -> Answer:
    faults.add([read_fault(line) for line in _texts(fields, "faults")])
    return {"faults": [fault.line() for fault in faults.all()]}


def _clear_faults(_: Books, faults: Faults, __: Fields) -> Answer:
    faults.clear()
    return {"faults": []}


def _add_token(books: Books, _: Faults, fields: Fields) -> Answer:
    _known(fields, "token", "orgs", "multi_org", "scopes", "tier", "expires_at", "revoked", "user_of")
    token = _needed_text(fields, "token")
    powers: Fields = {name: _texts(fields, name) for name in ("orgs", "scopes") if name in fields}
    powers |= {name: _flag(fields, name) for name in ("multi_org", "revoked") if name in fields}
    powers |= {name: _needed_text(fields, name) for name in ("tier", "user_of") if name in fields}
    if fields.get("expires_at") is not None:
        powers["expires_at"] = _needed_number(fields, "expires_at")
    for org in powers.get("orgs", ()):
        if not books.db.value("SELECT 1 FROM orgs WHERE id = ?", (org,)):
            raise malformed(f"There is no organisation '{org}'.", "orgs")
    try:
        books.add_token(token, **powers)
    except ValueError as error:
        raise malformed(f"The token cannot be: {error}.") from None
    return {}


def _add_org(books: Books, _: Faults, fields: Fields) -> Answer:
    _known(fields, "name")
    return {"org_id": books.add_org(_needed_text(fields, "name"))}


def _preferences(books: Books, _: Faults, fields: Fields) -> Answer:
    _known(fields, "round_invoice_totals", "rounding_method")
    rounds = _flag(fields, "round_invoice_totals")
    method = _needed_text(fields, "rounding_method") if "rounding_method" in fields else "nearest"
    try:
        books.set_preferences(round_invoice_totals=rounds, rounding_method=method)
    except ValueError as error:
        raise malformed(f"The rounding method cannot be: {error}.", "rounding_method") from None
    return {}


def _reset(books: Books, faults: Faults, _: Fields) -> Answer:
    books.reset()
    faults.clear()  # which keeps those it has read in mind
    return {}


def _known(fields: Fields, *names: str) -> None:
    for name in fields:
        if name not in names:
            raise malformed(f"There is no '{name}' here, only {', '.join(names)}.", name)


def _needed_text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise malformed(f"'{name}' is needed, as text.", name)
    return value


def _texts(fields: Fields, name: str) -> list[str]:
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise malformed(f"'{name}' is a list of texts.", name)
    return value


def _flag(fields: Fields, name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise malformed(f"'{name}' is true or false.", name)
    return value


def _needed_number(fields: Fields, name: str) -> float:
    value = fields.get(name)
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and -MOST_SECONDS < value < MOST_SECONDS:
        return float(value)
    raise malformed(f"'{name}' is needed, as a number of seconds.", name)


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
