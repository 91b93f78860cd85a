from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile.another_user import by_root, nobody

from cli.command import command
from importer.cli.project import find_project, project_file
from importer.cli.sources import Sources, find
from importer.errors import WrongUsage
from importer.model import Severity


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\n", encoding="utf-8")


def include(folder: Path, *entries: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"- '{entry}'\n" for entry in entries)
    (folder / "finzbooks.yaml").write_text(f"include:\n{lines}", encoding="utf-8")


def found(*paths: str) -> Sources:
    """What a run over ``paths`` reads, with the project that it finds."""
    given = [Path(path) for path in paths]
    return find(given, find_project(given))


def told(sources: Sources) -> list[tuple[str, str]]:
    return [(problem.code, str(problem.place)) for problem in sources.problems]


def names(sources: Sources) -> list[str]:
    return [file.name for file in sources.files]


def test_a_folder_is_read_in_sorted_order_without_hidden_names_and_the_project_file(folder: Path) -> None:
    write(folder, "m/b.yaml", "m/a.csv", "m/c/d.yml", "m/C.YAML", "m/.hidden.yaml", "m/.git/x.yaml", "m/notes.txt")
    write(folder, "m/finzbooks.yaml")
    assert names(found("m")) == ["m/C.YAML", "m/a.csv", "m/b.yaml", "m/c/d.yml"]


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


@pytest.mark.skipif(os.name == "nt", reason="there are no named pipes in folders there")
def test_a_pipe_in_a_folder_is_told_of_and_not_opened(folder: Path) -> None:
    write(folder, "books/a.yaml")
    os.mkfifo(folder / "books" / "b.yaml")
    os.mkfifo(folder / "books" / "notes.txt")
    assert told(found("books")) == [("not-a-file", "books/b.yaml:1:1")]


def test_spreadsheets_in_a_folder_are_told_of_once(folder: Path) -> None:
    write(
        folder, "books/a.yaml", "books/May.xlsx", "books/June.ODS", "books/~$May.xlsx", "books/.old.xls", "books/x.pdf"
    )
    (problem,) = found("books").problems
    assert (problem.code, problem.severity, str(problem.place)) == (
        "unread-spreadsheet",
        Severity.WARNING,
        "books/June.ODS:1:1",
    )
    assert problem.message == "this is a spreadsheet and is not read, and so are 1 more in this folder"


def test_a_spreadsheet_whose_sheets_lie_beside_it_as_csv_is_fine(folder: Path) -> None:
    write(folder, "books/invoices.csv", "books/invoices.xlsx", "books/contacts.xls", "books/contacts - Sheet1.CSV")
    assert told(found("books")) == []


def test_with_include_nothing_is_told_of_what_it_leaves_out(folder: Path) -> None:
    write(folder, "p/a.yaml", "p/May.xlsx")
    include(folder / "p", "a.yaml")
    assert told(found("p")) == []


@by_root
def test_what_may_not_be_entered_is_told_of_wherever_it_lies(folder: Path) -> None:
    write(folder, "closed/a.yaml", "listed/a.yaml", "open/a.yaml", "open/in/b.yaml", "p/a.yaml", "p/in/b.yaml")
    include(folder / "p", "**/*.yaml")
    for name, mode in (("closed", 0), ("listed", 0o444), ("open/in", 0), ("p/in", 0)):
        (folder / name).chmod(mode)
    with nobody(folder):
        places = {name: told(found(name)) for name in ("closed", "listed", "open", "p")}
        read = names(found("open"))
    assert places == {
        "closed": [("unreadable-file", "closed:1:1")],
        "listed": [("unreadable-file", "listed/a.yaml:1:1")],
        "open": [("unreadable-file", "open/in:1:1")],
        "p": [("unreadable-file", "p/in:1:1")],
    }
    assert read == ["open/a.yaml"]


@by_root
def test_a_folder_that_may_not_be_entered_is_no_matter_of_its_state(folder: Path) -> None:
    write(folder, "closed/a.yaml")
    (folder / "closed").chmod(0)
    with nobody(folder):
        ended = [command(*words) for words in (("validate", "closed"), ("validate", "closed/a.yaml"))]
    assert [one.code for one in ended] == [1, 1]
    assert all("error[unreadable-file]" in one.out for one in ended)


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


def test_paths_of_two_projects_are_wrong_usage_that_names_both(folder: Path) -> None:
    write(folder, "p/finzbooks.yaml", "p/a.yaml", "q/finzbooks.yaml", "q/b.yaml", "r/c.yaml")
    with pytest.raises(WrongUsage) as caught:
        project_file([Path("p/a.yaml"), Path("q")])
    assert caught.value.code == "several-projects"
    assert "p/finzbooks.yaml" in caught.value.message and "q/finzbooks.yaml" in caught.value.message


