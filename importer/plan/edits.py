"""What the edit of a document in the books means: an update, a posting, calls of their own, or nothing the API can do.

Design, section 5. Pure: what the receipt says, what the manifest says, and, where they were asked, what the books say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from importer.checks.worth import RATE, RAW, TAX
from importer.delivery.compare import held, says_what_is_held
from importer.delivery.natural import dead
from importer.delivery.remote import amount, day, text
from importer.delivery.settle import shows
from importer.kinds import KINDS, Edits, Kind
from importer.model import Action, Change, Document, Intent, Receipt
from importer.plan.allocations import added, entries_held, used_by
from importer.plan.applications import paise, used_of
from importer.plan.known import Gone, Known
from importer.plan.managed import TOTAL, UPDATE, drift_of, managed, reprices, still_accepted, top
from importer.plan.said import changes, digest, said
from importer.plan.value import Step
from importer.plan.ways_out import accept, command
from importer.schema import fields

EDITS: Final = (UPDATE, "approve")  # operations of calls that change what is in the books


def known_document(base: Step, document: Document, receipt: Receipt, known: Known) -> Step:
    """The step of a document with a receipt: unchanged, updated, posted, or a conflict that says why neither is right.

    What the manifest adds to a list that travelled in the create body stands in ``later`` of the step.
    """
    kind = KINDS[document.kind]
    intent = known.intents.get(base.id)
    base = replace(
        base,
        remote_id=receipt.remote_id,
        settles=intent if intent is not None and intent.operation in EDITS else None,
    )
    if receipt.difference:
        return conflict(
            base,
            "books-differ",
            f"When it was created the books answered otherwise than sent: {receipt.difference}.",
            f"What depends on it is not sent while the two disagree. {accept(base.id)}",
        )
    found, later = edits(document, receipt, known)
    base = replace(base, changes=found, later=later)
    if not found and base.settles is None:
        return _unedited(base, kind, later, known)
    if base.settles is not None:
        base = replace(base, reason=_cut_off(base.settles))
    if not found:
        return _possible(base, kind, receipt, known)
    if kind.edits is Edits.NEVER or _is_fixed(kind, receipt, found, known):
        return _impossible(base, receipt)
    return _possible(base, kind, receipt, known)


def _cut_off(intent: Intent) -> str:
    what = "an update" if intent.operation == UPDATE else "a posting"
    return f"{what} of {intent.server_time} was cut off before its answer came; the books are read before another goes"


def is_unedited(document: Document, receipt: Receipt) -> bool:
    """Whether it says just what was applied, and the books agreed to that."""
    return not receipt.difference and not receipt.accepted and said(document) == receipt.said


def edits(document: Document, receipt: Receipt, known: Known) -> tuple[tuple[Change, ...], tuple[int, ...]]:
    """What the manifest says otherwise than the receipt remembers, and the positions of entries that are only added."""
    kind, now = KINDS[document.kind], said(document)
    before = receipt.said
    if now == before and not receipt.accepted:
        return (), ()
    later: tuple[int, ...] = ()
    if kind.settles is not None and kind.settles.in_body and kind.settles.field in now:
        name = kind.settles.field
        positions = added(document, receipt, now[name], lambda: known.wanted_of(document))
        if positions is not None:
            now = {field: value for field, value in now.items() if field != name}
            later = positions
    found = [one for one in changes(before, now) if not _says_nothing(kind, one)]
    return tuple(one for one in found if not _agrees_with_accepted(document, receipt, one, known)), later


def _says_nothing(kind: Kind, change: Change) -> bool:
    """Writing out that a draft stays a draft changes nothing."""
    return change.path == kind.posts_if and change.before is None and change.after is False


def _agrees_with_accepted(document: Document, receipt: Receipt, change: Change, known: Known) -> bool:
    """Whether the manifest now says what the books were accepted to hold."""
    if not receipt.accepted:
        return False
    one = fields(document.kind).get((top(change),))
    if one is None or one.sent_as is None or one.sent_as not in receipt.accepted:
        return False
    wanted = known.wanted_of(document).get(one.sent_as)
    accepted = receipt.accepted[one.sent_as]
    return wanted is not None and says_what_is_held(document.kind, one.sent_as, wanted, accepted)


def _unedited(base: Step, kind: Kind, later: tuple[int, ...], known: Known) -> Step:
    if later and (row := known.looked.get(base.id)) is not None:
        return _later_possible(replace(base, action=Action.UNCHANGED), kind, row, known)
    return replace(base, action=Action.UNCHANGED)


def agreed_since(document: Document, receipt: Receipt, known: Known) -> Receipt | None:
    """``receipt`` once the manifest says what the books were accepted to hold; None where it says nothing new.

    Otherwise the entry could go back to what it said before, and that would be no edit.
    """
    now = said(document)
    found = changes(receipt.said, now) if receipt.accepted else ()
    if not found or edits(document, receipt, known) != ((), ()):
        return None
    return replace(receipt, said=now, digest=digest(now), accepted=still_accepted(receipt, found))


def _later_possible(base: Step, kind: Kind, row: Mapping[str, Any] | Gone, known: Known) -> Step:
    """Entries can be added only to what the books hold as the receipt remembers it."""
    if isinstance(row, Gone):
        return gone(base)
    receipt, document = known.receipts[base.id], base.document
    if any(own.part and (own.kind, own.key) == receipt.ref for own in known.intents):
        return base  # what is used may be the work of our own call that was cut off
    used, remembered = used_of(kind, row), used_by(receipt)
    if used is None or used == remembered:
        return base
    missing = entries_held(document, known.wanted_of(document), row) if document is not None else None
    if missing is not None and not receipt.accepted:
        # An old copy of the state, or somebody who did in FinzBooks what the manifest asks for.
        return replace(base, action=Action.ADOPT, later=missing, remote=row, reason="allocated there already")
    return conflict(
        base,
        "drift",
        f"Of the {kind.label} {used} is used in the books, and the receipt remembers {remembered}: "
        "somebody applied it in FinzBooks.",
        accept(base.id),
    )


def _is_fixed(kind: Kind, receipt: Receipt, found: Sequence[Change], known: Known) -> bool:
    """Whether what was edited can no longer be changed, by what the receipt and the state remember."""
    if kind.edits is Edits.WHILE_DRAFT:
        posted = receipt.said.get(kind.posts_if) is True
        return posted or any(top(one) in kind.fixed or _unposts(kind, one) for one in found)
    if kind.edits is Edits.WHILE_UNUSED:
        return any(True for _ in known.begun_parts(receipt.ref))
    return False


def _unposts(kind: Kind, change: Change) -> bool:
    return change.path == kind.posts_if and change.after is not True


def _possible(base: Step, kind: Kind, receipt: Receipt, known: Known) -> Step:
    """An update or a posting, unless the books, where they were asked, no longer take it."""
    only_posts = bool(base.changes) and all(one.path == kind.posts_if for one in base.changes)
    step = replace(base, action=Action.APPROVE if only_posts else Action.UPDATE)
    row, document = known.looked.get(base.id), base.document
    if row is None or document is None:
        return step
    if isinstance(row, Gone):
        return gone(base)
    wanted = managed(known.wanted_of(document), receipt, base.changes)
    refusal = "" if as_wanted(kind, wanted, row) else barred(base, row)
    if refusal:
        return conflict(base, "no-longer-editable", refusal, f"Take the edit back. {accept(base.id)}")
    found = drift_of(step, receipt, known.bindings, wanted, row)
    if found:
        return replace(_drift(base), drift=found, remote=row)
    # A draft is posted at what the books say it comes to.
    return replace(step, amount=paise(row.get(TOTAL))) if posts(step) else step


def _drift(base: Step) -> Step:
    return conflict(
        base,
        "drift",
        "Somebody changed it in FinzBooks since it was last applied; an update would undo that, or post it.",
        f"If the manifest is right, set it so in FinzBooks. {accept(base.id)}",
    )


def posts(step: Step) -> bool:
    """Whether carrying out ``step`` turns a draft of the books into a posted document."""
    sent = step.action in (Action.UPDATE, Action.APPROVE)
    return sent and any(one.path == KINDS[step.id.kind].posts_if and one.after is True for one in step.changes)


def as_wanted(kind: Kind, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether the books hold all of ``wanted`` already, and show it: an older copy of the state did not know.

    Then nothing is sent, and it does not matter whether the document could still be changed.
    """
    own = {name: value for name, value in wanted.items() if name != kind.posts_if}
    if dead(kind, row) or held(kind.name, own, row) or not shows(kind.name, own, row):
        return False
    posted = kind.state_field in row and not is_draft(kind, row)
    return not kind.posts_if or (wanted.get(kind.posts_if) is True) == posted


