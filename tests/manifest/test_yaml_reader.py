from __future__ import annotations

import pytest

from importer.manifest import SourceFile, read
from importer.manifest.yaml_reader import read_tree
from importer.model import Place, Severity
from manifest.texts import at, codes, document, fields, only, yaml_file

PARSERS = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])


@PARSERS
@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("0402", "0402"),
        ("012345", "012345"),
        ("1e5", "1e5"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("27E1234567890", "27E1234567890"),
        ("2026-05-19", "2026-05-19"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("NULL", "NULL"),
        ("'null'", "null"),
        ('"~"', "~"),
        ("!!str null", "null"),
        ("!!str", ""),
        ("! null", "null"),
        ('"a\\tb"', "a\tb"),
        ("|\n      two\n      lines\n", "two\nlines\n"),
        (">-\n      one\n      line\n", "one line"),
    ],
)
def test_a_scalar_stays_the_text_that_was_written(written: str, text: str, pure: bool) -> None:
    manifest = yaml_file(f"contacts:\n  - key: a\n    company_name: {written}\n", pure=pure)
    assert fields(manifest)["company_name"] == text


@PARSERS
@pytest.mark.parametrize("nothing", ["", "null", "~", "# a comment"])
def test_an_empty_plain_scalar_is_not_given(nothing: str, pure: bool) -> None:
    manifest = yaml_file(f"contacts:\n  - key: a\n    phone: {nothing}\n    email: b\n", pure=pure)
    assert document(manifest).fields == {"key": "a", "email": "b"}
    assert manifest.documents[0].place(("email",)).line == 4


@PARSERS
def test_keys_keep_their_text_and_lose_blanks_around(pure: bool) -> None:
    manifest = yaml_file('contacts: [{key: no}, {key: 12:30}, {key: " e\\u0301 "}]', pure=pure)
    assert [one.key for one in manifest.documents] == ["no", "12:30", "\u00e9"]
    assert manifest.documents[2].fields["key"] == "\u00e9"


@PARSERS
def test_several_yaml_documents_of_a_file_are_one_manifest(pure: bool) -> None:
    manifest = yaml_file("contacts: [{key: a}]\n---\n\n---\ncontacts: [{key: b}]\nitems: [{key: c}]\n", pure=pure)
    assert [(str(one.ref), one.index) for one in manifest.documents] == [
        ("contacts/a", 0),
        ("contacts/b", 1),
        ("items/c", 0),
    ]
    assert manifest.documents[1].pointer(("key",)) == "/contacts/1/key"


@PARSERS
@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("version: 2\n", "bad-version", 1, 10),
        ("version: [1]\n", "bad-version", 1, 10),
        ("invoice: []\n", "unknown-section", 1, 1),
        ("org_id: x\n", "unknown-section", 1, 1),
        ("contacts: {key: a}\n", "not-a-list", 1, 11),
        ("contacts: text\n", "not-a-list", 1, 11),
        ("contacts:\n  - text\n", "not-a-mapping", 2, 5),
        ("contacts:\n  - [a]\n", "not-a-mapping", 2, 5),
        ("contacts:\n  -\n", "not-a-mapping", 2, 4),
        ("- key: a\n", "not-a-manifest", 1, 1),
        ("just text\n", "not-a-manifest", 1, 1),
        ("defaults: [a]\n", "not-a-mapping", 1, 11),
        ("defaults: {}\n---\ndefaults: {}\n", "repeated-defaults", 3, 1),
        ("contacts: []\ncontacts: []\n", "repeated-field", 2, 1),
        ("contacts: [{key: a, ? [b] : c}]\n", "bad-name", 1, 23),
        ('contacts: [{key: a, "": c}]\n', "bad-name", 1, 21),
        ("? [a]\n: b\n", "bad-name", 1, 3),
        ("contacts: [{key: a, phone: !!int 5}]\n", "unknown-tag", 1, 28),
        ("contacts: [{key: a, phone: !mine 5}]\n", "unknown-tag", 1, 28),
        ("contacts: [!!seq {key: a}]\n", "unknown-tag", 1, 12),
        ("!mine {contacts: []}\n", "unknown-tag", 1, 1),
        ("contacts: [{!!int key: a}]\n", "unknown-tag", 1, 13),
        ('contacts: [{key: a, phone: "\\0"}]\n', "control-character", 1, 28),
        ("contacts: [{key: a, contact_persons: [~]}]\n", "empty-element", 1, 39),
        ("contacts: [{key: 'a\u2028'}]\n", "control-character", 1, 20),
    ],
)
def test_a_mistake_in_the_form_is_a_problem_where_it_stands(
    text: str, code: str, line: int, column: int, pure: bool
) -> None:
    problem = only(yaml_file(text, pure=pure))
    assert (problem.code, problem.severity) == (code, Severity.ERROR)
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (line, column)


@PARSERS
@pytest.mark.parametrize(
    "text",
    [
        "contacts:\n  - key: a\n    phone: b: c\n",
        "contacts:\n  - key: a\n   phone: b\n",
        "contacts:\n\t- key: a\n",
        "contacts: [{key: a}\n",
        'contacts: [{key: "a}]\n',
        "contacts: [{key: @a}]\n",
        "contacts: [{key: %a}]\n",
        "%YAML 9.9.9\n---\na",
        'contacts: [{key: "\\q"}]\n',
        'contacts: [{key: "\\ud800"}]\n',
        'contacts: [{key: "\\UFFFFFFFF"}]\n',
        "contacts: [{key: !x!y a}]\n",
    ],
)
def test_what_is_not_yaml_is_one_problem(text: str, pure: bool) -> None:
    problem = only(yaml_file(text, pure=pure))
    assert problem.code == "yaml-syntax"
    assert problem.help


