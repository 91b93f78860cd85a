"""Another user of the organisation, who edits, voids or adds a document in the middle of somebody's run."""

from __future__ import annotations

import logging
from typing import Any, Final, cast

from importer.sandbox.body import Body
from importer.sandbox.books import DATED, Books
from importer.sandbox.call import Call, Handler
from importer.sandbox.exact_json import decode_body
from importer.sandbox.refusals import Refusal
from importer.sandbox.serving.faults import Fault, Kind
from importer.sandbox.serving.routes import ROUTES
from importer.sandbox.tokens import FULL_ACCESS, Token

OTHER: Final = Token("other-user", "other-user", None, (FULL_ACCESS,), "DEFAULT")
# What is changed where the fault does not say what.
EDITS: Final[dict[str, dict[str, Any]]] = {
    "contacts": {"phone": "+91 90000 00000"},
    "items": {"description": "Changed by another user"},
    "invoices": {"notes": "Changed by another user"},
    "credit_notes": {"notes": "Changed by another user"},
}
# What undoes a document: the calls are tried in turn, since a draft is deleted and a posted invoice voided.
UNDOES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "contacts": (("DELETE", "/contacts/{id}"),),
    "items": (("POST", "/items/{id}/archive"),),
    "invoices": (("POST", "/invoices/{id}/void"), ("DELETE", "/invoices/{id}")),
    "credit_notes": (("POST", "/credit_notes/{id}/void"),),
    "payments": (("DELETE", "/payments/{id}"),),
}
ADDS: Final[dict[str, dict[str, Any]]] = {
    "contacts": {"contact_name": "Added by another user"},
    "items": {"item_name": "Added by another user"},
}
OWN_NAMES: Final = ("reference_number", "invoice_number")  # by which the one who is importing would know it
log = logging.getLogger(__name__)


def act(books: Books, fault: Fault, method: str, path: str, payload: bytes) -> None:
    """Do it, in the sandbox's own org. What the books refuse to another user too is left undone, and logged."""
    resource, _, below = path.strip("/").partition("/")
    resource = below if resource == "bulk" else resource
    named = below.partition("/")[0] if resource != below else ""
    if resource not in DATED:
        log.warning("another user can do nothing to %s", path)
        return
    remote_id = named or _newest(books, resource)
    fields = dict(fault.fields) if fault.fields is not None else None
    match fault.kind:
        case Kind.OTHER_EDITS if remote_id:
            _call(books, ("PUT", f"/{resource}/{{id}}"), remote_id, fields or EDITS.get(resource, {}))
        case Kind.OTHER_VOIDS if remote_id:
            _undo(books, resource, remote_id)
        case Kind.OTHER_ADDS:
            _call(books, ("POST", f"/{resource}"), "", fields or _alike(resource, method, payload))
        case _:
            log.warning("there is no document in %s for another user", resource)


def _undo(books: Books, resource: str, remote_id: str) -> None:
    for call in UNDOES.get(resource, ()):
        if _call(books, call, remote_id, {}):
            return


def _newest(books: Books, resource: str) -> str:
    # The name of the table is that of the resource, and was found among the routes.
    sql = f"SELECT id FROM {resource} WHERE org = ? ORDER BY created DESC, id DESC"  # noqa: S608
    return books.db.value(sql, (books.org_id,)) or ""


def _alike(resource: str, method: str, payload: bytes) -> dict[str, Any]:
    """A document as it is being made, typed in by hand: without the references of the one who imports."""
    if method != "POST":
        return ADDS.get(resource, {})
    try:
        body = decode_body(payload)
    except Refusal:
        return {}  # nothing is being made that could be like it
    rows = body.get("invoices")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else body
    return {name: value for name, value in first.items() if name not in OWN_NAMES}


def _call(books: Books, which: tuple[str, str], remote_id: str, fields: dict[str, Any]) -> bool:
    route = ROUTES.get(which)
    if route is None:
        log.warning("another user cannot %s %s: there is no such call", *which)
        return False
    call = Call(books, OTHER, books.org_id, remote_id, {}, Body(fields, switches=books.switches))
    try:
        with books.db.transaction():
            cast(Handler, route.handler)(call)
    except Refusal as refusal:
        log.warning("another user's %s %s was refused: %s", *which, refusal.message)
        return False
    return True
