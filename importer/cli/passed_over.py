"""What lies in a folder beside the manifests and is not read, though somebody may believe that it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from importer.cli.walk import OFFICE_LOCK, has_name_of_one
from importer.model import Place, Problem, Severity

SPREADSHEETS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers")


def passed_over(folder: Path, names: Sequence[str]) -> Iterator[Problem]:
    """What to tell of the ``names`` in ``folder`` that are not read."""
    for name in names:
        if has_name_of_one(folder / name):
            yield special_file(folder / name)
    yield from _spreadsheets(folder, names)


def special_file(path: Path) -> Problem:
    """A pipe or a device: opening it may never end."""
    message, help = "it is neither a file nor a folder", "write what it delivers into a file, and give that"
    return Problem("not-a-file", message, Place(path.as_posix(), 1, 1), help)


def _spreadsheets(folder: Path, names: Sequence[str]) -> Iterator[Problem]:
    """One warning for all of a folder. One that a CSV seems to come from (books.csv, books - May.csv) is fine."""
    sheets = [name for name in names if name.lower().endswith(SPREADSHEETS) and not name.startswith(OFFICE_LOCK)]
    exported = _csv_names(folder) if sheets else []
    left = [name for name in sheets if not any(one.startswith(Path(name).stem) for one in exported)]
    if left:
        more = f", and so are {len(left) - 1} more in this folder" if len(left) > 1 else ""
        yield Problem(
            "unread-spreadsheet",
            f"this is a spreadsheet and is not read{more}",
            Place((folder / left[0]).as_posix(), 1, 1),
            "save each of its sheets that holds documents as CSV UTF-8, under the name of its kind; to keep other "
            "files here, say in finzbooks.yaml what is read: `include`",
            Severity.WARNING,
        )


def _csv_names(folder: Path) -> list[str]:
    try:
        return [one.name for one in folder.iterdir() if one.suffix.lower() == ".csv"]
    except OSError:  # it was there a moment ago
        return []
