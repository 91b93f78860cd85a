"""Plans on the disk: written by plan --out, read and held against what is now by apply --plan."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from importer import __version__
from importer.cli.choice import Choice
from importer.cli.load import Loaded
from importer.cli.walk import PROJECT_FILE, SUFFIXES
from importer.delivery.settle import may_bring
from importer.errors import Refused, WrongUsage
from importer.model import Action
from importer.plan.binding import check
from importer.plan.saved import SavedPlan, document_digests, dump, load, saved_steps
from importer.plan.value import Plan
from importer.report.plan import plan_value
from importer.report.style import count
from importer.state.files import open_for_reading
from importer.state.values import PlanProgress

UNSETTLED: Final = (Action.PENDING, Action.SETTLE)


def save(
    file: Path, made: Plan, paths: Sequence[Path], given: Path | None, loaded: Loaded, choice: Choice, *, sandbox: bool
) -> None:
    """Write ``made`` to ``file``, whole or not at all. Raises Refused (plan-open-intents, plan-unwritable)."""
    # A change that was cut off is a step of its own; what may have been created or applied would change the plan.
    cut_off = {step.settles.id for step in made.steps if step.settles is not None and step.action in UNSETTLED}
    # Also one of a document that --target or --limit leaves out: what it brings may be what this plan would create.
    cut_off |= {intent.id for intent in loaded.memory.intents if may_bring(intent, made.created_kinds)}
    if cut_off:
        raise Refused(
            "plan-open-intents",
            f"The plan is not saved: what became of {count(len(cut_off), 'call')} that a run did not see the end of "
            "would change it.",
            "Settle them first: finz-import recover",
        )
    lineage, serial = loaded.seen or ("", 0)
    saved = SavedPlan(
        id=secrets.token_hex(16),
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        org_id=made.org_id,
        sandbox=sandbox,
        paths=tuple(path.as_posix() for path in paths),
        state_path="" if given is None else given.as_posix(),
        lineage=lineage,
        serial=serial,
        options=choice.options,
        documents=document_digests(loaded.manifest.documents),
        steps=saved_steps(made.steps),
        plan=plan_value(made),
    )
    write_whole(file, dump(saved), "plan-unwritable")


def refuse_output(file: Path | None, option: str, paths: Sequence[Path], loaded: Loaded) -> None:
    """Raises WrongUsage where ``option`` would write over a file of ours, or what the next run would read.

    Names with a dot in front are left out when a folder is read, so that they can be written to.
    """
    if file is None:
        return
    real = Path(os.path.realpath(file))
    read = {*loaded.sources.real.values(), *(Path(os.path.realpath(path)) for path in paths if not path.is_dir())}
    kept = {Path(os.path.realpath(loaded.where.state))} if loaded.where is not None else set()
    if real in read or real in kept or real.name == PROJECT_FILE:
        what = "the state" if real in kept else "a file that this run reads"
        raise WrongUsage(f"{option} would write over {file}, {what}.", "Give it a file of its own.")
    for path in paths:
        root = Path(os.path.realpath(path))
        if root in real.parents and real.suffix.lower() in SUFFIXES and not _hidden(real.relative_to(root)):
            raise WrongUsage(
                f"{file} lies in {path}, and the next run would read it as one of the manifests.",
                f"Let {option} write to another folder, or to one with a dot in front of its name.",
            )


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def write_whole(file: Path, text: str, code: str) -> None:
    """Put ``text`` into ``file``, as UTF-8 with plain line ends: all of it or none. Raises Refused."""
    if not file.name:  # the current folder, or the root of all
        raise Refused(code, f"{file} cannot be written: it is a folder.", "Give the name of a file.")
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise Refused(
            code,
            f"{file} cannot be written: {error.strerror or error}.",
            "Give the name of a file in a folder that is there.",
        ) from error


def open_saved(file: Path) -> SavedPlan:
    """The plan in ``file``. Raises Refused (plan-unreadable)."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Refused(
            "plan-unreadable", f"The saved plan {file} cannot be read: {why}.", "Give the file that plan --out wrote."
        ) from error
    return load(text)


def progress_of(saved: SavedPlan, loaded: Loaded) -> PlanProgress | None:
    """How far the state says that ``saved`` was carried out; None when that was never begun."""
    store = open_for_reading(loaded.where.state) if loaded.where is not None else None
    if store is None:
        return None
    with store:
        return store.plan_progress(saved.id)


def check_bound(saved: SavedPlan, loaded: Loaded, progress: PlanProgress | None, *, sandbox: bool) -> None:
    """Raises Refused unless ``saved`` was made for just this version, these documents and this state.

    Needs nobody to be asked; whether it was made for this org is left to ``check_same_org``.
    """
    lineage, serial = loaded.seen or ("", 0)
    check(
        saved,
        version=__version__,
        org_id=None,
        sandbox=sandbox,
        documents=document_digests(loaded.manifest.documents),
        lineage=lineage,
        serial=serial,
        progress=progress,
    )