def barred(step: Step, row: Mapping[str, Any]) -> str:
    """Why the books do not take the edit of ``step`` on ``row``; "" where they do. Posting twice is no harm."""
    kind, found = KINDS[step.id.kind], step.changes
    given = step.document.fields if step.document is not None else {}
    only_posts = bool(found) and all(one.path == kind.posts_if for one in found)
    if dead(kind, row):
        return f"The {kind.label} was voided in FinzBooks."
    if kind.edits is Edits.WHILE_DRAFT and not only_posts and kind.state_field in row and not is_draft(kind, row):
        return f"The {kind.label} was posted in FinzBooks since, and only a draft can be changed."
    for name, other in kind.follows.items():
        if name not in given and other in map(top, found) and day(row.get(name)) and _earlier(row, name, given, other):
            return (
                f"Its {name} is {day(row[name])} in the books, which was worked out when it was created, and would lie "
                f"before the new {other}: give `{name}` as well."
            )
    if kind.edits is Edits.WHILE_UNUSED and used_of(kind, row):
        return f"The {kind.label} was applied in FinzBooks since, and can no longer be changed."
    return _priced_elsewhere(step, row) if reprices(kind, found) else ""


def _prices_itself(kind: Kind, line: Mapping[str, Any]) -> bool:
    """Whether nothing of what a line comes to is taken from its item."""
    of_item = kind.item_field in line or kind.item_field + RAW in line
    return RATE in line and (not of_item or TAX in line or TAX + RAW in line)


