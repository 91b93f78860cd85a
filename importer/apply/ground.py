"""What a recovery judges open calls by: ids, names, and what documents should come to. Only reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from importer.api.client import Client
from importer.apply.look import bodies_of
from importer.apply.survey import org_names
from importer.kinds import KINDS
from importer.model import CREATES, Document, Intent, Manifest, Receipt, Ref
from importer.plan.body import Bindings
from importer.plan.expected import Expectations
from importer.plan.names import OrgRates, lookups_needed
from importer.plan.sent import lists_of


@dataclass(frozen=True, slots=True)
class Ground:
    documents: dict[tuple[str, str], Document]  # by kind and key
    bindings: Bindings
    expectations: Expectations
    claimed: dict[tuple[str, str], Ref]  # by kind and id


async def survey(client: Client, manifest: Manifest, receipts: Sequence[Receipt], intents: Sequence[Intent]) -> Ground:
    """Ask the org for the lists that the open ``intents`` need, and for nothing else. Raises ApiError."""
    documents = {(one.kind, one.key): one for one in manifest.documents}
    own = [one for one in receipts if not one.part]
    named = {(row.kind, row.key) for intent in intents for row in intent.rows if not row.part}
    sources = chain(((one.kind, one.fields) for one in manifest.documents), ((one.kind, one.said) for one in own))
    lists = lookups_needed([documents[name] for name in sorted(named & documents.keys())], sources)
    names = await org_names(client, lists.union(*_lists_sent(intents)))
    return Ground(
        documents,
        Bindings({one.ref: one.remote_id for one in own}, names),
        Expectations(manifest, {one.ref: one.said for one in own}, OrgRates(names)),
        # All of them, also of documents that are not in the given files: what the state knows, no call brought.
        {(one.kind, one.remote_id): one.ref for one in own},
    )


def _lists_sent(intents: Sequence[Intent]) -> Iterator[frozenset[str]]:
    for intent in intents:
        if intent.operation in CREATES:
            kind = intent.rows[0].kind
            yield from (lists_of(kind, body) for body in bodies_of(KINDS[kind], intent))
