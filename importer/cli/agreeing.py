"""What ``state accept`` and ``state adopt`` do: find the entry, ask the org, remember what was agreed to, tell it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from importer.apply.asking import Desk
from importer.apply.barred import quoted
from importer.apply.ways_out import Agreed, accept, adopt
from importer.cli.load import Loaded, Where, load, place, source_of
from importer.cli.options import as_json, say
from importer.cli.planning import session_for, tell_wait
from importer.cli.project import find_project
from importer.cli.recall import recall
from importer.cli.state_import import check_project
from importer.cli.state_place import called, no_state, no_such_key
from importer.cli.walk import shown
from importer.errors import ApiError, Refused
from importer.kinds import KINDS
from importer.model import Change, Document, Problem, Ref, Severity, StepId
from importer.plan.ways_out import command
from importer.state.files import open_for_writing

Way = Callable[[Desk], Awaitable[Agreed]]


def accept_document(ref: Ref, paths: Sequence[Path], state_path: Path | None, sandbox: bool, format_: str) -> None:
    """The books are right about ``ref``, and the state remembers it. Raises Refused and InvalidInput."""
    project = find_project(paths)
    where = place(paths, state_path, sandbox, project)
    with recall(where.state) as recalled:
        memory = recalled.read()
    if recalled.seen is None:
        raise no_state(where.state, sandbox)
    receipt = memory.by_step().get(StepId(*ref))
    if receipt is None:
        refusal = no_such_key(KINDS[ref.kind], ref.key, memory.receipts)
        refusal.help += f" To say which one of the books it is: {command('adopt', StepId(*ref), 'ID')}"
        raise refusal
    source = where.base / receipt.source
    # A project is read whole, since its entries refer to each other; without one, the file that it came from will do.
    whole = [shown(project.path.parent)] if project.path is not None else []
    read = paths or whole or ([shown(source)] if source.is_file() else [])
    loaded = _load(read, where, sandbox, format_)
    document = _entry(ref, loaded)
    if document is None and loaded.errors:
        raise Refused(
            "no-entry",
            f"Whether {StepId(*ref)} has an entry cannot be told: {_described(loaded.errors[0])}.",
            "Mend the file first: finz-import validate shows every problem.",
        )
    agreed = asyncio.run(_carry_out(loaded, sandbox, ref, lambda desk: accept(desk, ref, document)))
    _tell(agreed, format_, "is remembered as the books hold it")


def adopt_document(
    ref: Ref,
    remote_id: str,
    accept_differences: bool,
    paths: Sequence[Path],
    state_path: Path | None,
    sandbox: bool,
    format_: str,
) -> None:
    """The entry ``ref`` is the document ``remote_id`` of the books. Raises Refused and InvalidInput.

    Where there is no state yet, one is made: what is ambiguous is so before the first apply.
    """
    project = find_project(paths)
    where = place(paths, state_path, sandbox, project)
    folder = shown(project.path.parent) if project.path is not None else where.base
    loaded = _load(paths or [folder], where, sandbox, format_)
    document = _entry(ref, loaded)
    if document is None:
        raise Refused(
            "no-entry",
            f"{', '.join(path.as_posix() for path in paths) or folder.as_posix()} has no entry {StepId(*ref)}.",
            "Give the PATH of the file that holds it.",
        )
    way = _adopting(document, remote_id, accept_differences)
    _tell(asyncio.run(_carry_out(loaded, sandbox, ref, way)), format_, "is known from now on")


def _adopting(document: Document, remote_id: str, accept_differences: bool) -> Way:
    return lambda desk: adopt(desk, document, remote_id, accept_differences=accept_differences)


def _load(paths: Sequence[Path], where: Where, sandbox: bool, format_: str) -> Loaded:
    loaded = load(paths, where.state, sandbox=sandbox, needs_state=True)
    check_project(loaded.project, format_)
    return loaded


def _entry(ref: Ref, loaded: Loaded) -> Document | None:
    """The one entry of ``ref``, if there is one. Raises Refused (no-entry) for one that has errors."""
    found = [one for one in loaded.manifest.documents if one.ref == ref]
    wrong = [problem for problem in loaded.errors for one in found if _is_of(problem, one)]
    if wrong or any(not one.sound for one in found):
        described = _described(wrong[0]) if wrong else "it cannot be read"
        raise Refused(
            "no-entry",
            f"The entry {StepId(*ref)} has errors: {described}.",
            "Mend it first: finz-import validate shows every problem.",
        )
    return found[0] if found else None


def _is_of(problem: Problem, document: Document) -> bool:
    own = document.pointer()
    return (
        problem.severity is Severity.ERROR
        and problem.place is not None
        and problem.place.file == document.file
        and f"{problem.pointer}/".startswith(f"{own}/")
    )


def _described(problem: Problem) -> str:
    return f"{problem.place}: {problem.message}" if problem.place is not None else problem.message


async def _carry_out(loaded: Loaded, sandbox: bool, ref: Ref, way: Way) -> Agreed:
    """Ask the org that is meant, then remember: what was agreed to, and that no call for the document is open."""
    opening, _ = session_for(loaded, sandbox)
    async with opening as session:
        session.client.on_wait = tell_wait
        desk = Desk(
            session.client, loaded.manifest, loaded.memory, uuid.uuid4().hex, session.clock.now(), source_of(loaded)
        )
        try:
            agreed = await way(desk)
        except ApiError as error:
            raise Refused(
                "lookup-failed",
                f"What the books hold could not be read, so nothing was changed: {error.message} [{error.code}]",
                error.help or "Run it again.",
            ) from error
        _remember(loaded, session.org_id, ref, agreed)
        return agreed


def _remember(loaded: Loaded, org_id: str, ref: Ref, agreed: Agreed) -> None:
    """Raises Refused (state-moved) when another run has changed the state since it was read."""
    if loaded.where is None:
        raise ValueError("a run without a place for its state")
    with open_for_writing(loaded.where.state) as store:
        seen = (store.lineage, store.serial) if loaded.seen is not None else None
        if seen != loaded.seen or (loaded.seen is None and store.serial != 0):
            raise Refused("state-moved", "Another run has changed the state since it was read.", "Run it again.")
        store.bind(org_id)
        store.close_row(StepId(*ref), agreed.receipts)


def _tell(agreed: Agreed, format_: str, what: str) -> None:
    """What was agreed to, on stdout."""
    own = agreed.document
    if format_ == "json":
        say([as_json(_value(agreed))])
        return
    say([f"The {KINDS[own.kind].label} {own.key} {what}: {called(own)}."])
    if agreed.accepted:
        say(["Accepted, and no longer asked about:", *map(_line, agreed.accepted)])
    if agreed.open:
        say(["Left for the next plan, which shows it as an update:", *map(_line, agreed.open)])
    say(agreed.notes)


def _line(change: Change) -> str:
    return f"  {change.label}: the books hold {quoted(change.before)}, the manifest says {quoted(change.after)}"


def _value(agreed: Agreed) -> dict[str, Any]:
    own = agreed.document
    return {
        "kind": own.kind,
        "key": own.key,
        "id": own.remote_id,
        "number": own.number,
        "accepted": [_change(one) for one in agreed.accepted],
        "open": [_change(one) for one in agreed.open],
        "notes": list(agreed.notes),
    }


def _change(change: Change) -> dict[str, Any]:
    return {"field": change.path, "books": change.before, "manifest": change.after}
