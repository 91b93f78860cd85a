"""Annotations for GitHub Actions: which line they stand at, and where they are written."""

from __future__ import annotations

from pathlib import Path

from cli.command import command


def test_each_problem_is_annotated_at_its_line_on_stdout(folder: Path) -> None:
    text = "contacts:\n  - {key: acme, contact_nmae: Acme}\n"
    (folder / "typos.yaml").write_text(text, encoding="utf-8")
    ended = command("validate", "--format", "github", "typos.yaml")
    column = text.splitlines()[1].index("contact_nmae") + 1
    lines = ended.out.splitlines()
    spot = f"file=typos.yaml,line=2,col={column},endColumn={column + len('contact_nmae') - 1},title=unknown-field"
    assert any(line.startswith(f"::error {spot}::typos.yaml:2:{column}: ") for line in lines)
    assert "%0Ahelp: did you mean `contact_name`?" in ended.out
    assert lines[-1] == f"{len(lines) - 1} errors"
    assert (ended.code, ended.err) == (1, "")


def test_a_file_below_a_folder_is_named_from_the_current_folder(folder: Path) -> None:
    (folder / "manifests").mkdir()
    (folder / "manifests" / "m.yaml").write_text("contacts: [{key: acme, color: red}]\n", encoding="utf-8")
    for path in ("manifests", Path("manifests") / "m.yaml", "./manifests/"):
        assert "::error file=manifests/m.yaml,line=1," in command("validate", "--format", "github", path).out


def test_a_warning_does_not_fail_the_step(folder: Path, books: Path) -> None:
    (folder / "empty.yaml").write_text("", encoding="utf-8")
    ended = command("validate", "--format", "github", ".")
    assert ended.code == 0
    assert ended.out.startswith("::warning file=empty.yaml,line=1,col=1,endColumn=1,title=empty-file::")
    assert ended.out.splitlines()[-1] == "1 warning"


def test_a_good_manifest_has_no_annotations(books: Path) -> None:
    ended = command("validate", "--format", "github", "books.yaml")
    assert (ended.code, ended.out, ended.err) == (0, "no problems\n", "")
    assert "::" not in ended.out


def test_annotations_have_no_colours(folder: Path) -> None:
    (folder / "m.yaml").write_text("contacts: [{key: acme, color: red}]\n", encoding="utf-8")
    assert "\x1b[" not in command("validate", "--format", "github", "m.yaml", terminal=True).out


def test_the_help_names_the_format() -> None:
    assert "[text|json|github]" in command("validate", "--help").out
