"""Examples as people read them: their files, with what cannot be seen made visible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from importer.explained.entry import Content, Example

LONGEST_LINE: Final = 120  # characters; what is longer shows nothing by being long


def is_single(example: Example) -> bool:
    """Whether it is one file, which is given by its name: then nothing need be said of the PATH."""
    return list(example.files) == [example.path]


def files_of(example: Example) -> Iterator[tuple[str, list[str]]]:
    """Name and lines of each file."""
    for name, content in example.files.items():
        yield name, lines_of(content)


def lines_of(content: Content) -> list[str]:
    """The lines of a file. What cannot be shown stands as ``\\xE9``; a long line is cut, and its length told."""
    text = content.decode("utf-8", "backslashreplace") if isinstance(content, bytes) else content
    return [_cut("".join(map(_visible, line))) for line in text.removesuffix("\n").split("\n")]


def has_hidden(example: Example) -> bool:
    """Whether a character of it is shown in another way."""
    return any("\\x" in line for _, lines in files_of(example) for line in lines)


def _visible(character: str) -> str:
    return character if character.isprintable() else f"\\x{ord(character):02x}"


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 40]}... ({len(line):,} characters)"
