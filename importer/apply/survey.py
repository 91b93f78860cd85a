"""Asking the org what it holds: the lists that a manifest names, and the documents it may hold already. Only reads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from importer.api.client import Client, segment
from importer.delivery.compare import Expected, carries
from importer.delivery.natural import Match, Wanted, dead, match_all, relevant, searches, unsure
from importer.delivery.remote import MISSING, answered, text
from importer.delivery.rows import TOTAL, Rows
from importer.errors import Garbled, Rejected
from importer.kinds import KINDS, LOOKUPS, Kind
from importer.model import Document, Ref, StepId
from importer.plan.body import Bindings, body
from importer.plan.known import Gone
from importer.plan.names import Names
from importer.plan.value import Step
from importer.schema import fields

GONE: Final = "not_found.resource"  # fact sheet, section 5
CHANGED: Final = "the very one that a call was changing when it was cut off"
IN_FLIGHT: Final = 16  # reads at a time
NOTHING: Final[Mapping[Ref, str]] = MappingProxyType({})


async def org_names(client: Client, lists: Iterable[str]) -> Names:
    """The org's ``lists``, each whole. Whether taxes and accounts are paged is not known: their pages are followed."""
    rows: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for name in sorted(lists):
        lookup = LOOKUPS[name]
        found: list[Mapping[str, Any]] = []
        async for page in client.pages(lookup.endpoint, name, paged=lookup.paged, may_be_whole=True):
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
    if not walk or not await _walk(client, kind, rows, {}, None if targets is None else len(targets)):
        for value in targets or ():
            parameter = kind.search.parameter if kind.search is not None else ""
            await _walk(client, kind, rows, {parameter: value}, None)
    await _ask_for_words(client, kind, rows)
    return rows


async def _ask_for_words(client: Client, kind: Kind, rows: Rows) -> None:
    """Read whole what the list tells nothing of but an id; not all of it, where that tells no more."""
    for row_id in list(rows.wordless):
        rows.add([await fetch(client, kind, row_id)])
        if row_id in rows.wordless:
            return


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
    """What the org holds of ``wanted``. What the list's rows are too short to tell is read whole, and judged again."""
    rows = await search(client, kind, wanted)
    read: set[str] = set()
    while True:
        found = match_all(kind, wanted, rows, claimed)
        parts = (row for one in wanted for row in unsure(kind, one, rows, claimed))
        ids = {text(row.get(kind.id_field)) for row in parts}
        short = sorted(ids.union(*(_short(kind, one, found[one.ref]) for one in wanted)) - read)
        if not short:
            return found
        whole = {row_id: await fetch(client, kind, row_id) for row_id in short}
        read.update(short)
        again = Rows(kind, rows.only)
        again.add(whole.get(row_id, row) for row_id, row in (rows.by_id | rows.wordless).items())
        rows = again


def _short(kind: Kind, wanted: Wanted, match: Match) -> Iterator[str]:
    """The ids of rows that must be read whole: to tell whether they match, and to compare the one that does."""
    for row in (*match.rows, *match.alike):
        sole = len(match.rows) == 1
        if lacks(kind, wanted, match, row) or (sole and not carries(kind.name, wanted.values, row)):
            yield text(row.get(kind.id_field))


def lacks(kind: Kind, wanted: Wanted, match: Match, row: Mapping[str, Any]) -> bool:
    """Whether ``row`` of a list leaves out what decides whether it is ``wanted``, to which ``match`` says it is close.

    Rows of a list may be short (fact sheet, 25.24), and what is left out can neither agree nor be blank.
    """
    rules = [rule for rule in kind.natural_keys if not match.rows or rule.words == match.words]
    names = {name for rule in rules for name in (*rule.fields, *rule.agree, *rule.blank)}
    return any(_lacks(kind, name, wanted, row) for name in (*names, *(() if match.rows else kind.likeness)))


def _lacks(kind: Kind, name: str, wanted: Wanted, row: Mapping[str, Any]) -> bool:
    if name == TOTAL:
        return (kind.amount_field or TOTAL) not in row
    known = fields(kind.name)[(name,)]
    return bool(text(wanted.values.get(known.sent_as or name))) and answered(row, known) is MISSING


async def fetch(client: Client, kind: Kind, remote_id: str) -> Mapping[str, Any]:
    """One document of the books, whole. Raises Garbled for an answer that does not hold that very document."""
    label = f"GET {kind.endpoint}/{{id}}"
    answer = await client.get(f"{kind.endpoint}/{segment(remote_id)}", label=label)
    found = answer.body.get(kind.singular)
    if not isinstance(found, dict) or text(found.get(kind.id_field)) != text(remote_id):
        # Taken for an empty document it would agree with everything.
        raise Garbled("garbled", f"{label}: the answer does not hold the {kind.label} {remote_id}.", label)
    return found


async def find_all(
    client: Client,
    documents: Sequence[Document],
    bindings: Bindings,
    expected: Callable[[Document], Expected | None],
    claimed: Mapping[tuple[str, str], Ref],
    changing: Mapping[Ref, str] = NOTHING,
) -> tuple[dict[Ref, Match], dict[Ref, Mapping[str, Any]]]:
    """What the org holds of ``documents``, kind by kind, since what is found is needed to look for what refers to it.

    ``changing`` has the ids of those that a call was changing when it was cut off.
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
            matches[one.ref] = match = await _by_id(client, kind, changing.get(one.ref, ""), found[one.ref])
            if len(match.rows) == 1:
                bindings.ids[one.ref] = text(match.rows[0].get(kind.id_field))
    return matches, bodies


async def _by_id(client: Client, kind: Kind, remote_id: str, found: Match) -> Match:
    """``found`` by a search; or what a call was changing, ``remote_id``, whatever its entry has been edited to since.

    Both, where they are not the same: then a person says which it is.
    """
    ids = [text(row.get(kind.id_field)) for row in found.rows]
    if not remote_id or ids == [remote_id]:
        return found
    try:
        row = await fetch(client, kind, remote_id)
    except Rejected as error:
        if error.code != GONE:
            raise
        return found
    if dead(kind, row):
        return found
    return Match((row, *(() if remote_id in ids else found.rows)), CHANGED)


async def look_at(client: Client, steps: Sequence[Step]) -> dict[StepId, Mapping[str, Any] | Gone]:
    """The documents of ``steps``, which the state knows to be in the books, as they are there now."""
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def look(step: Step) -> Mapping[str, Any] | Gone:
        async with slots:
            try:
                return await fetch(client, KINDS[step.id.kind], step.remote_id)
            except Rejected as error:
                # The API's own word for it, not the 404 of a proxy on the way.
                if error.code != GONE:
                    raise
                return Gone()

    tasks = [asyncio.create_task(look(step)) for step in steps]
    try:
        return {step.id: await task for step, task in zip(steps, tasks, strict=True)}
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