@pytest.mark.parametrize("paths", [["p", "r/c.yaml"], ["r", "p/a.yaml"]])
def test_a_path_inside_a_project_and_one_outside_every_project_are_wrong_usage(folder: Path, paths: list[str]) -> None:
    write(folder, "p/finzbooks.yaml", "p/a.yaml", "r/c.yaml")
    with pytest.raises(WrongUsage) as caught:
        project_file([Path(path) for path in paths])
    assert caught.value.code == "several-projects"
    assert "no project" in caught.value.message


def test_paths_of_one_project_and_paths_of_none_go_together(folder: Path) -> None:
    write(folder, "p/finzbooks.yaml", "p/a.yaml", "p/m/b.yaml", "r/c.yaml", "s/d.yaml")
    assert project_file([Path("p/a.yaml"), Path("p/m"), Path("p")]) == folder / "p" / "finzbooks.yaml"
    assert project_file([Path("r/c.yaml"), Path("s")]) is None


def test_a_path_that_is_not_there_belongs_to_no_other_project(folder: Path) -> None:
    write(folder, "p/finzbooks.yaml", "p/a.yaml")
    assert project_file([Path("nowhere.yaml"), Path("p")]) == folder / "p" / "finzbooks.yaml"
    assert told(found("nowhere.yaml", "p")) == [("no-such-path", "nowhere.yaml:1:1")]


class TestANestedProject:
    def test_is_an_error_at_its_file_and_nothing_of_it_is_read(self, folder: Path) -> None:
        write(folder, "p/finzbooks.yaml", "p/a.yaml", "p/q/finzbooks.yaml", "p/q/b.yaml", "p/q/r/c.yaml")
        sources = found("p")
        assert told(sources) == [("nested-project", "p/q/finzbooks.yaml:1:1")]
        assert names(sources) == ["p/a.yaml"]

    def test_is_one_below_a_folder_without_a_project_as_well(self, folder: Path) -> None:
        write(folder, "q/finzbooks.yaml", "q/b.yaml")
        assert told(found(".")) == [("nested-project", "q/finzbooks.yaml:1:1")]

    def test_is_none_in_a_hidden_folder(self, folder: Path) -> None:
        write(folder, "p/finzbooks.yaml", "p/a.yaml", "p/.old/finzbooks.yaml")
        assert told(found("p")) == []

    def test_may_be_given_by_itself(self, folder: Path) -> None:
        write(folder, "p/finzbooks.yaml", "p/q/finzbooks.yaml", "p/q/b.yaml")
        assert (names(found("p/q")), told(found("p/q"))) == (["p/q/b.yaml"], [])

    def test_may_be_left_out_with_include(self, folder: Path) -> None:
        write(folder, "p/a.yaml", "p/q/finzbooks.yaml", "p/q/b.yaml")
        include(folder / "p", "*.yaml")
        assert (names(found("p")), told(found("p"))) == (["p/a.yaml"], [])

    @pytest.mark.parametrize("entry", ["**/*.yaml", "q", "q/b.yaml"])
    def test_is_an_error_when_include_names_a_file_of_it(self, folder: Path, entry: str) -> None:
        write(folder, "p/a.yaml", "p/q/finzbooks.yaml", "p/q/b.yaml", "p/q/c.yaml")
        include(folder / "p", entry, "a.yaml")
        sources = found("p")
        assert told(sources) == [("nested-project", "p/q/finzbooks.yaml:1:1")]
        assert names(sources) == ["p/a.yaml"]

    def test_is_also_one_outside_that_would_have_the_file_if_it_were_given_alone(self, folder: Path) -> None:
        write(folder, "finzbooks.yaml", "shared/c.yaml")
        include(folder / "p", "../shared")
        assert told(found("p")) == [("nested-project", "finzbooks.yaml:1:1")]


