"""What the ways out ask the org: the document that is meant, the names of its entry, what it refers to. Only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from importer.api.client import Client
from importer.apply.prepare import Memory, in_order
from importer.apply.survey import GONE, fetch, find_all, org_names
from importer.errors import Refused, Rejected
from importer.kinds import KINDS, Kind
from importer.model import Document, Manifest, Path, Place, Receipt, Ref, StepId
from importer.plan.body import Bindings, as_written
from importer.plan.decide import references
from importer.plan.entries import entries_of
from importer.plan.expected import Expectations
from importer.plan.names import OrgRates, lookups_needed, unknown_names


@dataclass(frozen=True, slots=True)
class Desk:
    """What both ways need: whom to ask, what the files say, what the state remembers."""

    client: Client
    manifest: Manifest
    memory: Memory
    run: str
    now: float  # Unix time, in seconds
    source_of: Callable[[Document], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the org says of what a document refers to."""

    bindings: Bindings
    expectations: Expectations
    missing: tuple[Ref, ...]  # what it refers to and is not known to be in the books; what it settles apart


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """Where a document stands that no file holds."""

    file: str

    def at(self, path: Path, *, of_key: bool = False) -> Place:  # noqa: ARG002  # every path stands there
        return Place(self.file, 1, 1)


async def read(desk: Desk, kind: Kind, remote_id: str, help: str) -> Mapping[str, Any]:
    """The document ``remote_id``, whole. Raises Refused (not-in-books), with ``help``."""
    try:
        return await fetch(desk.client, kind, remote_id)
    except Rejected as error:
        # The API's own word for it, not the 404 of a proxy on the way.
        if error.code != GONE:
            raise
        raise Refused("not-in-books", f"The books hold no {kind.label} {remote_id}.", help) from error


async def ask(desk: Desk, document: Document) -> Asked:
    """Ask the org for the names of ``document``, and for what it refers to and the state does not know.

    Raises Refused (no-entry) for a name that the org does not have.
    """
    unknown = _unknown(desk, document)
    taxable = chain(
        ((one.kind, one.fields) for one in desk.manifest.documents),
        ((one.kind, one.said) for one in desk.memory.receipts),
    )
    names = await org_names(desk.client, lookups_needed([document, *unknown], taxable))
    problems = [one for one in unknown_names([document], names) if one.code != "bank-account-needed"]
    if problems:
        raise Refused("no-entry", f"{StepId(*document.ref)}: {problems[0].message}.", problems[0].help)
    documents = [one for one in desk.memory.receipts if not one.part]
    bindings = Bindings({one.ref: one.remote_id for one in documents}, names)
    expectations = Expectations(desk.manifest, desk.memory.said(), OrgRates(names))
    claimed = {(one.kind, one.remote_id): one.ref for one in documents}
    await find_all(desk.client, unknown, bindings, expectations.expected, claimed)
    return Asked(bindings, expectations, tuple(unbound(document, bindings, settled=False)))


def _unknown(desk: Desk, document: Document) -> list[Document]:
    """What ``document`` refers to, by one step or several, of which there is no receipt; in the order of references."""
    by_ref = {one.ref: one for one in desk.manifest.documents}
    known = {one.ref for one in desk.memory.receipts if not one.part}
    needed: set[Ref] = set()
    stack = [document]
    while stack:
        for ref in _named(stack.pop()):
            if ref in by_ref and ref not in known and ref not in needed:
                needed.add(ref)
                stack.append(by_ref[ref])
    found = tuple(by_ref[ref] for ref in needed - {document.ref})
    return in_order(replace(desk.manifest, documents=found))


def _named(document: Document) -> Iterator[Ref]:
    """All that ``document`` refers to, also in calls of its own."""
    yield from references(document)
    settles = KINDS[document.kind].settles
    if settles is not None and not settles.in_body:
        entries = (entry for _, entry in entries_of(document, settles))
        yield from (Ref(settles.target, entry.target_key) for entry in entries if entry.target_key)


def unbound(document: Document, bindings: Bindings, *, settled: bool = True) -> list[Ref]:
    """What the create body of ``document`` refers to without an id; what it settles only if asked for."""
    return sorted({ref for ref in references(document, settled=settled) if ref not in bindings.ids})


def stand_in(receipt: Receipt) -> Document:
    """What a receipt says, as the document that said it."""
    fields = {**as_written(receipt.said), "key": receipt.key}
    return Document(receipt.kind, receipt.key, fields, receipt.source, 0, _Nowhere(receipt.source))
