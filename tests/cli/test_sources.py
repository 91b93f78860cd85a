from __future__ import annotations

import os
from pathlib import Path

import pytest

from importer.cli.project import project_file
from importer.cli.sources import Sources, find


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\n", encoding="utf-8")


def names(sources: Sources) -> list[str]:
    return [file.name for file in sources.files]


def test_a_folder_is_read_in_sorted_order_without_hidden_names_and_the_project_file(folder: Path) -> None:
    write(folder, "m/b.yaml", "m/a.csv", "m/c/d.yml", "m/C.YAML", "m/.hidden.yaml", "m/.git/x.yaml", "m/notes.txt")
    write(folder, "m/finzbooks.yaml")
    assert names(find([Path("m")])) == ["m/C.YAML", "m/a.csv", "m/b.yaml", "m/c/d.yml"]


def test_a_file_is_alone_and_one_of_a_folder_is_not(folder: Path) -> None:
    write(folder, "a.yaml", "m/b.yaml")
    assert [file.alone for file in find([Path("a.yaml"), Path("m")]).files] == [True, False]


def test_a_file_that_is_given_twice_is_read_once(folder: Path) -> None:
    write(folder, "m/a.yaml")
    assert names(find([Path("m"), Path("m/a.yaml"), Path("m/../m")])) == ["m/a.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_to_a_file_is_the_file_and_a_link_to_a_folder_is_not_entered(folder: Path) -> None:
    write(folder, "m/a.yaml")
    (folder / "m" / "z.yaml").symlink_to("a.yaml")
    (folder / "m" / "loop").symlink_to(folder / "m", target_is_directory=True)
    assert names(find([Path("m")])) == ["m/a.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="there are no named pipes in folders there")
def test_a_pipe_is_neither_file_nor_folder_and_nobody_waits_on_it(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    assert [problem.code for problem in find([Path("pipe.yaml")]).problems] == ["not-a-file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_problem(folder: Path) -> None:
    write(folder, "a.yaml")
    (folder / "a.yaml").chmod(0)
    assert [problem.code for problem in find([Path("a.yaml")]).problems] == ["unreadable-file"]


def test_the_project_file_is_looked_for_from_the_path_upward(folder: Path) -> None:
    write(folder, "p/finzbooks.yaml", "p/m/sales/a.yaml", "p/m/finzbooks.yaml", "q/a.yaml")
    assert project_file([Path("p/m/sales/a.yaml")]) == folder / "p" / "m" / "finzbooks.yaml"
    assert project_file([Path("p")]) == folder / "p" / "finzbooks.yaml"
    assert project_file([Path("q/a.yaml")]) is None
