"""Names that are nearly the same: the second spelling of a customer who is there already.

FinzBooks takes ``Acme Traders Pvt Ltd`` and ``ACME Traders Private Limited`` for two contacts, and so does a search by
exact name. A person who is told of the pair before it is created can still make one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, NamedTuple

from importer.kinds import KINDS, Kind, NaturalKey
from importer.manifest.typed import compact
from importer.model import Action, Place, Ref, StepId
from importer.plan.spelling import Spelling, one_slip, spelling
from importer.plan.value import Note, Step

CODE: Final = "near-double"

# Time and memory stay in proportion to the names: a block of the like ones remembers this many, each name is compared
# with those alone, and a run compares this often for slips of the pen (about a third of a second).
MOST_IN_BLOCK: Final = 8
MOST_COMPARISONS: Final = 200_000
# Above this many names of a kind only other ways of writing are looked for, no slips.
MOST_NAMES: Final = 100_000
SHORTEST_WORD: Final = 4  # letters of a word that a slip is looked for in

Said = Mapping[Ref, Mapping[str, Any]]


class Named(NamedTuple):
    """One document that has a name. ``new``: the plan would bring this name into the books."""

    id: StepId
    name: str
    place: Place | None
    fields: Mapping[str, Any]
    spelling: Spelling
    group: str  # what must be equal besides the name: a firm may well be customer and vendor, as two contacts
    new: bool


def near_names(steps: Iterable[Step], said: Said) -> Iterator[Note]:
    """A note for each new name that is nearly another one, of ``steps`` or of what the state has ``said``.

    Numbers that differ make two names (Branch 1, Branch 2). So does what tells more than a name, where both have it:
    two GSTINs are two registrations, two SKUs two items, and their owner has said so. A kind has a name if one of its
    natural keys counts only while something more telling is empty (``blank``).
    """
    by_kind: dict[str, list[Step]] = {}
    for step in steps:
        if not step.id.part:
            by_kind.setdefault(step.id.kind, []).append(step)
    for name, found in by_kind.items():
        rule = next((rule for rule in KINDS[name].natural_keys if rule.blank), None)
        if rule is not None and any(_brings(step, rule.fields[0]) for step in found):
            known = chain(_of_steps(found, rule), _of_state(name, found, said, rule))
            named = [one for one in known if one.spelling.dense]  # some are nothing but marks
            yield from (_note(KINDS[name], first, second) for first, second in _pairs(rule, named))


def _brings(step: Step, field: str) -> bool:
    """Whether the step brings a name into the books."""
    return step.action is Action.CREATE or (
        step.action is Action.UPDATE and any(change.path == field for change in step.changes)
    )


def _of_steps(steps: Iterable[Step], rule: NaturalKey) -> Iterator[Named]:
    field = rule.fields[0]
    for step in steps:
        if step.document is not None and isinstance(name := step.document.fields.get(field), str):
            fields = step.document.fields
            group = _group(step.id.kind, rule, fields)
            yield Named(step.id, name, step.place, fields, spelling(name), group, _brings(step, field))


def _of_state(kind: str, steps: Iterable[Step], said: Said, rule: NaturalKey) -> Iterator[Named]:
    """What only the state remembers. An orphan is left out: its new key is another matter, which has its own words."""
    told = {step.id.key for step in steps}
    for ref, fields in said.items():
        if ref.kind == kind and ref.key not in told and isinstance(name := fields.get(rule.fields[0]), str):
            group = _group(kind, rule, fields)
            yield Named(StepId(kind, ref.key), name, None, fields, spelling(name), group, False)


def _pairs(rule: NaturalKey, names: list[Named]) -> list[tuple[Named, Named]]:
    """Each new name with one that it is nearly; other ways of writing come before slips of the pen."""
    names.sort(key=lambda one: one.new)  # stable: what is known comes first, so that a new name is told of it
    found: dict[StepId, tuple[Named, Named]] = {}
    for first, second in _same_spelling(rule, names):
        found.setdefault(second.id, (first, second))
    if len(names) <= MOST_NAMES:
        for first, second in _slips(rule, names):
            found.setdefault(second.id, (first, second))
    return list(found.values())


def _same_spelling(rule: NaturalKey, names: Iterable[Named]) -> Iterator[tuple[Named, Named]]:
    blocks: dict[tuple[str, str], list[Named]] = {}
    for one in names:
        for key in dict.fromkeys((one.spelling.dense, one.spelling.in_any_order)):
            block = blocks.setdefault((one.group, key), [])
            for other in block if one.new else ():
                if one.spelling.likes(other.spelling) and not _told_apart(rule, one, other):
                    yield other, one
                    break
            if len(block) < MOST_IN_BLOCK:
                block.append(one)


def _slips(rule: NaturalKey, names: Iterable[Named]) -> Iterator[tuple[Named, Named]]:
    """Names of which one word has a slip. Its beginning or its end is untouched then, and so are all other words."""
    blocks: dict[str, list[Named]] = {}
    left = MOST_COMPARISONS
    for one in names:
        for at, word in enumerate(one.spelling.words):
            if len(word) < SHORTEST_WORD:
                continue
            rest = f"{one.group}\0{one.spelling.without(at)}\0"
            # Two letters and three: an exchange of two neighbours cannot reach both.
            for key in (f"{rest}<{word[:2]}", f"{rest}>{word[-3:]}"):
                block = blocks.setdefault(key, [])
                for other in block[:left] if one.new else ():
                    left -= 1
                    if (
                        one.spelling.likes(other.spelling)
                        and one_slip(word, other.spelling.words[at])
                        and not _told_apart(rule, one, other)
                    ):
                        yield other, one
                if len(block) < MOST_IN_BLOCK:
                    block.append(one)


def _group(kind: str, rule: NaturalKey, fields: Mapping[str, Any]) -> str:
    return "\0".join(str(fields.get(field, KINDS[kind].defaults.get(field))) for field in rule.fields[1:])


def _told_apart(rule: NaturalKey, one: Named, other: Named) -> bool:
    """Whether something more telling than the name, which both have, differs."""
    pairs = ((one.fields.get(field), other.fields.get(field)) for field in rule.blank)
    return any(
        isinstance(mine, str) and isinstance(theirs, str) and compact(mine) != compact(theirs) for mine, theirs in pairs
    )


def _note(kind: Kind, first: Named, second: Named) -> Note:
    known = "" if first.new else ", which is there already"
    return Note(
        CODE,
        f"The {kind.label} {second.id.key} ({second.name}) has nearly the same name as "
        f"the {kind.label} {first.id.key} ({first.name}){known}: perhaps they are one.",
        (second.id, first.id),
        second.place,
    )
