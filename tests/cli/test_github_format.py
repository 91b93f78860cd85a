"""Annotations for GitHub Actions: which line they stand at, and where they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import command


def test_each_problem_is_annotated_at_its_line_on_stdout(folder: Path) -> None:
    text = "contacts:\n  - {key: acme, contact_nmae: Acme}\n"
    (folder / "typos.yaml").write_text(text, encoding="utf-8")
    ended = command("validate", "--format", "github", "typos.yaml")
    column = text.splitlines()[1].index("contact_nmae") + 1
    lines = ended.out.splitlines()
    end = column + len("contact_nmae") - 1
    spot = f"file=typos.yaml,line=2,endLine=2,col={column},endColumn={end},title=unknown-field"
    assert any(line.startswith(f"::error {spot}::typos.yaml:2:{column}: ") for line in lines)
    assert "%0Ahelp: did you mean `contact_name`?" in ended.out
    assert lines[-1] == f"{len(lines) - 1} errors"
    assert (ended.code, ended.err) == (1, "")


def test_a_file_below_a_folder_is_named_from_the_current_folder(folder: Path) -> None:
    (folder / "manifests").mkdir()
    (folder / "manifests" / "m.yaml").write_text("contacts: [{key: acme, color: red}]\n", encoding="utf-8")
    for path in ("manifests", Path("manifests") / "m.yaml", "./manifests/"):
        assert "::error file=manifests/m.yaml,line=1," in command("validate", "--format", "github", path).out


def test_a_step_in_a_folder_of_the_repository_names_files_from_its_root(folder: Path) -> None:
    (folder / "bad, very: \u0939").mkdir()
    (folder / "bad, very: \u0939" / "contacts.csv").write_text("key,color\na,red\n", encoding="utf-8")
    root = {"GITHUB_WORKSPACE": str(folder.parent)}
    for words in (["validate"], ["plan", "--offline"], ["apply", "--sandbox", "--yes"]):
        ended = command(*words, "--format", "github", ".", env=root)
        assert ended.out.startswith("::error file=here/bad%2C very%3A \u0939/contacts.csv,line=1,endLine=1,col=5,")
    elsewhere = {"GITHUB_WORKSPACE": str(folder / "bad, very: \u0939")}
    assert "::error file=contacts.csv," in command("validate", "--format", "github", ".", env=elsewhere).out


def test_a_cell_of_a_table_is_annotated_where_it_stands_with_its_row_and_column(folder: Path) -> None:
    text = 'key,contact_name,contact_type,gst_no\n\u0915,"A, B",CUSTOMER,27AAPFU0939F1ZO\n'
    (folder / "contacts.csv").write_text(text, encoding="utf-8")
    ended = command("validate", "--format", "github", "contacts.csv")
    column = text.splitlines()[1].index("27AAP") + 1
    spot = f"file=contacts.csv,line=2,endLine=2,col={column},endColumn={column + 14},title=G2"
    assert ended.out.startswith(f"::error {spot}::contacts.csv:2:{column}: ")
    assert "%0Arow 2, column gst_no%0A" in ended.out


def test_all_problems_are_annotated_whatever_the_most_of_the_text_is(folder: Path) -> None:
    (folder / "m.yaml").write_text("contacts:\n" + "  - {key: acme, color: red}\n" * 3, encoding="utf-8")
    ended = command("validate", "--format", "github", "--max-problems", "1", "m.yaml")
    assert ended.out.count("::error ") == len(command("validate", "--format", "json", "m.yaml").json["problems"]) > 3


def test_a_warning_does_not_fail_the_step(folder: Path, books: Path) -> None:
    (folder / "empty.yaml").write_text("", encoding="utf-8")
    ended = command("validate", "--format", "github", ".")
    assert ended.code == 0
    assert ended.out.startswith("::warning file=empty.yaml,line=1,endLine=1,col=1,endColumn=1,title=empty-file::")
    assert ended.out.splitlines()[-1] == "1 warning"


WARNED = "::warning file=empty.yaml,line=1,endLine=1,col=1,endColumn=1,title=empty-file::"


@pytest.mark.parametrize("words", [["plan", "--offline"], ["plan", "--sandbox"], ["apply", "--sandbox", "--yes"]])
def test_warnings_are_annotated_as_well_where_the_run_goes_on(folder: Path, books: Path, words: list[str]) -> None:
    (folder / "empty.yaml").write_text("", encoding="utf-8")
    ended = command(*words, "--format", "github", ".")
    assert ended.code == 0
    assert ended.out.startswith(WARNED)
    assert ended.out.splitlines()[-1] == "1 warning"
    assert "empty-file" not in ended.err  # a log has both streams, and shows the annotation


def test_warnings_are_annotated_beside_what_a_run_tells_later(folder: Path, books: Path) -> None:
    assert command("apply", "--sandbox", "--yes", ".").code == 0
    (folder / "empty.yaml").write_text("", encoding="utf-8")
    books.write_text(books.read_text("utf-8").replace("2026-05-19", "2026-05-20"), encoding="utf-8")
    for words in (["plan", "--sandbox"], ["apply", "--sandbox", "--yes"]):
        ended = command(*words, "--format", "github", ".")
        assert ended.code == 1
        assert ended.out.startswith(WARNED)
        assert "::error file=books.yaml," in ended.out
        assert ended.out.splitlines()[-1].endswith(", 1 warning")


def test_a_file_outside_of_the_repository_is_named_in_the_message_alone(folder: Path, tmp_path: Path) -> None:
    (folder / "m.yaml").write_text("contacts: [{key: acme, color: red}]\n", encoding="utf-8")
    (folder / "repo").mkdir()
    inside, outside = {"GITHUB_WORKSPACE": str(folder)}, {"GITHUB_WORKSPACE": str(folder / "repo")}
    for path in ("m.yaml", folder / "m.yaml", "repo/../m.yaml"):
        assert "::error file=m.yaml,line=1," in command("validate", "--format", "github", path, env=inside).out
        ended = command("validate", "--format", "github", path, env=outside)
        assert "::error title=unknown-field::" in ended.out
        assert "m.yaml:1:24: " in ended.out
        assert "file=" not in ended.out


def test_a_good_manifest_has_no_annotations(books: Path) -> None:
    ended = command("validate", "--format", "github", "books.yaml")
    assert (ended.code, ended.out, ended.err) == (0, "no problems\n", "")
    assert "::" not in ended.out


def test_annotations_have_no_colours(folder: Path) -> None:
    (folder / "m.yaml").write_text("contacts: [{key: acme, color: red}]\n", encoding="utf-8")
    assert "\x1b[" not in command("validate", "--format", "github", "m.yaml", terminal=True).out


def test_the_help_names_the_format() -> None:
    assert "[text|json|github]" in command("validate", "--help").out
