"""``apply --failed FILE``: what failed, as a manifest with the reasons, to be corrected and applied."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from importer.cli.load import Loaded
from importer.cli.options import complain
from importer.cli.saved import write_whole
from importer.errors import Refused, WrongUsage
from importer.outcome import Report
from importer.plan.ways_out import quoted
from importer.report.failed import MARK, failed_documents, failed_manifest
from importer.report.style import count


def refuse_name(file: Path | None) -> None:
    """Raises WrongUsage for a name under which what is written would be read as something else."""
    if file is not None and file.suffix.lower() == ".csv":
        raise WrongUsage(f"--failed writes YAML, and {file} would be read as CSV.", "Let its name end in .yaml.")


def keep_failed(file: Path, report: Report, loaded: Loaded, run: str, *, sandbox: bool, quiet: bool) -> None:
    """Write the documents of ``report`` that failed to ``file``, and say so. Where none did, one of ours is removed.

    The run is over and told of by then: where they cannot be written that is told too, and changes nothing of how it
    ended.
    """
    failed = failed_documents(report, {one.ref: one for one in loaded.manifest.documents})
    if not failed:
        _remove_old(file)
        return
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    text = failed_manifest(failed, run=run, when=now, command=_command(file, loaded, sandbox))
    try:
        write_whole(file, text, "failed-unwritable")
    except Refused as error:
        complain([f"error[{error.code}]: {error.message}", f"help: {error.help}"])
        return
    if not quiet:
        complain([f"{count(len(failed), 'failed document')} written to {file}, with the reasons."])


def _remove_old(file: Path) -> None:
    """What an earlier run wrote there is over; anything else is left alone."""
    with suppress(OSError, UnicodeDecodeError):
        if MARK in file.read_text(encoding="utf-8").partition("\n")[0]:
            file.unlink()


def _command(file: Path, loaded: Loaded, sandbox: bool) -> str:
    """What to do with the file, in the shell that this run was started from."""
    state = f" --state {quoted(loaded.where.state.as_posix())}" if loaded.where is not None else ""
    return f"finz-import apply {quoted(file.as_posix())}{state}{' --sandbox' if sandbox else ''}"
