"""What a fault of syntax is, in plain words and where a person would look for it.

A parser tells a fault where it can go on no further, in words of its own grammar: a line without a colon is told on
the line below it, and a bracket that is never closed at the end of the file. The two parsers, libyaml and PyYAML's
own, agree on their marks but for escapes and tabs, and differ in their words; what they say is only sorted here by
the words that both of them use.
"""

from __future__ import annotations

from typing import Any, Final

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent

from importer.manifest.yaml_lines import Fault, Said, Written
from importer.manifest.yaml_words import READERS

_LAST_RESORT: Final = "mend the indentation, and see that quotes and brackets are closed"


def fault_of(text: str, error: yaml.YAMLError, loader: Any) -> Fault:
    """The fault that made ``loader`` stop. Where nothing better is known it is told as the parser does."""
    said = _said(error, len(text))
    written = Written(text, loader)
    for words, reader in READERS:
        if words in said.words or words in said.context_words:
            found = reader(written, said)
            if found is not None:
                return found
    parts = [said.context_words, said.words]
    return Fault(said.at, f"this is not YAML: {', '.join(part for part in parts if part)}", _LAST_RESORT)


def first_below(levels: int, text: str, error: yaml.YAMLError, loader: Any) -> Any:
    """The event that begins the first list or mapping nested over ``levels`` deep; None if that is not the fault.

    libyaml refuses a thousand levels of its own (since 0.2.6), and looks up to 1,024 characters ahead for a colon: in
    a line of brackets it stops before it has told of the first of them. Cut off where it stopped, the text is told.
    Raises yaml.YAMLError for another fault that stands before it.
    """
    if "nesting" not in (getattr(error, "problem", None) or ""):
        return None
    depth = 0
    for event in yaml.parse(text[: _said(error, len(text)).at], Loader=loader):
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > levels:
                return event
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
    return None


def _said(error: yaml.YAMLError, size: int) -> Said:
    context, found = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    at = found or context
    position = min(at.index, size) if at is not None else 0
    return Said(
        getattr(error, "problem", None) or "it cannot be parsed",
        getattr(error, "context", None) or "",
        position,
        min(context.index, size) if context is not None else position,
    )
