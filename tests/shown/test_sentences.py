"""No sentence of the source goes unread: each stands in what is printed of a case, or says here why it does not."""

from __future__ import annotations

from typing import Final

from shown.cases import every
from shown.sentences import Sentence, sentences

# A part of the sentence -> where it is held instead.
ELSEWHERE: Final[dict[str, str]] = {
    "write it out": "of a field that takes no text of one character, of which there is none",
    "does not match": "of the slower validator, tests/manifest/test_conform.py; never shown",
    "`{}` is missing": "of a required field of a schema, of which there is none",
    "it cannot be parsed": "where a parser gives no reason, of which there is none",
    "an escape in this text names no character": "of PyYAML without libyaml, tests/manifest/test_yaml_reader.py",
    "write the character itself": "of PyYAML without libyaml, tests/manifest/test_yaml_reader.py",
    "write the value without it": "of a value that is nothing but marks, tests/manifest/test_damage.py",
    "the row that begins here is longer than {} characters{}": "tests/hostile/test_bounds.py",
    "see that its line ends and quotes are there": "tests/hostile/test_bounds.py",
    "`defaults` holds {} characters and elements; at most {} are taken": "tests/manifest/test_defaults.py",
    "every document gets them: say in each what is long": "tests/manifest/test_defaults.py",
    "`{}` and `{}` are the same field": "tests/manifest/test_defaults.py",
    "the file has {} bytes; at most {} are read": "tests/cli/test_bad_input.py",
    "split it into several files": "tests/cli/test_bad_input.py",
    "these documents need each other, so none can be sent first: {}": "no kind can make a cycle yet, tests/checks",
    "remove one of these references": "no kind can make a cycle yet, tests/checks",
    "the folder cannot be read: {}": "tests/cli/test_sources.py",
    "let yourself read it, or leave it out": "tests/cli/test_sources.py",
    "the file cannot be read: {}": "tests/cli/test_sources.py",
    "it cannot be read: {}": "tests/cli/test_sources.py",
    "it is neither a file nor a folder": "tests/cli/test_sources.py",
    "write what it delivers into a file, and give that": "tests/cli/test_sources.py",
    "`include` of finzbooks.yaml names no file of this folder": "tests/cli/test_sources.py",
    "add the folder there, or give the file itself": "tests/cli/test_sources.py",
    "{}, and at the folder you are in": "tests/cli/test_sources.py",
}
# Names that are no sentences: of states, of kinds of registration, of rules.
NAMES: Final = ("checks/rules.py", "checks/states.py", "checks/gstin_forms.py")


def printed() -> str:
    return "\n".join(case.printed.read_text("utf-8") for case in every())


def unread_sentences() -> list[Sentence]:
    text = printed()
    return [one for one in sentences() if one.file not in NAMES and not one.pattern().search(text)]


def test_every_sentence_is_in_what_is_printed_of_a_case() -> None:
    unread = [one for one in unread_sentences() if one.text not in ELSEWHERE]
    assert [f"{one.file}:{one.line}: {one.text}" for one in unread] == []


def test_what_is_held_elsewhere_is_a_sentence_that_no_case_says() -> None:
    assert set(ELSEWHERE) <= {one.text for one in unread_sentences()}