@PARSERS
def test_what_stands_above_an_error_of_syntax_is_kept(pure: bool) -> None:
    manifest = yaml_file("contacts:\n  - key: a\n  - key: b\nitems:\n  - key: c: d\n", pure=pure)
    assert [one.key for one in manifest.documents] == ["a", "b"]
    assert codes(manifest) == ["yaml-syntax"]


def test_a_tab_in_the_indentation_is_explained() -> None:
    problem = only(yaml_file("contacts:\n\t- key: a\n"))
    assert problem.place == Place("m.yaml", 2, 1)
    assert "tabs" in problem.help


@PARSERS
def test_a_repeated_field_names_both_lines(pure: bool) -> None:
    text = "contacts:\n  - key: a\n    phone: 1\n    email: x\n    phone: 2\n    email:\n    phone: 3\n"
    manifest = yaml_file(text, pure=pure)
    assert codes(manifest) == ["repeated-field"] * 3
    assert [str(one.place) for one in manifest.problems] == ["m.yaml:5:5", "m.yaml:6:5", "m.yaml:7:5"]
    assert [one.related[0].line for one in manifest.problems] == [3, 4, 3]
    assert "line 3" in manifest.problems[0].message
    assert fields(manifest)["phone"] == "1"


def test_a_field_without_a_value_counts_as_repeated_too() -> None:
    problem = only(yaml_file("contacts:\n  - key: a\n    phone:\n    email: x\n    phone: 2\n"))
    assert problem.related[0].line == 3


@PARSERS
def test_one_bad_entry_does_not_hide_the_others(pure: bool) -> None:
    manifest = yaml_file("contacts:\n  - text\n  - {key: b, fone: 1}\n  -\n  - key: c\nitem: 5\nitems: 7\n", pure=pure)
    assert codes(manifest) == ["not-a-mapping", "unknown-field", "not-a-mapping", "unknown-section", "not-a-list"]
    assert [(one.key, one.index) for one in manifest.documents] == [("b", 1), ("c", 3)]


def test_an_unknown_section_is_answered_with_the_nearest() -> None:
    assert only(yaml_file("invocies: []")).help == "did you mean `invoices`?"
    assert "finzbooks.yaml" in only(yaml_file("org_id: x")).help


@pytest.mark.parametrize("text", ["# only a comment\n", "---\n---\n", "~\n"])
def test_a_file_of_comments_is_an_empty_file(text: str) -> None:
    assert codes(yaml_file(text)) == ["empty-file"]
    manifest = read([SourceFile("m.yaml", text.encode(), alone=False)])
    assert only(manifest).severity is Severity.WARNING


def test_empty_sections_are_no_problem() -> None:
    assert yaml_file("version: 1\ncontacts:\nitems: []\n").problems == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems_are_read_and_counted(end: str) -> None:
    manifest = yaml_file(end.join(["\ufeffcontacts:", "- key: a", "  phone: 1", "- key: b", "  fone: 2", ""]))
    assert [one.key for one in manifest.documents] == ["a", "b"]
    assert only(manifest).place == Place("m.yaml", 5, 3, 4)


def test_places_count_characters_and_not_bytes() -> None:
    text = "contacts: [{key: a, city: 😀é, fone: x}]"
    problem = yaml_file(text).problems[-1]
    assert at(text, problem.place) == "fone"


def test_another_yaml_file_can_be_read_as_one_tree_with_places() -> None:
    places, problems = read_tree("p.yaml", "org_id: 012\nstate: ~\ninclude: [a, b]\n")
    assert problems == []
    assert places is not None
    assert places.tree == {"org_id": "012", "include": ["a", "b"]}
    assert places.at(("include", 1)) == Place("p.yaml", 3, 14, 1)
    assert read_tree("p.yaml", "# nothing\n") == (None, [])


@PARSERS
@pytest.mark.parametrize(
    ("line", "halves"),
    [
        ("{name: Work, quantity: 1, rate: 1,23,456.00}", ["23", "456.00"]),
        ("{name: Work, quantity: 1,000, rate: 5}", ["000"]),
    ],
)
def test_an_amount_that_a_comma_cuts_in_two_inside_braces_is_not_read_as_its_first_half(
    line: str, halves: list[str], pure: bool
) -> None:
    """Else 1,23,456.00 would be booked as 1: the rest is a name without a value, and those are dropped."""
    text = f"invoices:\n  - key: i\n    customer: c\n    line_items: [{line}]\n"
    manifest = yaml_file(text, pure=pure)
    assert [at(text, problem.place) for problem in manifest.problems] == halves
    assert {problem.code for problem in manifest.problems} == {"unknown-field"}
    assert all("plain digits" in problem.help for problem in manifest.problems)


@PARSERS
@pytest.mark.parametrize("name", ["pincode", "gst_number", "referense"])
def test_a_name_that_no_field_has_is_told_of_even_without_a_value(name: str, pure: bool) -> None:
    found = only(yaml_file(f"contacts:\n  - key: a\n    {name}:\n    billing_address: {{city: ~}}\n", pure=pure))
    assert (found.code, found.place) == ("unknown-field", Place("m.yaml", 3, 5, len(name)))
