"""The commands of ``finz-import state`` that change what is known. None of them changes anything in the books."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from importer.cli.options import format_option, sandbox_option, state_option
from importer.cli.state_place import where_argument

if TYPE_CHECKING:
    from importer.kinds import Kind
    from importer.model import Intent, Receipt

MOST_NAMED: Final = 5  # documents that a sentence names


@click.command()
@click.argument("kind")
@click.argument("key")
@where_argument
@format_option
@state_option
@sandbox_option
def accept(kind: str, key: str, paths: tuple[Path, ...], format_: str, state_path: Path | None, sandbox: bool) -> None:
    """Take the books as they are for a document that the state knows: the books are right, remember this.

    Reads the document, and its manifest entry under PATH..., or else in the file that it came from. What the two say
    otherwise is printed, and no longer asked about; an edit of such a field in the manifest is an edit again.

    Exit codes: 0 done, 1 errors in the project file, 2 wrong usage, 5 refused and nothing changed.
    """
    from importer.cli.agreeing import accept_document
    from importer.cli.state_place import key_called, kind_called
    from importer.model import Ref

    accept_document(Ref(kind_called(kind).name, key_called(key)), paths, state_path, sandbox, format_)


@click.command()
@click.argument("kind")
@click.argument("key")
@click.argument("remote_id", metavar="ID")
@where_argument
@click.option("--accept-differences", is_flag=True, help="Also what the books hold otherwise and no update can mend.")
@format_option
@state_option
@sandbox_option
def adopt(
    kind: str,
    key: str,
    remote_id: str,
    paths: tuple[Path, ...],
    accept_differences: bool,
    format_: str,
    state_path: Path | None,
    sandbox: bool,
) -> None:
    """Say which document of the books, by its ID, the manifest entry KEY is.

    The entry is looked for under PATH..., or else in the project's folder. What an update can mend is left for the
    next plan; another difference is refused, unless --accept-differences.

    Exit codes: 0 done, 1 errors in the project file, 2 wrong usage, 5 refused and nothing changed.
    """
    from importer.cli.agreeing import adopt_document
    from importer.cli.state_place import key_called, kind_called
    from importer.errors import WrongUsage
    from importer.model import Ref

    if not remote_id.strip():
        raise WrongUsage("The id is empty.", "Give the id that FinzBooks shows for the document.")
    ref = Ref(kind_called(kind).name, key_called(key))
    adopt_document(ref, remote_id.strip(), accept_differences, paths, state_path, sandbox, format_)


@click.command()
@click.argument("kind")
@click.argument("old")
@click.argument("new")
@where_argument
@format_option
@state_option
@sandbox_option
def mv(
    kind: str, old: str, new: str, paths: tuple[Path, ...], format_: str, state_path: Path | None, sandbox: bool
) -> None:
    """Know a document under the key NEW instead of OLD, after the same change in the manifest.

    All that refers to it follows. Asks nobody: the books keep the reference number that they have.

    Exit codes: 0 done, 2 wrong usage, 5 refused and nothing changed.
    """
    from importer.cli.state_place import called, key_called, kind_called, no_such_key, open_to_change
    from importer.plan.rename import in_the_way, renamed

    known, old, new = kind_called(kind), key_called(old), key_called(new)
    with open_to_change(paths, state_path, sandbox) as store:
        receipts = list(store.receipts())
        for key in (old, new):
            _check_settled(list(in_the_way(store.intents(), known, key)), known, key)
        document = _receipt_of(receipts, known, old)
        if document is None:
            raise no_such_key(known, old, receipts)
        _check_free(receipts, known, new)
        put, removed = renamed(receipts, known, old, new)
        store.put(put, removed=removed)
    followers = sorted({str(one.ref) for one in put if (one.kind, one.key) != (known.name, new)})
    follow = f" What refers to it follows: {_first_few(followers)}." if followers else ""
    _tell(
        format_,
        {"kind": known.name, "old": old, "new": new, "id": document.remote_id, "followed": followers},
        f"The {known.label} {old} ({called(document)}) is known as {new} from now on.{follow}",
    )


def _receipt_of(receipts: list[Receipt], kind: Kind, key: str) -> Receipt | None:
    return next((one for one in receipts if (one.kind, one.key, one.part) == (kind.name, key, "")), None)


def _check_free(receipts: list[Receipt], kind: Kind, key: str) -> None:
    """The key is not known. Raises Refused (key-taken)."""
    from importer.cli.state_place import called
    from importer.errors import Refused
    from importer.model import StepId
    from importer.plan.ways_out import command

    taken = next((one for one in receipts if (one.kind, one.key) == (kind.name, key)), None)
    if taken is not None:
        raise Refused(
            "key-taken",
            f"The key {key} is taken: the state knows it as {called(taken)}.",
            f"If that was a mistake, forget it first: {command('rm', StepId(kind.name, key))}",
        )


def _check_settled(intents: list[Intent], kind: Kind, key: str) -> None:
    """No call is open that names the key. Raises Refused (open-intents)."""
    from importer.errors import Refused

    if intents:
        raise Refused(
            "open-intents",
            f"A call of {intents[0].server_time} for the {kind.label} {key} was cut off before its answer came.",
            "Have it settled first: finz-import recover",
        )


@click.command()
@click.argument("kind")
@click.argument("key")
@where_argument
@format_option
@state_option
@sandbox_option
def rm(kind: str, key: str, paths: tuple[Path, ...], format_: str, state_path: Path | None, sandbox: bool) -> None:
    """Forget a document. The books keep it, and the next plan looks for it there if it is still in the manifest.

    Calls for it that were cut off are given up as not done.

    Exit codes: 0 done, 2 wrong usage, 5 refused and nothing changed.
    """
    from importer.cli.state_place import called, key_called, kind_called, no_such_key, open_to_change
    from importer.model import StepId
    from importer.plan.rename import referring

    known, key = kind_called(kind), key_called(key)
    with open_to_change(paths, state_path, sandbox) as store:
        receipts = list(store.receipts())
        own = [one for one in receipts if (one.kind, one.key) == (known.name, key)]
        rows = sorted({StepId(*row[:3]) for one in store.intents() for row in one.rows if row[:2] == (known.name, key)})
        if not own and not rows:
            raise no_such_key(known, key, receipts)
        # The document first: should what follows fail, the next plan looks for it, and applies nothing of it anew.
        store.close_row(StepId(known.name, key), removed=own, not_done=True)
        for row in rows:
            if row.part:
                store.close_row(row, not_done=True)
    document = _receipt_of(own, known, key)
    users = sorted(str(one.ref) for one in referring(receipts, known, key))
    _tell(
        format_,
        {
            "kind": known.name,
            "key": key,
            "id": document.remote_id if document else "",
            "number": document.number if document else "",
            "calls": len(rows),
            "referring": users,
        },
        *_forgotten(known, key, called(document) if document else "", len(rows)),
        *([f"These refer to it: {_first_few(users)}."] if users else []),
    )


def _forgotten(kind: Kind, key: str, known_as: str, calls: int) -> list[str]:
    """What rm did, in sentences."""
    name = f"The {kind.label} {key}"
    lines = []
    if known_as:
        lines.append(f"{name} is forgotten. The books still hold it as {known_as}; the next plan looks for it there.")
    if calls:
        given_up = "The call that was cut off is" if calls == 1 else f"{calls} calls that were cut off are"
        lines.append(f"{given_up} given up as not done. The next plan looks in the books for the {kind.label} {key}.")
    return lines or [f"{name} is forgotten: only applications of it were known."]


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@where_argument
@format_option
@state_option
@sandbox_option
def import_(file: Path, paths: tuple[Path, ...], format_: str, state_path: Path | None, sandbox: bool) -> None:
    """Read FILE, an export of a state, into the state of PATH...; `-` is standard input.

    Two states are never merged: it goes into a state that holds nothing, or an earlier one of the same.

    Exit codes: 0 done, 1 errors in FILE or in the project file, 2 wrong usage, 5 refused and nothing changed.
    """
    from importer.cli.load import place
    from importer.cli.project import find_project
    from importer.cli.state_import import check_export_org, read_export
    from importer.report.style import count
    from importer.state.files import open_for_writing
    from importer.state.importing import bring_in

    project = find_project(paths)
    where = place(paths, state_path, sandbox, project)
    content = read_export(file, format_)
    check_export_org(content.org_id, project, sandbox, format_)
    with open_for_writing(where.state) as store:
        done = bring_in(store, content)
    now = "now holds" if done.changed else "held already"
    _tell(
        format_,
        done._asdict() | {"state": where.state.as_posix(), "org_id": content.org_id},
        f"The state {where.state.as_posix()} {now} {count(done.receipts, 'receipt')} and "
        f"{count(done.intents, 'call')} that {'was' if done.intents == 1 else 'were'} cut off.",
    )


def _first_few(names: list[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _tell(format_: str, value: dict[str, object], *lines: str) -> None:
    """What was done, on stdout."""
    from importer.cli.options import as_json, say

    say([as_json(value)] if format_ == "json" else lines)


CHANGES: Final = (accept, adopt, mv, rm, import_)
