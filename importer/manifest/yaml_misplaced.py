"""Faults of lines: a colon or a blank that is missing, a colon too many, an indentation that fits nothing."""

from __future__ import annotations

import re
from typing import Final

from importer.manifest.levels import shown, vocabulary
from importer.manifest.yaml_lines import Fault, Line, Said, Written
from importer.manifest.yaml_signs import bad_directive, behind_the_end, closes_nothing

_PUT_IN_QUOTES: Final = "put the text in quotes"
_HOLDS_A_COLON: Final = "a text that holds `: ` cannot stand without quotes"
_LONGEST_SHOWN: Final = 60  # characters of a text that a help writes out


def no_colon(written: Written, said: Said) -> Fault:
    return _without_colon(written.line(said.context))


def _without_colon(line: Line) -> Fault:
    """A line that should be a name and its value, and is not."""
    glued = re.match(r"([A-Za-z_][\w.]*):(\S.*)", line.said)
    if glued and "//" not in line.said:
        name, value = glued.groups()
        return _at_line(line, "a blank is missing after the colon", f"write `{_short(name)}: {_short(value)}`")
    if re.search(r":(\s|$)", line.said):
        return _at_line(line, "a name with a colon is expected here", "write `name: value`, one field a line")
    name, _, value = line.said.partition(" ")
    if name not in vocabulary():
        help = "write `name: value`; a text that goes on stands further to the right than its name"
        return _at_line(line, "this line has no colon", help)
    help = f"write `{name}: {_short(value.strip())}`" if value else f"write `{name}:`"
    return _at_line(line, "this line has no colon", help)


def second_colon(written: Written, said: Said) -> Fault | None:
    """A colon where none can stand: within a text, or because of what the line above is."""
    line = written.line(said.at)
    before = line.text[: said.at - line.start]
    first = re.search(r":\s", before)
    if first is None:
        return _broken_above(written, line, said.at)
    return _colon_in_text(line, before, first.end(), said.at)


def _colon_in_text(line: Line, before: str, value: int, at: int) -> Fault:
    text, last = line.text[value:].strip(), before.rpartition(" ")[2]
    if last in vocabulary():
        return Fault(at, _HOLDS_A_COLON, f"begin `{last}` on a line of its own, or put the text in quotes")
    if set(before + text) & set("{}[]\"'\\#&*") or len(text) > _LONGEST_SHOWN:
        return Fault(at, _HOLDS_A_COLON, _PUT_IN_QUOTES)
    name = line.text[line.begins - line.start : value].rstrip()
    return Fault(at, _HOLDS_A_COLON, f'write `{_short(name)} "{_short(text)}"`')


def _broken_above(written: Written, line: Line, at: int) -> Fault | None:
    """``line`` is a field, and the text above it goes on into it."""
    above = written.above(line)
    if above is None:
        return None
    if above.glued_dash:
        return _glued_dash(above)
    if not above.is_field:
        return Fault(at, _HOLDS_A_COLON, _PUT_IN_QUOTES) if written.goes_on(above) else _without_colon(above)
    if line.column <= above.column:
        return None
    message = f"this line stands further to the right than line {above.number}, which has a value already"
    return _at_line(line, message, f"begin it in column {above.column}, or put a text that goes on in quotes")


def _glued_dash(line: Line) -> Fault:
    return _at_line(line, "a blank is missing after the dash", f"write `- {_short(line.said[1:])}`")


def in_a_block(written: Written, said: Said) -> Fault | None:
    """A line that fits nothing that is open above it, or something behind a text that is over."""
    line = written.line(said.at)
    if line.text[: said.at - line.start].strip(" -"):
        return behind_the_end(written, said.at)
    if line.glued_dash:
        return _glued_dash(line)
    if line.said[:1] in ("]", "}"):
        return closes_nothing(said.at, line.said[0])
    fits = written.fitting(line)
    if fits is None or line.dash == (fits.dash if line.dashed else fits.column):
        return None
    message = "the indentation of this line fits no line above it"
    if fits.dashed and not line.dashed and line.dash == fits.dash:
        message = f"this line stands under the dash of line {fits.number}, and has none"
    column = fits.dash if line.dashed else fits.column
    help = f"begin it in column {column}, as line {fits.number} does"
    return Fault(line.start + line.dash - 1, message, help, max(1, len(line.text) - line.dash + 1))


def further_left(written: Written, said: Said) -> Fault | None:
    """What is at the top is over, and more follows."""
    line = written.line(said.at)
    if line.text[: said.at - line.start].strip():
        return behind_the_end(written, said.at)
    if line.said[:1] in ("]", "}"):
        return closes_nothing(said.at, line.said[0])
    first = written.first()
    if first is None or first.number >= line.number:
        return None
    if first.said.startswith("%"):
        return bad_directive(written, Said(said.words, "", first.begins, first.begins))
    message = f"this line does not belong to what begins in line {first.number}"
    return _at_line(line, message, "begin all sections in the same column, and each with its name and a colon")


def _at_line(line: Line, message: str, help: str) -> Fault:
    return Fault(line.begins, message, help, max(1, len(line.said)))


def _short(text: str) -> str:
    return shown(text, _LONGEST_SHOWN)[1:-1]
