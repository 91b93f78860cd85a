"""An export read back into a state: the way of a state from one machine to another, and out of git."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from importer.errors import InvalidInput, Refused
from importer.model import Intent, IntentRow, Place, Problem, Receipt
from importer.state import export
from importer.state.export_lines import HEADER, LINES, BadLine, check, parsed
from importer.state.store import Store
from importer.state.values import Export, Identity, Imported, PlanProgress

CODE: Final = "bad-export"
AGAIN: Final = "Export the state again: finz-import state export."
AWAY: Final = "Move the state away first, or import into another file with --state FILE."
SETTLE: Final = "A call of it is open: have it settled first, by finz-import recover or apply. "


def read(lines: Iterable[str], name: str) -> Export:
    """What the export says whose ``lines`` these are, with line ends or without; ``name`` is how a person knows it.

    Blank lines are skipped, and lines may stand in any order after the first, as a merge may leave them. Raises
    InvalidInput with a problem of the code ``bad-export`` for all that is wrong; when the first line is no header of
    ours, with that alone.
    """
    reading = _Reading(name)
    try:
        for number, line in enumerate(lines, start=1):
            text = line.removeprefix("\ufeff") if number == 1 else line
            if text.strip():
                reading.take(text.rstrip("\r\n"), number)
    except UnicodeDecodeError:
        reading.note(BadLine("This is no text in UTF-8.", help="Save it as UTF-8: PowerShell 5 writes UTF-16."), 1)
        raise InvalidInput(reading.problems) from None
    return reading.done()


def bring_in(store: Store, content: Export) -> Imported:
    """Make ``store`` hold ``content``, with its lineage and its serial: whole, in one transaction, or not at all.

    Done where nothing can be lost: ``store`` holds nothing, or ``content`` is a later copy of the same state. A state
    that holds exactly this is left as it is. Two states are never merged. Raises Refused: state-in-use, wrong-org.
    """
    held = store.content()
    counts = (len(content.receipts), len(content.intents), len(content.generations), len(content.plans))
    if held == content:
        return Imported(*counts, changed=False)
    if held.org_id not in ("", content.org_id):
        raise Refused(
            "wrong-org",
            f"The state {store.path} belongs to organisation {held.org_id}, and the export to "
            f"{content.org_id or 'none'}.",
            AWAY,
        )
    if held.lineage == content.lineage:
        _check_later(store, held, content)
    elif not held.holds_nothing:
        raise Refused("state-in-use", f"The state {store.path} holds something else already.", _way_out(held))
    store.become(content)
    return Imported(*counts, changed=True)


def _check_later(store: Store, held: Export, content: Export) -> None:
    """Refuse what is no later copy of the same state. Raises Refused (state-in-use)."""
    both = f"The state {store.path} has the serial {held.serial}, and the export, of the same state, {content.serial}"
    if content.serial < held.serial:
        raise Refused("state-in-use", f"{both}: it would forget what was done since.", _way_out(held))
    if content.serial == held.serial:
        raise Refused("state-in-use", f"{both}, but they differ: both went on, each by itself.", _way_out(held))
    if lost := _forgotten(held, content):
        what = _named(lost)
    elif lost := _forgotten_call(held, content):
        what = f"the open call for {_named(lost)}"
    else:
        return
    message = f"{both}, but it knows nothing of {what}: both went on, each by itself."
    raise Refused("state-in-use", message, _way_out(held))


def _way_out(held: Export) -> str:
    """Also with the state moved away its open calls would be forgotten, and what they brought be brought again."""
    return SETTLE + AWAY.replace("first", "then", 1) if held.intents else AWAY


def _forgotten(held: Export, content: Export) -> Identity | None:
    """Something that no later copy would lack: what a state knew of is there still, or left a generation behind."""
    known = _by_identity(content.receipts)
    for receipt in held.receipts:
        identity = (receipt.kind, receipt.key, receipt.part)
        if identity not in known and content.generations.get(identity, 0) <= receipt.generation:
            return identity
    fallen = (one for one, number in held.generations.items() if content.generations.get(one, 0) < number)
    return next(fallen, None)


def _forgotten_call(held: Export, content: Export) -> Identity | None:
    """What an open call of ``held`` is about of which ``content`` neither knows the call nor how it was settled."""
    then, now = _by_identity(held.receipts), _by_identity(content.receipts)
    for intent in held.intents:
        for row in intent.rows:
            # The same call, and not another one for the same document, which tells nothing of this one.
            known = any(row in one.rows and replace(one, rows=intent.rows) == intent for one in content.intents)
            if not (known or content.generations.get(row[:3], 0) > row.generation or _is_settled(row, then, now)):
                return row[:3]
    return None


def _by_identity(receipts: Iterable[Receipt]) -> dict[Identity, Receipt]:
    return {(one.kind, one.key, one.part): one for one in receipts}


def _is_settled(row: IntentRow, then: Mapping[Identity, Receipt], now: Mapping[Identity, Receipt]) -> bool:
    """Whether a receipt of ``now`` was written since for ``row``, which was open ``then``."""
    receipt, before = now.get(row[:3]), then.get(row[:3])
    if receipt is not None:
        # That of an updated document may keep the generation of its create.
        return receipt.generation >= row.generation if before is None else receipt != before
    owner = now.get((row.kind, row.key, ""))
    return bool(row.part) and owner is not None and _holds(owner, row.part)


def _holds(owner: Receipt, part: str) -> bool:
    """Whether ``owner`` is the receipt of a document whose own list holds the application ``part``, as of payments."""
    target, _, ordinal = part.rpartition("#")
    lists = [value for value in owner.said.values() if isinstance(value, list)]
    entries = [one for value in lists for one in value if isinstance(one, dict) and target in one.values()]
    return ordinal.isdecimal() and len(entries) >= int(ordinal)


def _named(identity: Identity) -> str:
    kind, key, part = identity
    return f"{kind}/{key}" + (f" {part}" if part else "")


class _Reading:
    """What has been read so far: the parts of an Export, and the problems."""

    def __init__(self, name: str) -> None:
        self.problems: list[Problem] = []
        self._name = name
        self._header: dict[str, Any] | None = None
        self._lines: dict[tuple[str, ...], int] = {}  # where each receipt, generation and plan was found
        self._receipts: list[Receipt] = []
        self._intents: list[Intent] = []
        self._generations: dict[Identity, int] = {}
        self._plans: dict[str, PlanProgress] = {}

    def take(self, line: str, number: int) -> None:
        """Read one line. Raises InvalidInput at once when the header is bad: nothing after it would make sense."""
        try:
            members = parsed(line)
            if self._header is None:
                self._header = _header(members)
            else:
                self._add(members, number)
        except BadLine as bad:
            self.note(bad, number)
            if self._header is None:
                raise InvalidInput(self.problems) from None

    def note(self, bad: BadLine, number: int, *related: int) -> None:
        places = tuple(Place(self._name, line, 1) for line in related)
        at = Place(self._name, number, bad.column)
        self.problems += [Problem(CODE, one, at, bad.help or AGAIN, related=places) for one in bad.messages]

    def done(self) -> Export:
        """All that was read. Raises InvalidInput."""
        if self._header is None:
            self.note(BadLine("The file is empty."), 1)
        elif not self.problems:
            self.problems += self._plans_ahead(self._header["serial"])
        if self._header is None or self.problems:
            raise InvalidInput(self.problems)
        own = (self._header["org_id"], self._header["lineage"], self._header["serial"])
        receipts = sorted(self._receipts, key=lambda one: (one.kind, one.key, one.part))
        return Export(*own, tuple(receipts), tuple(self._intents), self._generations, self._plans)

    def _add(self, members: dict[str, Any], number: int) -> None:
        of = members.get("type")
        known = LINES.get(of) if isinstance(of, str) else None
        if of is None or known is None:
            raise BadLine(_no_type(members))
        given = {name: value for name, value in members.items() if name != "type"}
        check(given, known)
        if of == export.INTENT:
            rows = tuple(IntentRow(**row) for row in given["rows"])
            self._intents.append(Intent(**{**given, "id": 0, "rows": rows}))
        elif self._is_first(of, given, number):
            self._keep(of, given)

    def _keep(self, of: str, given: dict[str, Any]) -> None:
        if of == export.RECEIPT:
            self._receipts.append(Receipt(**given))
        elif of == export.GENERATION:
            self._generations[given["kind"], given["key"], given["part"]] = given["generation"]
        else:
            self._plans[given["id"]] = PlanProgress(given["serial"], given["done"])

    def _is_first(self, of: str, given: dict[str, Any], number: int) -> bool:
        identity = (of, *(given[name] for name in ("kind", "key", "part", "id") if name in given))
        first = self._lines.setdefault(identity, number)
        if first != number:
            name = given["id"] if of == export.PLAN else _named((given["kind"], given["key"], given["part"]))
            self.note(BadLine(f"The {of} of {name} stands here a second time, first on line {first}."), number, first)
        return first == number

    def _plans_ahead(self, serial: int) -> Iterator[Problem]:
        """A plan whose last change the state has not seen: lines of two states that somebody merged."""
        for plan, progress in self._plans.items():
            if progress.serial > serial:
                at = Place(self._name, self._lines[export.PLAN, plan], 1)
                yield Problem(CODE, f"The plan has the serial {progress.serial}, and the state {serial}.", at, AGAIN)


def _header(members: dict[str, Any]) -> dict[str, Any]:
    """The first line, which says what the file is. Raises BadLine."""
    if members.get("format") != export.FORMAT:
        raise BadLine(f'This is no export of a state: its first line has no "format": "{export.FORMAT}".')
    version = members.get("version")
    if isinstance(version, int) and version > export.VERSION:
        raise BadLine(
            f"The export has version {version}, and this importer knows versions up to {export.VERSION}.",
            help="A newer importer wrote it: upgrade with pip install --upgrade finzbooks-importer.",
        )
    check(members, HEADER)
    return members


def _no_type(members: dict[str, Any]) -> str:
    if "format" in members:
        return "This is the first line of an export, and stands in the middle."
    wrong = f"There is no type {members['type']!r}" if "type" in members else "The member 'type' is missing"
    return f"{wrong}; there are: {', '.join(LINES)}."
