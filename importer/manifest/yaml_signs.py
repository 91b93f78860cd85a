"""Faults of signs: quotes and brackets that never close, tabs, escapes, texts that begin with a sign of YAML."""

from __future__ import annotations

from typing import Final

from importer.manifest.levels import shown
from importer.manifest.yaml_lines import Fault, Said, Written

_PUT_IN_QUOTES: Final = "put the text in quotes"
_BACKSLASH: Final = "in double quotes a backslash begins an escape: write two of them, or use single quotes"
_QUOTE_OF: Final = {'"': "double", "'": "single"}
_CLOSING: Final = {"{": "}", "[": "]"}


def a_tab(written: Written, said: Said) -> Fault | None:
    if not written.text.startswith("\t", said.at):
        return None
    line = written.line(said.at)
    if line.text[: said.at - line.start].strip():
        return Fault(said.at, "a tab stands where YAML takes blanks only", "put a blank in place of the tab")
    message = "this line is indented with a tab, and YAML counts blanks only"
    return Fault(said.at, message, "indent with blanks, not with tabs")


def first_sign(written: Written, said: Said) -> Fault | None:
    """A text that begins with a sign which means something in YAML."""
    sign = written.text[said.context : said.context + 1]
    if not sign or sign not in "@`%&*!|>":
        return None
    help = _PUT_IN_QUOTES
    if sign in "|>":
        help += f"; a text of several lines begins on the line below the `{sign}`"
    return Fault(said.context, f"a text that begins with {sign} cannot stand without quotes", help)


def bad_escape(written: Written, said: Said) -> Fault | None:
    """One parser points at the backslash, the other behind it."""
    at = written.text.rfind("\\", said.context, said.at + 1)
    if at < 0:
        return None
    escape = shown(written.text[at : at + 2])[1:-1]
    return Fault(at, f"`{escape}` begins an escape in double quotes, and this is none", _BACKSLASH, 2)


def open_quote(written: Written, said: Said) -> Fault | None:
    quote = written.text[said.context : said.context + 1]
    if quote not in _QUOTE_OF:
        return None
    help = f"put a {_QUOTE_OF[quote]} quote at the end of the text; one within it is written "
    help += '\\"' if quote == '"' else "twice"
    return Fault(said.context, "the quote that opens here is never closed", help)


def bad_directive(_: Written, said: Said) -> Fault:
    message = "a line that begins with % is an instruction to the reader of YAML, and this one is none that it knows"
    return Fault(said.context, message, "remove the line; a text that begins with % stands in quotes")


def behind_the_end(written: Written, at: int) -> Fault | None:
    """Something stands behind what is closed: a quote or a bracket."""
    end = _last_before(written.text, at)
    sign = written.text[end : end + 1]
    if sign in _QUOTE_OF:
        begin = written.quote_before(at)
        if begin >= 0 and written.line(begin).number < written.line(end).number:
            message = f"the quote that opens here is closed in line {written.line(end).number} only"
            help = "close it in its own line; put a text that holds quotes in those of the other kind"
            return Fault(begin, message, help)
        message = "text stands behind the closing quote"
        return Fault(at, message, "put the whole text in quotes, and quotes within it in those of the other kind")
    if sign in ("}", "]"):
        return Fault(at, "text stands behind the closing bracket", _PUT_IN_QUOTES)
    return None


def _last_before(text: str, at: int) -> int:
    """Position of the last character before ``at`` that is no blank."""
    at -= 1
    while at > 0 and text[at] in " \t\r\n":
        at -= 1
    return at


def in_brackets(written: Written, said: Said) -> Fault | None:
    """Inside ``{ }`` or ``[ ]``, which opens at the context."""
    sign = written.text[said.context : said.context + 1]
    if sign not in _CLOSING:
        return None
    closing = _CLOSING[sign]
    opened, here = written.line(said.context), written.line(said.at)
    if not written.text[said.at :].strip() or (here.number > opened.number and here.dash <= opened.dash):
        return _unclosed(written, said.context)
    other = written.text[said.at]
    if other in "}]":
        return Fault(said.at, f"`{sign}` is closed with `{other}`", f"write `{closing}`")
    return Fault(
        said.at,
        f"before this a comma or `{closing}` should stand",
        "put commas between the elements, and a text that holds `: ` in quotes",
    )


def _unclosed(written: Written, at: int) -> Fault:
    sign = written.text[at]
    return Fault(at, f"the `{sign}` that opens here is never closed", f"close it with `{_CLOSING[sign]}`")


def no_value(written: Written, said: Said) -> Fault | None:
    """A value was to come, and something else stands there: a comma, a closing bracket, or the end."""
    at, text = said.at, written.text
    if not text[at:].strip():
        opened = written.open_bracket()
        return _unclosed(written, opened) if opened >= 0 else None
    if text.startswith(("- ", "-\n", "-\r"), at):
        return misplaced_dash(written, said)
    if text[at] in ",]}":
        return Fault(at, f"a value is missing before this `{text[at]}`", f"remove the `{text[at]}`, or write the value")
    return None


def misplaced_dash(written: Written, said: Said) -> Fault | None:
    """``- `` or ``? `` where no entry of a list, and no name, can begin."""
    line = written.line(said.at)
    if not line.text[: said.at - line.start].strip():
        opened = written.open_bracket()
        if opened >= 0:
            return _unclosed(written, opened)
    sign = written.text[said.at : said.at + 1]
    if sign not in ("-", "?"):
        return None
    message = f"a text that begins with `{sign} ` cannot stand without quotes"
    help = _PUT_IN_QUOTES + ("; a list begins on the line below its name" if sign == "-" else "")
    return Fault(said.at, message, help)


def closes_nothing(at: int, sign: str) -> Fault:
    opening = "[" if sign == "]" else "{"
    return Fault(at, f"this `{sign}` closes nothing", f"remove it, or see where its `{opening}` should stand")
