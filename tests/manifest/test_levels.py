"""importer/manifest/levels.py: how a message quotes what was written."""

from __future__ import annotations

from importer.manifest.levels import shown


def test_a_text_is_quoted_on_one_line_and_nothing_in_it_is_invisible() -> None:
    assert shown("a\nb\r\tc\u200b\xa0") == '"a\\nb\\r\\tc\\u200b\\u00a0"'


def test_a_word_of_an_indian_script_is_quoted_as_it_is_spelled() -> None:
    assert shown("\u0915\u094d\u200d\u0937") == '"\u0915\u094d\u200d\u0937"'
    assert shown("a\u200db") == '"a\\u200db"'


def test_a_long_text_is_cut() -> None:
    assert shown("a" * 41) == '"' + "a" * 37 + '..."'
    assert shown("a" * 40) == '"' + "a" * 40 + '"'
