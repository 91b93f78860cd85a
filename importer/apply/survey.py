"""Asking the org what it holds: the lists that a manifest names, and the documents it may hold already. Only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from importer.api.client import Client, segment
from importer.delivery.compare import Expected, carries
from importer.delivery.natural import Match, Rows, Wanted, match_all, relevant, searches
from importer.delivery.remote import text
from importer.kinds import KINDS, LOOKUPS, Kind
from importer.model import Document, Ref
from importer.plan.body import Bindings, body
from importer.plan.names import Names


async def org_names(client: Client, lists: Iterable[str]) -> Names:
    """The org's ``lists``, each whole. Whether taxes and accounts are paged is not known: their pages are followed."""
    rows: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for name in sorted(lists):
        lookup = LOOKUPS[name]
        found: list[Mapping[str, Any]] = []
        async for page in client.pages(lookup.endpoint, name, paged=lookup.paged):
            found.extend(page.rows)
        rows[name] = tuple(found)
    return Names(rows)


async def search(client: Client, kind: Kind, wanted: Sequence[Wanted]) -> Rows:
    """All rows of ``kind`` that may be one of ``wanted``, by the cheaper of a walk and of targeted look-ups.

    How long the list is can only be learned by walking it. So it is walked for as many pages as there would be
    look-ups, and then given up for them: never more than twice the cheaper way.
    """
    rows = Rows(kind, relevant(kind, wanted))
    targets = searches(kind, wanted)
    walk = targets is None or len(targets) > 1
    if walk and await _walk(client, kind, rows, {}, None if targets is None else len(targets)):
        return rows
    for value in targets or ():
        parameter = kind.search.parameter if kind.search is not None else ""
        await _walk(client, kind, rows, {parameter: value}, None)
    return rows


async def _walk(client: Client, kind: Kind, rows: Rows, parameters: Mapping[str, str], most_pages: int | None) -> bool:
    """Read a list to its end, or for ``most_pages``. Whether the end was reached."""
    pages = 0
    async for page in client.pages(kind.endpoint, kind.name, parameters):
        rows.add(page.rows)
        pages += 1
        if most_pages is not None and pages >= most_pages and page.more:
            return False
    return True


async def find(
    client: Client, kind: Kind, wanted: Sequence[Wanted], claimed: Mapping[tuple[str, str], Ref]
) -> dict[Ref, Match]:
    """What the org holds of ``wanted``. A single match is read whole where the list's row is short."""
    rows = await search(client, kind, wanted)
    found = match_all(kind, wanted, rows, claimed)
    for one in wanted:
        match = found[one.ref]
        if len(match.rows) == 1 and not carries(kind.name, one.values, match.rows[0]):
            found[one.ref] = replace(match, rows=(await fetch(client, kind, text(match.rows[0].get(kind.id_field))),))
    return found


async def fetch(client: Client, kind: Kind, remote_id: str) -> Mapping[str, Any]:
    """One document of the books, whole."""
    answer = await client.get(f"{kind.endpoint}/{segment(remote_id)}", label=f"GET {kind.endpoint}/{{id}}")
    found = answer.body.get(kind.singular)
    return found if isinstance(found, dict) else {}


async def find_all(
    client: Client,
    documents: Sequence[Document],
    bindings: Bindings,
    expected: Callable[[Document], Expected | None],
    claimed: Mapping[tuple[str, str], Ref],
) -> tuple[dict[Ref, Match], dict[Ref, Mapping[str, Any]]]:
    """What the org holds of ``documents``, kind by kind, since what is found is needed to look for what refers to it.

    Returns the matches, and the create bodies as far as they could be said; adds the ids found to ``bindings``.
    """
    matches: dict[Ref, Match] = {}
    bodies: dict[Ref, Mapping[str, Any]] = {}
    for kind in KINDS.values():
        of_kind = [document for document in documents if document.kind == kind.name]
        wanted = [
            Wanted(document.ref, body(document, bindings, partial=True), expected(document)) for document in of_kind
        ]
        if not wanted:
            continue
        found = await find(client, kind, wanted, claimed)
        for one in wanted:
            bodies[one.ref] = one.values
            matches[one.ref] = found[one.ref]
            if len(found[one.ref].rows) == 1:
                bindings.ids[one.ref] = text(found[one.ref].rows[0].get(kind.id_field))
    return matches, bodies
