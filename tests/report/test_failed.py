from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from importer import schema
from importer.kinds import KINDS
from importer.manifest import SourceFile, read
from importer.manifest.conform import conform
from importer.manifest.levels import canonicalise, level
from importer.model import Document, Manifest, Path, Place, Ref, StepId, Tree
from importer.outcome import Failure, Outcome, Report, Status
from importer.report.failed import WIDTH, failed_documents, failed_manifest, written

REASON = Failure("validation.invalid_value", "It is wrong.", "date", Place("books.yaml", 9, 3), "Mend it.")


class Somewhere:
    """Every part of a document stands in one place."""

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        return Place("books.yaml", 7, 5)


def made(kind: str, key: str, **fields: Tree) -> Document:
    """A document as reading makes it: canonical names, keys in NFC."""
    tree: dict[str, Tree] = {"key": key, **fields}
    canonicalise(tree, level(kind))
    return Document(kind, str(tree["key"]), tree, "books.yaml", 0, Somewhere())


def read_again(text: str, *, pure: bool = False) -> Manifest:
    return read([SourceFile("failed.yaml", text.encode())], pure=pure)


def comments(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.lstrip().startswith("#")]


def outcome(kind: str, key: str, part: str = "", *, failure: Failure | None = REASON, **more: Any) -> Outcome:
    return Outcome(StepId(kind, key, part), more.pop("status", Status.FAILED), failure=failure, **more)


# The manifest.


def test_a_failed_document_stands_below_its_reason_with_its_key_first() -> None:
    one = Document("contacts", "acme", {"contact_name": "Acme", "key": "acme"}, "books.yaml", 0, Somewhere())
    text = failed_manifest(
        [(one, [REASON])], run="4f2a", when="2026-11-23T14:50:00Z", command="finz-import apply f.yaml"
    )
    assert text == textwrap.dedent("""\
        # 1 document that failed in an apply (run 4f2a, 2026-11-23T14:50:00Z), each below the reason.
        # Correct them, then (what was skipped because of them comes with the next apply of the others):
        #   finz-import apply f.yaml
        # Use the state of that run. Where the files they came from are applied again, correct those as
        #   well: otherwise they differ from what will be in the books.

        contacts:
          # books.yaml:9: [validation.invalid_value] It is wrong. (field date)
          # help: Mend it.
          - key: acme
            contact_name: Acme
        """)


def test_sections_come_in_the_order_of_the_kinds_and_documents_in_their_own() -> None:
    documents = [made("items", "w"), made("contacts", "b"), made("contacts", "a")]
    found = read_again(failed_manifest([(one, []) for one in documents])).documents
    assert [str(one.ref) for one in found] == ["contacts/b", "contacts/a", "items/w"]


def test_a_reason_without_a_place_points_at_the_document() -> None:
    text = failed_manifest([(made("contacts", "acme"), [Failure("x", "It is wrong.")])])
    assert "  # books.yaml:7: [x] It is wrong.\n" in text


def test_every_reason_of_a_document_is_told() -> None:
    text = failed_manifest([(made("contacts", "acme"), [REASON, Failure("y", "And that.")])])
    assert text.index("It is wrong.") < text.index("And that.") < text.index("- key: acme")


def test_a_document_without_a_reason_says_so() -> None:
    assert "# books.yaml:7: it failed, and nothing was said of why" in failed_manifest([(made("items", "w"), [])])


def test_a_long_reason_is_wrapped_and_a_long_word_stays_whole() -> None:
    address = "https://finzbooks.example/" + "a" * 120
    failure = Failure("x", " ".join(["word"] * 60) + " " + address)
    lines = comments(failed_manifest([(made("contacts", "acme"), [failure])]))
    assert all(len(line) <= WIDTH or address in line for line in lines)
    assert sum("word" in line for line in lines) > 2
    assert any(address in line for line in lines)


