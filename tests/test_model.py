"""importer/model.py: what a sentence may show, and how it names a field."""

from __future__ import annotations

import pytest

from importer.model import Change, Drift, Path, Problem, in_words, one_line

# Conjuncts that a joiner keeps apart or half apart, an eyelash ra, a chillu at the end of a word, in four scripts.
SPELLED = ("\u0915\u094d\u200d\u0937", "\u0930\u200d\u094d\u092f", "\u0d28\u0d4d\u200d", "\u09a4\u09cd\u200c\u0995")


@pytest.mark.parametrize("word", SPELLED)
def test_a_word_of_an_indian_script_stays_as_it_is_spelled(word: str) -> None:
    assert one_line(f"the contact {word} here") == f"the contact {word} here"
    assert Problem("bad", word, None, word).message == word


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_a_joiner_that_only_hides_is_an_escape(joiner: str) -> None:
    for text in (f"a{joiner}b", f"{joiner}\u0915", f"\u0915{joiner}", f"\u0915{joiner} \u0915", f"1{joiner}\u0915"):
        assert one_line(text) == text.replace(joiner, f"\\u{ord(joiner):04x}")


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x1b", "\n", "\ufeff", "\xa0"])
def test_what_is_invisible_or_steers_a_terminal_is_an_escape_also_in_an_indian_word(hidden: str) -> None:
    assert one_line(f"\u0915\u094d{hidden}\u0937") == f"\u0915\u094d\\u{ord(hidden):04x}\u0937"


NAMED: list[tuple[Path, str, str]] = [
    (("date",), "date", "date"),
    (("billing_address", "city"), "billing_address.city", "billing_address.city"),
    (("line_items", 0), "line_items[0]", "line 1"),
    (("line_items", 9, "rate"), "line_items[9].rate", "rate of line 10"),
    (("contact_persons", 1, "name", "first"), "contact_persons[1].name.first", "name.first of contact person 2"),
    (("books", "parts", 0, "tags", 2), "books.parts[0].tags[2]", "tag 3 of books.part 1"),
    (("rows", 0, 1), "rows[0][1]", "entry 2 of row 1"),
]


@pytest.mark.parametrize(("path", "dotted", "words"), NAMED)
def test_an_element_of_a_list_is_counted_from_one_in_every_sentence(path: Path, dotted: str, words: str) -> None:
    assert in_words(path) == words
    assert Change(dotted, None, None).label == words
    assert Drift(dotted, None, None, None).label == words
