"""A plan on the disk: what it was made for, and what was reviewed. Pure (design, section 4).

The file is JSON. Beside the plan as people and tools read it (``plan``) it holds what an apply is bound to, and a
digest of all of it: a file that was cut off or edited is no longer what somebody reviewed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeVar

from importer.errors import Refused
from importer.manifest.typed import typed
from importer.model import Action, Document, Ref, StepId
from importer.plan.said import canonical, canonical_document, plain
from importer.plan.value import Step

FORMAT: Final = "finzbooks-plan"
FORMAT_VERSION: Final = 1
MAKE_ANEW: Final = "Make a new plan: finz-import plan PATH... --out FILE"
# What these come to is for a person: an apply neither sends nor remembers anything for them.
NOT_BOUND: Final = (Action.PENDING, Action.ORPHANED, Action.UNCHANGED)

T = TypeVar("T")


class SavedStep(NamedTuple):
    """One step as it was reviewed."""

    id: StepId
    action: Action
    remote_id: str  # of what it is done to; "" where the books do not hold that yet
    changes: tuple[str, ...]  # paths of the fields that it changes
    digest: str  # of all that it would do, as ``step_digest`` gives it


@dataclass(frozen=True, slots=True)
class Options:
    """What narrowed or widened the plan."""

    allow_likeness: bool = False
    targets: tuple[str, ...] = ()  # as typed, KIND/KEY
    limit: int | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.targets) or self.limit is not None


@dataclass(frozen=True, slots=True)
class SavedPlan:
    id: str  # random hexadecimal text: the state remembers under it how far the plan was carried out
    version: str  # of the importer
    created: str  # ISO 8601, UTC
    org_id: str
    sandbox: bool
    paths: tuple[str, ...]  # as typed, with forward slashes
    state_path: str  # as typed, with forward slashes; "" when none was given
    lineage: str  # of the state that the plan saw; "" when there was none
    serial: int  # of that state, 0 or more
    options: Options
    documents: Mapping[Ref, str]  # every document, with the digest of what it says
    steps: tuple[SavedStep, ...]  # those that are bound, in the order of the plan
    plan: Mapping[str, Any]  # the whole plan as JSON values, for people and tools; nothing is read from it


def document_digest(document: Document) -> str:
    """SHA-256, hexadecimal, of all that ``document`` says, defaults included, whatever the way it is written.

    Unlike the digest of a receipt it covers what is sent in calls of its own, such as applications. Raises ValueError
    for a document that does not conform to its schema.
    """
    fields = typed(document.kind, document.fields)
    spoken = canonical_document(document.kind, document.key, fields)
    every = {name: canonical(value) for name, value in fields.items()}
    return fingerprint({"kind": document.kind, "key": document.key, "says": {**spoken, **every, "key": document.key}})


def document_digests(documents: Iterable[Document]) -> dict[Ref, str]:
    """The digest of each document. Raises as ``document_digest`` does."""
    return {document.ref: document_digest(document) for document in documents}


def step_digest(step: Step) -> str:
    """SHA-256, hexadecimal, of what ``step`` does to which document, and of what that comes to.

    The generation is left out: a failed call raises it, and what is done stays the same.
    """
    changes = [[one.path, _plain(one.before), _plain(one.after)] for one in step.changes]
    worth = None if step.amount is None else plain(step.amount)
    return fingerprint(
        {"id": list(step.id), "action": step.action, "remote_id": step.remote_id, "changes": changes, "amount": worth}
    )


def saved_steps(steps: Iterable[Step]) -> tuple[SavedStep, ...]:
    """The steps of a built plan that an apply is bound to: those that send or remember something, and conflicts."""
    return tuple(
        SavedStep(step.id, step.action, step.remote_id, tuple(one.path for one in step.changes), step_digest(step))
        for step in steps
        if step.action not in NOT_BOUND
    )


def _plain(value: Any) -> Any:
    """A value of a change as JSON holds it; what the books answered may be a number still."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return plain(value) if isinstance(value, Decimal) else value


def fingerprint(value: Any) -> str:
    """SHA-256, hexadecimal, of a JSON value; independent of the order of members. Takes any text that Python holds."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def dump(saved: SavedPlan) -> str:
    """``saved`` as JSON that UTF-8 can hold, with a line end. Equal plans give equal text; documents come sorted."""
    body = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "id": saved.id,
        "version": saved.version,
        "created": saved.created,
        "org_id": saved.org_id,
        "sandbox": saved.sandbox,
        "paths": saved.paths,
        "state": {"path": saved.state_path, "lineage": saved.lineage, "serial": saved.serial},
        "options": asdict(saved.options),
        "plan": saved.plan,
        "documents": [{**ref._asdict(), "digest": one} for ref, one in sorted(saved.documents.items())],
        "steps": [{**one.id._asdict(), **one._asdict(), "id": str(one.id)} for one in saved.steps],
    }
    text = json.dumps({**body, "digest": fingerprint(body)}, ensure_ascii=False, allow_nan=False, indent=2)
    # A lone surrogate, which only the name of a file can hold, becomes the JSON escape of itself.
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def load(text: str) -> SavedPlan:
    """The plan that ``dump`` made ``text`` of. Raises Refused (plan-unreadable) for anything else."""
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise _unreadable("It is not whole JSON: it was cut off, or it is another file.") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _unreadable("It is not a plan of this importer.")
    version = found.get("format_version")
    if version != FORMAT_VERSION:
        shown = version if isinstance(version, int) else "not known"
        raise _unreadable(f"Its format_version is {shown}, and this importer reads {FORMAT_VERSION}.")
    try:
        if found.pop("digest", "") != fingerprint(found):
            raise _unreadable("It was changed after it was saved: its digest no longer agrees.")
        return _saved(found)
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise _unreadable("What it holds is not what a plan holds.") from error


def _unreadable(reason: str) -> Refused:
    return Refused("plan-unreadable", f"The saved plan cannot be read. {reason}", MAKE_ANEW)


def _saved(found: Mapping[str, Any]) -> SavedPlan:
    """Raises LookupError for a member that is missing, TypeError and ValueError for one that is otherwise."""
    state, options, limit = found["state"], found["options"], found["options"]["limit"]
    return SavedPlan(
        id=_of(str, found["id"]),
        version=_of(str, found["version"]),
        created=_of(str, found["created"]),
        org_id=_of(str, found["org_id"]),
        sandbox=_of(bool, found["sandbox"]),
        paths=_texts(found["paths"]),
        state_path=_of(str, state["path"]),
        lineage=_of(str, state["lineage"]),
        serial=_of(int, state["serial"]),
        options=Options(
            allow_likeness=_of(bool, options["allow_likeness"]),
            targets=_texts(options["targets"]),
            limit=None if limit is None else _of(int, limit),
        ),
        documents={
            Ref(_of(str, one["kind"]), _of(str, one["key"])): _of(str, one["digest"])
            for one in _of(list, found["documents"])
        },
        steps=tuple(_step(one) for one in _of(list, found["steps"])),
        plan=_of(dict, found["plan"]),
    )


def _step(one: Mapping[str, Any]) -> SavedStep:
    own = StepId(_of(str, one["kind"]), _of(str, one["key"]), _of(str, one["part"]))
    return SavedStep(
        own, Action(one["action"]), _of(str, one["remote_id"]), _texts(one["changes"]), _of(str, one["digest"])
    )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_of(str, one) for one in _of(list, value))


def _of(wanted: type[T], value: Any) -> T:
    """``value``, which must be ``wanted`` itself: true is no number."""
    if type(value) is not wanted:
        raise TypeError(f"{wanted.__name__} expected")
    return value
