from __future__ import annotations

from importer.manifest import SourceFile, read, with_excerpts
from importer.model import Place
from manifest.texts import codes, only


def file(name: str, text: str, *, alone: bool = True) -> SourceFile:
    return SourceFile(name, text.encode(), alone)


def test_yaml_and_csv_files_make_one_manifest_in_the_order_given() -> None:
    manifest = read(
        [file("b.yml", "items: [{key: i}]"), file("contacts.csv", "key\nc\n"), file("a.YAML", "version: 1")]
    )
    assert [str(one.ref) for one in manifest.documents] == ["items/i", "contacts/c"]
    assert manifest.files == ("b.yml", "contacts.csv", "a.YAML")
    assert manifest.problems == ()


def test_files_are_asked_for_one_by_one() -> None:
    asked = (file(f"{n}.yaml", f"items: [{{key: i{n}}}]") for n in range(3))
    assert [one.file for one in read(asked).documents] == ["0.yaml", "1.yaml", "2.yaml"]


def test_a_key_repeated_in_another_file_names_both_places() -> None:
    manifest = read([file("a.yaml", "items: [{key: x}]"), file("items.csv", "key\n x \n")])
    problem = only(manifest)
    assert (problem.code, problem.place) == ("repeated-key", Place("items.csv", 2, 1, 3))
    assert problem.related == (Place("a.yaml", 1, 15, 1),)
    assert "a.yaml, line 1" in problem.message
    assert [one.file for one in manifest.documents] == ["a.yaml"]


def test_the_same_key_of_two_kinds_is_no_repetition() -> None:
    assert read([file("a.yaml", "items: [{key: x}]\ncontacts: [{key: x}]")]).problems == ()


def test_two_entries_without_key_are_two_problems_and_no_repetition() -> None:
    assert codes(read([file("a.yaml", "items: [{name: x}, {name: y}]")])) == ["missing-key", "missing-key"]


def test_documents_with_problems_are_among_the_documents() -> None:
    manifest = read([file("a.yaml", "items: [{key: x, rate: lots}, {name: y}]")])
    assert [one.key for one in manifest.documents] == ["x", ""]


def test_all_problems_of_all_files_come_at_once_and_in_order_of_place() -> None:
    manifest = read(
        [
            file("a.yaml", "items:\n- {key: x, rate: lots}\n- key: x\n- {fone: 1, key: z}\n"),
            file("notes.txt", "x"),
            file("b.yaml", "items: @"),
            file("items.csv", "key,rate\ny,lots\n"),
        ]
    )
    assert [str(one.place) for one in manifest.problems] == [
        "a.yaml:2:18",
        "a.yaml:3:8",
        "a.yaml:4:4",
        "notes.txt:1:1",
        "b.yaml:1:8",
        "items.csv:2:3",
    ]
    assert "unknown-format" in codes(manifest)


def test_a_problem_can_be_shown_with_its_line() -> None:
    text = "items:\n  - {key: x, rate: lots}\n"
    (problem,) = with_excerpts(read([file("a.yaml", text)]).problems, {"a.yaml": text})
    assert problem.excerpt == "  - {key: x, rate: lots}"
    assert problem.pointer == "/items/0/rate"
