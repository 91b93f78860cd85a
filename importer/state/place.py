"""Where the state of a run is kept: design, section 4."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from importer.errors import WrongUsage

STATE: Final = "finzbooks.state.db"
SANDBOX_STATE: Final = "finzbooks.sandbox.state.db"


def state_file(paths: Sequence[Path], *, given: Path | None, project: Path | None, sandbox: bool) -> Path:
    """The state file of a run over ``paths``.

    ``given`` is the file that --state (or the project file) names, ``project`` the nearest finzbooks.yaml. Looks at the
    disk only to tell a folder from a file. Raises WrongUsage (no-state-place) where there is no one place.
    """
    if given is not None:
        return given
    return base_folder(paths, given=None, project=project) / (SANDBOX_STATE if sandbox else STATE)


def base_folder(paths: Sequence[Path], *, given: Path | None, project: Path | None) -> Path:
    """The folder of the state, in which ``.finzbooks`` lies with the sandbox's books and the caches.

    A command without PATHs works on the current folder. Raises as ``state_file`` does.
    """
    if given is not None:
        return given.parent
    if project is not None:
        return project.parent
    if len(paths) > 1:
        raise WrongUsage(
            "Several PATHs and no project: there is no one place for the state.",
            "Name it with --state FILE, put a finzbooks.yaml above the PATHs, or give the folder that holds them.",
            code="no-state-place",
        )
    path = paths[0] if paths else Path()
    try:
        return path if path.is_dir() else path.parent
    except OSError:  # too long a name, or below a folder that may not be entered: told of where the files are read
        return path.parent