class TestInclude:
    def test_names_the_files_of_the_project_in_its_own_order_each_once(self, folder: Path) -> None:
        write(folder, "p/z.yaml", "p/b/2.csv", "p/b/1.yaml", "p/c.yaml", "p/notes.txt")
        include(folder / "p", "z.yaml", "b", "*.yaml")
        assert names(found("p")) == ["p/z.yaml", "p/b/1.yaml", "p/b/2.csv", "p/c.yaml"]

    def test_leads_out_of_the_project_when_its_own_folder_is_given(self, folder: Path) -> None:
        write(folder, "p/a.yaml", "shared/x/c.yaml", "d.csv")
        include(folder / "p", "../shared/**/*.yaml", "a.yaml", "../d.csv")
        assert names(found("p")) == ["shared/x/c.yaml", "p/a.yaml", "d.csv"]

    def test_of_a_folder_of_the_project_reads_what_it_names_of_that(self, folder: Path) -> None:
        write(folder, "p/m/a.yaml", "p/m/b.yaml", "p/n/c.yaml", "shared/d.yaml")
        include(folder / "p", "../shared", "**/[ac].yaml")
        assert names(found("p/m")) == ["p/m/a.yaml"]

    def test_does_not_keep_a_file_from_being_given_alone(self, folder: Path) -> None:
        write(folder, "p/a.yaml", "p/b.yaml")
        include(folder / "p", "a.yaml")
        sources = found("p/b.yaml")
        assert (names(sources), sources.files[0].alone) == (["p/b.yaml"], True)

    def test_and_a_file_given_besides_are_read_once(self, folder: Path) -> None:
        write(folder, "p/a.yaml", "p/b.yaml")
        include(folder / "p", "a.yaml")
        assert names(found("p/b.yaml", "p", "p/a.yaml")) == ["p/b.yaml", "p/a.yaml"]

    def test_leaves_hidden_names_out_unless_it_names_them(self, folder: Path) -> None:
        write(folder, "p/.h/a.yaml", "p/.b.yaml", "p/m/.c/d.yaml", "p/m/e.yaml")
        include(folder / "p", "**")
        assert names(found("p")) == ["p/m/e.yaml"]
        include(folder / "p", ".h", ".b.yaml", "m/.*/*.yaml")
        assert names(found("p")) == ["p/.h/a.yaml", "p/.b.yaml", "p/m/.c/d.yaml"]

    def test_of_everything_never_takes_the_project_file_for_a_manifest(self, folder: Path) -> None:
        write(folder, "p/a.yaml")
        include(folder / "p", ".", "*.yaml", "**")
        assert (names(found("p")), told(found("p"))) == (["p/a.yaml"], [])

    def test_of_the_project_file_itself_is_an_error_at_its_line(self, folder: Path) -> None:
        write(folder, "p/a.yaml")
        include(folder / "p", "a.yaml", "finzbooks.yaml")
        assert told(found("p")) == [("project-file", "p/finzbooks.yaml:3:3")]

    @pytest.mark.parametrize("entry", ["gone.yaml", "gone", "*.csv", "empty", "*", "../p2/*.yaml"])
    def test_that_matches_nothing_is_an_error_at_its_line(self, folder: Path, entry: str) -> None:
        write(folder, "p/m/a.yaml", "p/empty/notes.txt")
        include(folder / "p", "m", entry)
        for path in ("p", "p/m"):
            assert told(found(path)) == [("include-matches-nothing", "p/finzbooks.yaml:3:3")]
        assert told(found("p/m/a.yaml")) == []

    def test_that_names_nothing_of_a_folder_is_said_of_the_folder(self, folder: Path) -> None:
        write(folder, "p/m/a.yaml", "p/n/b.yaml")
        include(folder / "p", "m")
        (problem,) = found("p/n").problems
        assert (problem.code, "include" in problem.message) == ("empty-folder", True)

    def test_looks_no_deeper_than_a_glob_can_match(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(folder, "p/a.yaml", "p/m/n/b.yaml", "up.yaml")
        include(folder / "p", "*.yaml", "../*.yaml")
        walked: list[str] = []
        walk = os.walk

        def noted(top: Path, **named: Any) -> Iterator[tuple[str, list[str], list[str]]]:
            for above, folders, files in walk(top, **named):
                walked.append(above)
                yield above, folders, files

        monkeypatch.setattr(os, "walk", noted)
        assert names(found("p")) == ["p/a.yaml", "up.yaml"]
        assert walked == [str(folder / "p"), str(folder)]

    @pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
    def test_works_from_a_folder_that_is_reached_by_a_link(self, folder: Path) -> None:
        write(folder, "p/m/a.yaml", "shared/b.yaml")
        include(folder / "p", "m", "../shared")
        (folder / "link").symlink_to("p", target_is_directory=True)
        assert names(found("link")) == ["link/m/a.yaml", "shared/b.yaml"]
        assert names(found("link/m")) == ["link/m/a.yaml"]

    def test_works_from_inside_the_project(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(folder, "p/m/a.yaml", "p/b.yaml")
        include(folder / "p", "m", "b.yaml")
        monkeypatch.chdir(folder / "p" / "m")
        assert names(found(".")) == ["a.yaml"]
        assert names(found("..")) == ["../m/a.yaml", "../b.yaml"]
