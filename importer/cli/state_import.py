"""Reading an export of a state for ``finz-import state import``, and whether it is of the org that is meant."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from importer.cli.load import report_problems
from importer.cli.project import FoundProject
from importer.cli.session import environment, rails_of
from importer.errors import InvalidInput, Refused
from importer.model import Place, Problem
from importer.state.importing import read
from importer.state.values import Export

STDIN = Path("-")


def read_export(file: Path, format_: str) -> Export:
    """What ``file`` says, or standard input for ``-``. Raises InvalidInput, once its problems are on stdout."""
    try:
        if file == STDIN:
            return read(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"), "standard input")
        with file.open(encoding="utf-8") as lines:
            return read(lines, file.as_posix())
    except InvalidInput as error:
        report_problems(error.problems, format_, no_color=False)
        raise
    except OSError as error:
        code = "unreadable-file" if file.exists() else "no-such-path"
        message = f"the file cannot be read: {error.strerror or error}"
        help = "give a file that `state export` wrote, or - for stdin"
        problem = Problem(code, message, Place(file.as_posix(), 1, 1), help)
        report_problems([problem], format_, no_color=False)
        raise InvalidInput([problem]) from error


def check_export_org(org_id: str, project: FoundProject, sandbox: bool, format_: str) -> None:
    """The export is of the org that environment and project name. Raises Refused (wrong-org), and InvalidInput."""
    check_project(project, format_)
    rails = rails_of(environment(), project.says.org_id, "", sandbox=sandbox)
    for meant, where in ((rails.environment, "FINZBOOKS_ORG_ID"), (rails.project, "finzbooks.yaml")):
        if meant and org_id and meant != org_id:
            raise Refused(
                "wrong-org",
                f"The export belongs to organisation {org_id}, and {where} names {meant}.",
                f"Use an export of {meant}, or correct {where}.",
            )


def check_project(project: FoundProject, format_: str) -> None:
    """Without the project file it is not known which org is meant. Raises InvalidInput when it has errors."""
    if project.problems:
        report_problems(project.problems, format_, no_color=False)
        raise InvalidInput(project.problems)