@pytest.mark.parametrize(
    "end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\ufeff"]
)
def test_what_an_api_says_cannot_leave_its_comment(end: str) -> None:
    nasty = f"wrong{end}  - key: smuggled{end}contacts: []"
    failure = Failure(nasty, nasty, nasty, Place(nasty, 1, 1), nasty)
    text = failed_manifest([(made("contacts", "acme"), [failure])], run=nasty, when=nasty, command=nasty)
    for pure in (False, True):
        manifest = read_again(text, pure=pure)
        assert manifest.problems == ()
        assert [one.key for one in manifest.documents] == ["acme"]


def test_a_lone_surrogate_that_an_api_says_can_be_written_to_a_file() -> None:
    failed_manifest([(made("contacts", "acme"), [Failure("x", "bad \ud800")])]).encode()


def test_nothing_failed_is_a_file_that_says_so_and_holds_no_documents() -> None:
    text = failed_manifest([])
    assert text.startswith("# 0 documents that failed")
    assert all(line.startswith("#") for line in text.splitlines())


def test_of_thousands_each_is_there() -> None:
    documents = [made("contacts", f"c{number}") for number in range(1000)]
    assert [one.key for one in read_again(failed_manifest([(one, [REASON]) for one in documents])).documents] == [
        one.key for one in documents
    ]


# The scalars.


@pytest.mark.parametrize(
    "text",
    ["12000", "12000.50", "0", "0.5", "-3.25", "2026-05-19", "true", "acme", "Acme Corp", "GST 18%", "IN-KA", "it's",
     "ORDER-99031", "HDFC Current", "a, b", "\u092c\u0902\u0917\u0932\u0942\u0930"],
)  # fmt: skip
def test_what_people_edit_stands_plain(text: str) -> None:
    assert written([text]) == f"- {text}\n"


@pytest.mark.parametrize(
    "text",
    ["", "null", "~", "Null", "no", "on", "y: z", "0402", "012345", "1e5", "12:30", "27E1234", ".5", "+91", "1_000",
     "0x1F", "2026-1-1", " a", "a ", "\u00a0a", "#a", "a #b", "a:", "- a", "-", "*a", "&a", "!a", "%a", "@a", "`a",
     "'a", '"a', "[a", "{a", "|", ">", "?", "? a", "---", "...", "<<", "=", "a\nb", "a\tb", "a\r\nb", "a\x85b",
     "a\u2028b", "a\u2029b", "\ufeffa", "True"],
)  # fmt: skip
def test_what_could_be_taken_for_something_else_is_quoted(text: str) -> None:
    line = written([text])
    assert line[2] in "'\""
    assert line.count("\n") == 1
    assert yaml.safe_load(line) == [text]


@pytest.mark.parametrize("text", ["e\u0301", "\u00e9", "\u0928\u093c", "\u212b"])
def test_a_text_keeps_its_normal_form(text: str) -> None:
    document = made("contacts", "acme", contact_name=text)
    (again,) = read_again(failed_manifest([(document, [])])).documents
    assert again.fields["contact_name"] == text


def test_a_long_text_is_not_wrapped() -> None:
    text = " ".join(["word"] * 400)
    assert written([text]) == f"- {text}\n"


# What a manifest can hold: through the escapes of YAML, or in a cell of a CSV file, also ends of lines of all sorts.
CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
SIGNS = st.sampled_from("\n\r\t\x85\u2028\u2029 :#-'\"{}[],&*!|>%@`\\a0")
TEXTS = st.text(CHARACTERS, max_size=12) | st.text(SIGNS, max_size=8)
TRICKY = st.sampled_from(
    ["null", "~", "", "no", "0402", "1e5", "12:30", "<<", "=", "- a", "a: b", "- key: a\n", "trail "]
)
OF_TYPE: Mapping[str, st.SearchStrategy[Tree]] = {
    "money": st.sampled_from(["0", "100", "99999999.05", "007"]),
    "decimal": st.sampled_from(["1", "0.333", "12000.50"]),
    "integer": st.sampled_from(["0", "30"]),
    "boolean": st.sampled_from(["true", "false"]),
    "date": st.dates().map(lambda one: one.isoformat()),
    "text": TEXTS | TRICKY,
}


