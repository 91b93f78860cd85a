from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import WrongUsage
from importer.state.place import base_folder, state_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "invoices.yaml").write_text("", "utf-8")
    return tmp_path / "books"


def place(*paths: Path, given: Path | None = None, project: Path | None = None, sandbox: bool = False) -> Path:
    return state_file(paths, given=given, project=project, sandbox=sandbox)


def test_a_named_state_wins_over_everything(folder: Path) -> None:
    named = Path("elsewhere/x.db")
    assert place(folder, folder, given=named, project=folder / "finzbooks.yaml", sandbox=True) == named


def test_a_project_keeps_the_state_beside_its_file(folder: Path) -> None:
    project = folder.parent / "finzbooks.yaml"
    assert place(folder, folder / "invoices.yaml", project=project) == folder.parent / "finzbooks.state.db"


def test_a_folder_keeps_its_state_in_it(folder: Path) -> None:
    assert place(folder) == folder / "finzbooks.state.db"


def test_a_file_keeps_its_state_beside_it(folder: Path) -> None:
    assert place(folder / "invoices.yaml") == folder / "finzbooks.state.db"


def test_the_sandbox_has_a_state_of_its_own_in_the_same_place(folder: Path) -> None:
    assert place(folder, sandbox=True) == folder / "finzbooks.sandbox.state.db"


def test_no_path_means_the_current_folder() -> None:
    assert place() == Path("finzbooks.state.db")


def test_several_paths_without_a_project_are_wrong_usage(folder: Path) -> None:
    with pytest.raises(WrongUsage) as info:
        place(folder, folder / "invoices.yaml")
    assert (info.value.code, info.value.exit_code) == ("no-state-place", 2)
    assert "--state FILE" in info.value.help


def test_the_base_folder_is_where_the_state_is(folder: Path) -> None:
    assert base_folder([folder], given=None, project=None) == folder
    assert base_folder([folder], given=None, project=folder.parent / "finzbooks.yaml") == folder.parent
    assert base_folder([folder, folder], given=Path("elsewhere/x.db"), project=None) == Path("elsewhere")
