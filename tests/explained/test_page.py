"""docs/problems.md is made from the texts, and is today's."""

from __future__ import annotations

import re

from explained.problems_page import PAGE, whole_page
from importer.checks.rules import NOT_APPLICABLE
from importer.explained.entry import manifest, raw
from importer.explained.every import ENTRIES
from importer.explained.showing import files_of, has_hidden, lines_of

RENEW = "renew it: cd tests && python -m explained.problems_page"


def test_the_page_is_that_of_today() -> None:
    assert PAGE.read_text("utf-8") == whole_page(), RENEW


def test_every_code_of_the_page_can_be_linked_to() -> None:
    text = whole_page()
    places = set(re.findall(r"^### (\S+)$", text, re.MULTILINE)) | set(re.findall(r'<a id="(\S+)"></a>', text))
    assert places == set(ENTRIES)
    assert set(re.findall(r"\]\(#(\S+?)\)", text)) == {place.lower() for place in places}


def test_the_page_shows_nothing_that_cannot_be_seen() -> None:
    assert all(character.isprintable() or character == "\n" for character in whole_page())


def test_what_cannot_be_seen_stands_as_an_escape() -> None:
    assert lines_of(b"key\ncaf\xe9\n") == ["key", "caf\\xe9"]
    assert lines_of("ac\x07me") == ["ac\\x07me"]
    assert has_hidden(raw("ac\x07me"))
    assert not has_hidden(raw("Café"))


def test_a_long_line_is_cut_and_says_how_long_it_is() -> None:
    (line,) = lines_of("x" * 1000)
    assert line == "x" * 80 + "... (1,000 characters)"


def test_an_example_is_freed_of_the_indentation_of_the_code() -> None:
    example = manifest("""
        contacts:
          - key: acme
        """)
    assert list(files_of(example)) == [("books.yaml", ["contacts:", "  - key: acme"])]


def test_rules_that_are_not_applied_stand_there_with_their_reason() -> None:
    assert all(f"| {rule} | {reason} |" in whole_page() for rule, reason in NOT_APPLICABLE.items())