def _earlier(row: Mapping[str, Any], name: str, given: Mapping[str, Any], other: str) -> bool:
    """Whether the date ``name`` of the books lies before the date ``other`` of the manifest: ISO dates sort as text."""
    return day(row.get(name)) < text(given.get(other))


def _priced_elsewhere(step: Step, row: Mapping[str, Any]) -> str:
    """What of the price of an edited document the manifest does not say itself, so that an update may change it."""
    kind = KINDS[step.id.kind]
    given = step.document.fields if step.document is not None else {}
    rounded = [name for name in kind.computed if amount(row.get(name) or 0) and name not in given]
    if rounded:
        return (
            f"Its {rounded[0]} is {row[rounded[0]]} in the books, and whether an update of the lines works that out "
            f"anew is not documented: give `{rounded[0]}` as well."
        )
    lines = given.get(kind.line_field)
    if isinstance(lines, list) and any(isinstance(line, dict) and not _prices_itself(kind, line) for line in lines):
        return (
            "A line of it takes its rate or its tax from its item, and an update of the lines would price it by what "
            f"that is today: give every line its `{RATE}`, and with an item its `{TAX}`."
        )
    return ""


def is_draft(kind: Kind, row: Mapping[str, Any]) -> bool:
    return text(row.get(kind.state_field)) in kind.draft_states


def _impossible(base: Step, receipt: Receipt) -> Step:
    kind = KINDS[receipt.kind]
    return conflict(
        base,
        "edit-of-document",
        f"The {kind.label} is in the books already ({named(receipt)}), and its manifest entry was edited.",
        f"Take the edit back. {_instead(base, kind, receipt)} {accept(base.id)}".replace("  ", " "),
    )


def _instead(base: Step, kind: Kind, receipt: Receipt) -> str:
    """What a person can do in FinzBooks in place of an edit that cannot be sent."""
    if kind.edits is Edits.WHILE_DRAFT and receipt.said.get(kind.posts_if) is not True:
        return f"Or delete the draft in FinzBooks, and then: {command('rm', base.id)}."
    return kind.way_out


def named(receipt: Receipt) -> str:
    return f"{receipt.number}, {receipt.remote_id}" if receipt.number else receipt.remote_id


def gone(base: Step) -> Step:
    return conflict(
        base,
        "gone-from-books",
        f"The books no longer hold {base.remote_id}.",
        f"If it was deleted on purpose, remove its entry; to create it anew, run: {command('rm', base.id)}",
    )


def conflict(base: Step, code: str, reason: str, help: str = "Look at it in FinzBooks.") -> Step:
    return replace(base, action=Action.CONFLICT, code=code, reason=reason, help=help)