def fields_of(node: Mapping[str, Any]) -> st.SearchStrategy[Tree]:
    """Any fields that ``node`` of a schema has, each with a value of its type, or with any text."""
    if "items" in node:
        return st.lists(fields_of(node["items"]), max_size=2)
    if "properties" not in node:
        return OF_TYPE[node["x-type"]] | TRICKY
    optional = {name: fields_of(one) for name, one in node["properties"].items() if name != "key"}
    return st.lists(st.sampled_from(sorted(optional)), max_size=5, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: optional[name] for name in names})
    )


@st.composite
def documents(draw: st.DrawFn) -> list[Document]:
    """Documents of all kinds, under different keys."""
    found: dict[Ref, Document] = {}
    for kind in draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=3)):
        fields = draw(fields_of(schema.packaged(kind)))
        assert isinstance(fields, dict)
        one = made(kind, draw((TEXTS | TRICKY).filter(str.strip)), **fields)
        if one.key:
            found.setdefault(one.ref, one)
    return list(found.values())


SAID = st.text() | st.text(st.sampled_from("a:#-' \n\r\x00\x85\u2028\u2029\ufeff\ud800"), min_size=3)
FAILURES = st.lists(st.builds(Failure, code=SAID, message=SAID, help=SAID), min_size=1, max_size=2)


@settings(max_examples=150, deadline=None)
@given(documents(), FAILURES, st.booleans())
def test_any_documents_are_read_back_as_they_were_and_reasons_change_nothing(
    failed: list[Document], failures: list[Failure], pure: bool
) -> None:
    text = failed_manifest([(one, failures) for one in failed])
    manifest = read_again(text, pure=pure)
    wanted = [one for kind in KINDS for one in failed if one.kind == kind]
    assert [one.ref for one in manifest.documents] == [one.ref for one in wanted]
    assert [in_full(one.fields) for one in manifest.documents] == [in_full(one.fields) for one in wanted]
    # Nothing is wrong with the file but what was wrong with the documents.
    assert sorted(one.code for one in manifest.problems) == sorted(
        one.code for document in wanted for one in conform(document)
    )


def in_full(tree: Tree) -> object:
    """With the order of the fields, which equality of dictionaries leaves out."""
    if isinstance(tree, dict):
        return [(name, in_full(value)) for name, value in tree.items()]
    return [in_full(one) for one in tree] if isinstance(tree, list) else tree


# Which documents failed.


def test_what_failed_comes_in_the_order_of_the_documents_and_what_was_skipped_does_not() -> None:
    known = [made("contacts", "a"), made("contacts", "b"), made("invoices", "I-1"), made("invoices", "I-2")]
    report = Report(
        [
            outcome("invoices", "I-1"),
            outcome("contacts", "b"),
            outcome("invoices", "I-2", status=Status.SKIPPED),
            outcome("contacts", "a", status=Status.CREATED, failure=None),
        ]
    )
    found = failed_documents(report, {one.ref: one for one in known})
    assert [one.key for one, _ in found] == ["b", "I-1"]
    assert [failures for _, failures in found] == [[REASON], [REASON]]


def test_applications_that_failed_bring_their_document_once() -> None:
    note = made("credit_notes", "CN-1")
    report = Report([outcome("credit_notes", "CN-1", "I-1#1"), outcome("credit_notes", "CN-1", "I-2#1")])
    ((document, failures),) = failed_documents(report, {note.ref: note})
    assert document is note
    assert [one.message for one in failures] == ["I-1#1: It is wrong.", "I-2#1: It is wrong."]


def test_the_same_reason_is_told_once() -> None:
    known = made("contacts", "a")
    ((_, failures),) = failed_documents(Report([outcome("contacts", "a")] * 2), {known.ref: known})
    assert failures == [REASON]


def test_a_reason_without_a_place_gets_that_of_its_step() -> None:
    known, place = made("contacts", "a"), Place("m.yaml", 3, 1)
    report = Report([outcome("contacts", "a", failure=Failure("x", "Bad."), place=place)])
    assert failed_documents(report, {known.ref: known}) == [(known, [Failure("x", "Bad.", place=place)])]


def test_what_is_in_no_manifest_cannot_be_written_into_one() -> None:
    assert failed_documents(Report([outcome("contacts", "gone")]), {}) == []
