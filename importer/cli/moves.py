"""What an apply remembers besides its steps: where documents stand now, and what they agree with."""

from __future__ import annotations

from dataclasses import replace

from importer.cli.load import Loaded, source_of
from importer.errors import Refused
from importer.model import Receipt
from importer.plan.body import Bindings
from importer.plan.edits import agreed_since
from importer.plan.known import Known
from importer.state.files import open_for_writing
from importer.state.store import Store


def check_seen(store: Store, loaded: Loaded) -> None:
    """Raises Refused where the state is not the one that the plan was made with."""
    seen = (store.lineage, store.serial) if loaded.seen is not None else None
    if seen != loaded.seen or (loaded.seen is None and store.serial != 0):
        raise Refused("state-moved", "Another run has changed the state since this plan was made.", "Run it again.")


def check_alone(loaded: Loaded) -> None:
    """Raises Refused where another run is at work on the state, or has been since it was read: what a plan that was
    made beside it calls a conflict may be what that one was just doing.
    """
    if loaded.where is None or not loaded.where.state.exists():
        return
    try:
        with open_for_writing(loaded.where.state) as store:
            check_seen(store, loaded)
    except Refused as error:
        # A state that cannot be written for another reason keeps nobody from reading the conflicts.
        if error.code in ("state-locked", "state-moved"):
            raise


def remember_moves(loaded: Loaded) -> None:
    """Where the documents stand now, in a run that has nothing else to do. Leaves the state alone if none has moved."""
    found = moved(loaded)
    if found and loaded.where is not None:
        with open_for_writing(loaded.where.state) as store:
            check_seen(store, loaded)
            store.put(found)


def moved(loaded: Loaded) -> list[Receipt]:
    """The receipts of documents that stand in another file than they came from, with that one.

    Otherwise the old file, given by itself, would call them orphaned, and the new one would not miss them. And of those
    whose entry now says what was accepted to be in the books: from now on that is what it said.
    """
    source, documents = source_of(loaded), {document.ref: document for document in loaded.manifest.documents}
    known = Known(bindings=Bindings({one.ref: one.remote_id for one in loaded.memory.receipts if not one.part}))
    found = []
    for one in loaded.memory.receipts:
        document = documents.get(one.ref)
        if document is not None:
            agreed = None if one.part else agreed_since(document, one, known)
            now = replace(agreed or one, source=source(document))
            if now != one:
                found.append(now)
    return found
