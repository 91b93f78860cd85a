"""Errors of a call as failures of a step, at their place in the manifest."""

from __future__ import annotations

import re
from typing import Final

from importer.apply.deliver import Unsettled
from importer.delivery.compare import sent_fields
from importer.errors import ApiError, InProgress, Rejected
from importer.kinds import KINDS
from importer.model import Change, Document, Drift, Path, Place, StepId
from importer.outcome import Failure, Outcome, Status
from importer.plan.value import Step
from importer.plan.ways_out import accept

_STEP: Final = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


def failed(step: Step, failure: Failure, *, stops_kind: bool = False, remote_id: str = "") -> Outcome:
    return Outcome(step.id, Status.FAILED, remote_id or step.remote_id, step.place, failure, stops_kind)


def skipped(step: Step, code: str, message: str) -> Outcome:
    return Outcome(step.id, Status.SKIPPED, step.remote_id, step.place, Failure(code, message, place=step.place))


def not_reached(step: Step) -> Outcome:
    """Not sent, because the run was stopped."""
    return skipped(step, "not-reached", "Not sent: the run ended before its turn.")


def behind_doubt(step: Step, doubtful: StepId) -> Outcome:
    """Not sent, because the outcome of ``doubtful`` is told from a balance that this would move."""
    failure = Failure(
        "waits-for-open-intent",
        f"Not sent: it is not known whether {doubtful} was done, and the balance that tells it must stay till then.",
        place=step.place,
        help="Run apply again: it settles that one first, and sends this one then.",
    )
    return Outcome(step.id, Status.SKIPPED, step.remote_id, step.place, failure)


def kind_stopped(step: Step) -> Outcome:
    """Not sent, because the books came to another total for a document of its kind."""
    what = KINDS[step.id.kind].name.replace("_", " ")
    return skipped(
        step, "kind-stopped", f"Not sent: among the {what} of this run, the books hold one otherwise than it was sent."
    )


def cut_off(step: Step) -> Failure:
    """The run ended while a call for it was under way, and did not wait for the answer."""
    return Failure(
        "cut-off",
        "The run ended before the answer came: it may have been done.",
        place=step.place,
        help="Run apply again: it looks in the books first, and sends nothing twice.",
    )


def of_error(step: Step, error: ApiError) -> Failure:
    """A call that was refused, or never arrived."""
    field = error.field if isinstance(error, Rejected) else ""
    request = f" (request {error.request_id})" if isinstance(error, Rejected) and error.request_id else ""
    return Failure(error.code, f"{error.message}{request}", field, place_of(step, field), error.help)


def of_row(step: Step, error: object) -> Failure:
    """The error of one row of a bulk call."""
    found = error if isinstance(error, dict) else {}
    field = str(found.get("field") or "")
    message = str(found.get("message") or "FinzBooks refused this row and did not say why.")
    return Failure(str(found.get("code") or "row-refused"), message, field, place_of(step, field))


def of_unsettled(step: Step, error: Unsettled) -> Failure:
    if isinstance(error.cause, InProgress):
        return Failure(
            "still-running",
            "FinzBooks says that the call is still being carried out.",
            place=step.place,
            help="Run apply again in a while: it asks under the same key, and sends nothing twice. If that is said for "
            "hours: finz-import recover looks twice, and gives it up where the books do not show it.",
        )
    return Failure(
        "no-answer",
        f"{error.cause.message.rstrip('.')}. The books do not show for certain what became of it.",
        place=step.place,
        help="Run finz-import recover: it looks at the balances."
        if step.id.part
        else "Run apply again: it looks in the books first, and sends nothing twice.",
    )


def of_differences(step: Step, found: tuple[Change, ...], *, what: str = "The books hold it otherwise") -> Failure:
    return Failure("books-differ", f"{what}: {shown(found)}.", place=step.place)


def of_conflict(step: Step) -> Outcome:
    """A step of the plan that only a person can decide."""
    what = step.reason
    if step.drift:
        what = f"{what} {_told(step.drift)}."
    elif step.changes:
        what = f"{what} {'; '.join(f'{one.label}: {_word(one.before)} -> {_word(one.after)}' for one in step.changes)}."
    return failed(step, Failure(step.code, what, place=step.place, help=step.help))


def of_drift(step: Step, found: tuple[Drift, ...]) -> Failure:
    """Somebody changed the document in the books since it was last applied."""
    return Failure(
        "drift",
        f"Somebody changed it in FinzBooks: {_told(found)}.",
        place=step.place,
        help=f"If the manifest is right, set it so in FinzBooks. {accept(step.id)}",
    )


def _told(found: tuple[Drift, ...]) -> str:
    return "; ".join(
        f"{one.label} was {_word(one.remembered)} when last applied, is {_word(one.held)} in the books"
        + (f" and {one.wanted} in the manifest" if one.wanted is not None else "")
        for one in found
    )


def shown(found: tuple[Change, ...]) -> str:
    """Differences in one line: field, what the books say, what was sent."""
    return "; ".join(
        f"{one.label} is {_word(one.before)} in the books and {_word(one.after)} in the manifest" for one in found
    )


def _word(value: object) -> object:
    """A value as a sentence says it."""
    return "not given" if value is None else str(value).lower() if isinstance(value, bool) else value


def place_of(step: Step, field: str) -> Place | None:
    """Where the manifest says what the API calls ``field``, such as ``line_items[0].item_id``."""
    document = step.document
    if document is None or not field:
        return step.place
    sent: tuple[str, ...] = ()
    path: Path = ()
    names = {tuple(known): one.path for known, one in sent_fields(document.kind).items()}
    for name, position in _STEP.findall(field):
        if position:
            path = (*path, int(position))
            continue
        sent = (*sent, name)
        path = (*path, _own_name(document, path, names.get(sent, (name,))[-1], name))
    return document.place(path)


def _own_name(document: Document, path: Path, name: str, sent_as: str) -> str:
    """The spelling that the document itself uses: a reference by key, or the raw id."""
    node: object = document.fields
    for step in path:
        if isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        elif isinstance(node, dict):
            node = node.get(str(step))
    return sent_as if isinstance(node, dict) and name not in node and sent_as in node else name
