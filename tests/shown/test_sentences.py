"""No sentence of the source goes unread: each stands in what is printed of a case, or says here why it does not."""

from __future__ import annotations

from typing import Final

from shown import organisation
from shown.cases import every
from shown.sentences import Sentence, sentences

# A sentence that no file can show -> why, or the test that asserts it word for word.
ELSEWHERE: Final[dict[str, str]] = {
    "write it out": "of a field that takes no text of one character, of which there is none",
    "does not match": "of the slower validator, whose words are not shown",
    "`{}` is missing": "of a required field of a schema, of which there is none",
    "it cannot be parsed": "where a parser gives no reason, of which there is none",
    "an escape in this text names no character": "test_of_the_other_parser.py",
    "write the character itself": "test_of_the_other_parser.py",
    "these documents need each other, so none can be sent first: {}": "no kind makes one; checks/test_references.py",
    "remove one of these references": "no kind makes one; checks/test_references.py",
    "the file seems to be written in UTF-16, without the mark that says so": "manifest/test_source.py",
    ", and so are {} more in this folder": "cli/test_sources.py",
    "{} (in the state)": "of what no file holds; checks/test_numbers.py",
    **dict.fromkeys(
        (
            "the row that begins here is longer than {} characters{}",
            "see that its line ends and quotes are there",
            "`defaults` holds {} characters and elements; at most {} are taken",
            "every document gets them: say in each what is long",
            "the file has {} bytes; at most {} are read",
            "split it into several files",
            "the folder cannot be read: {}",
            "the file cannot be read: {}",
            "it cannot be read: {}",
            "let yourself read it, or leave it out",
            "it is neither a file nor a folder",
            "write what it delivers into a file, and give that",
            "`include` of finzbooks.yaml names no file of this folder",
            "add the folder there, or give the file itself",
            "{}, and at the folder you are in",
        ),
        "test_of_large_and_unreadable_files.py",
    ),
}
# Names that are no sentences: words of parsers, of states, of kinds of registration, of rules.
NAMES: Final = ("manifest/yaml_words.py", "checks/rules.py", "checks/states.py", "checks/gstin_forms.py")


def printed() -> str:
    kept = (*(case.printed for case in every()), *map(organisation.kept, organisation.ORGANISATIONS))
    return "\n".join(file.read_text("utf-8") for file in kept)


def unread_sentences() -> list[Sentence]:
    text = printed()
    return [one for one in sentences() if one.file not in NAMES and not one.pattern().search(text)]


def test_every_sentence_is_in_what_is_printed_of_a_case() -> None:
    unread = [one for one in unread_sentences() if one.text not in ELSEWHERE]
    assert [f"{one.file}:{one.line}: {one.text}" for one in unread] == []


def test_what_is_held_elsewhere_is_a_sentence_that_no_case_says() -> None:
    assert set(ELSEWHERE) <= {one.text for one in unread_sentences()}
