"""Every code is explained, and what is explained is a code."""

from __future__ import annotations

from collections import Counter

import pytest

from explained.codes import NO_CODES, OF_ONE_WORD, in_the_source, texts
from importer.checks.rules import RULES
from importer.errors import EXIT_CODES
from importer.explained.entry import Entry
from importer.explained.every import ENTRIES, OF_A_RUN, OF_THE_INPUT, SUBJECTS, find, level_of, nearest

# Rules whose texts are still to be written; one that has an entry leaves this list.
AWAITED: frozenset[str] = frozenset()


def test_every_code_of_the_source_is_explained() -> None:
    assert in_the_source() - set(ENTRIES) - AWAITED == set()


def test_what_is_explained_is_a_code_of_the_source() -> None:
    assert set(ENTRIES) - in_the_source() == set()


def test_what_is_left_out_of_the_search_is_there_to_be_left_out() -> None:
    """A list of exceptions that nobody needs any more would hide the next code."""
    assert (NO_CODES | OF_ONE_WORD) - set(texts()) == set()
    assert not AWAITED & set(ENTRIES)


def test_every_code_that_ends_a_run_is_explained() -> None:
    assert set(EXIT_CODES) - set(ENTRIES) == set()


def test_no_code_is_explained_twice() -> None:
    counted = Counter(entry.code for subject in SUBJECTS for entry in subject.entries)
    assert [code for code, count in counted.items() if count > 1] == []


def test_a_code_is_switchable_where_the_table_of_rules_has_it() -> None:
    assert {entry.code for entry in ENTRIES.values() if entry.switchable} == set(RULES) - AWAITED


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_is_written_in_whole_sentences(entry: Entry) -> None:
    assert entry.why.endswith(".") and entry.help.endswith(".")
    assert entry.title[0] == "`" or entry.title[0].isupper()
    assert entry.help[0] == "`" or entry.help[0].isupper()
    assert not entry.title.endswith(".") and not entry.source.endswith(".")
    assert len(entry.title) <= 100
    assert 1 <= entry.why.count(". ") + 1 <= 4


def test_problems_of_the_input_have_levels_and_the_codes_of_a_run_say_what_they_mean_for_it() -> None:
    assert all(entry.levels for subject in OF_THE_INPUT for entry in subject.entries)
    assert not any(entry.levels for subject in OF_A_RUN for entry in subject.entries)
    assert all(level_of(entry) for entry in ENTRIES.values())


@pytest.mark.parametrize(("typed", "code"), [("g2", "G2"), ("NOT-A-DATE", "not-a-date"), (" G2 ", "G2")])
def test_a_code_is_found_in_capitals_or_not(typed: str, code: str) -> None:
    found = find(typed)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(("typed", "code"), [("not_a_dat", "not-a-date"), ("no such path", "no-such-path"), ("!", "")])
def test_a_mistyped_code_has_a_nearest_one(typed: str, code: str) -> None:
    assert find(typed) is None
    assert nearest(typed) == code
