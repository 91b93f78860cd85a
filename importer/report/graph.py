"""A view of the references as Mermaid, as DOT, and as values for machines.

Nodes are called n0, n1, ... and everything that a user wrote stands in labels alone, escaped. Where the output cannot
hold all of Unicode (``plain``), what is not ASCII is written as numeric references, which both languages know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from importer.graph_view import Edge, Node, View
from importer.kinds import KINDS
from importer.report.style import rupees

FORMAT_VERSION: Final = 1
LONGEST: Final = 60  # characters of a key in a label; JSON has all of it

# Mermaid may read a label as Markdown, then as HTML, and again for its icons and formulas. So whatever one of them
# could take for a sign goes as a numeric entity, which none of them looks into; what stands inside of a word, as in
# ORDER-99031 or 2025/04, is no sign to them and stays readable. Of blanks in a row HTML would keep one.
_MERMAID_SIGNS: Final = re.compile(
    r"[!-+;-@\[-^`{-~]"
    r"|(?<![0-9A-Za-z]):|:(?! )"
    r"|(?<![0-9A-Za-z])[-/_]|[-/_](?![0-9A-Za-z])"
    r"|(?<![0-9])\.|\.(?![0-9])"
    r"|(?<= ) "
)
# How Mermaid itself writes an entity while it works. In the finished picture it makes entities of these again, so they
# are kept apart by a joiner that is not seen.
_MERMAID_MARKS: Final = re.compile("\ufb02(?=\u00b0)|\u00b6(?=\u00df)")
_WORD_JOINER: Final = "\u2060"
# In a quoted string of DOT: its own two signs, and the one that begins an entity, which labels know as well.
_DOT_SIGNS: Final = {"\\": "\\\\", '"': '\\"', "&": "&amp;"}
_NO_BREAK: Final = "\u00a0"
_JOINERS: Final = "\u200c\u200d"  # not printable to Python, and part of how words and emoji are written


def mermaid_lines(view: View, *, plain: bool = False) -> Iterator[str]:
    """The view as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""

    def quoted(lines: Iterator[str]) -> str:
        # Not <br/>: a label that holds a tag is parsed as HTML first, and its entities become signs again.
        return '"' + "\n".join(_mermaid_text(line, plain) for line in lines) + '"'

    yield "flowchart LR"
    for at, node in enumerate(view.nodes):
        opening, closing = ("([", "])") if node.centre else ("(", ")") if node.rest else ("[", "]")
        yield f"  n{at}{opening}{quoted(_node_label(node))}{closing}"
    for edge in view.edges:
        yield f"  n{edge.source} -->|{quoted(_edge_label(edge, view))}| n{edge.target}"
    for at, node in enumerate(view.nodes):
        if node.centre:
            yield f"  style n{at} stroke-width:3px"
        elif not node.documents:
            yield f"  style n{at} stroke-dasharray:4"


def dot_lines(view: View, *, plain: bool = False) -> Iterator[str]:
    """The view in the language of Graphviz (https://graphviz.org/doc/info/lang.html)."""

    def quoted(lines: Iterator[str]) -> str:
        return '"' + "\\n".join(_dot_text(line, plain) for line in lines) + '"'

    yield "digraph references {"
    yield '  rankdir=LR; charset="UTF-8";'
    yield '  node [shape=box, fontname="sans-serif"];'
    yield '  edge [fontname="sans-serif", fontsize=11];'
    for at, node in enumerate(view.nodes):
        style = "bold" if node.centre else "rounded" if node.rest else "solid" if node.documents else "dashed"
        yield f"  n{at} [label={quoted(_node_label(node))}, style={style}];"
    for edge in view.edges:
        yield f"  n{edge.source} -> n{edge.target} [label={quoted(_edge_label(edge, view))}];"
    yield "}"


def graph_value(view: View) -> dict[str, Any]:
    """The JSON of a view: an edge leads from a document to what it needs."""
    return {
        "format_version": FORMAT_VERSION,
        "nodes": [_node_value(f"n{at}", node) for at, node in enumerate(view.nodes)],
        "edges": [
            {
                "from": f"n{edge.source}",
                "to": f"n{edge.target}",
                "role": edge.role,
                "references": edge.references,
            }
            for edge in view.edges
        ],
    }


def _node_value(name: str, node: Node) -> dict[str, Any]:
    value: dict[str, Any] = {"id": name, "kind": node.kind, "key": node.key or None}
    value |= {"documents": node.documents, "remembered": node.remembered}
    if node.key:
        amount = None if node.amount is None else f"{node.amount:.2f}"
        value |= {"date": node.date or None, "amount": amount, "centre": node.centre}
    elif node.rest:
        value["rest"] = True
    return value


def _node_label(node: Node) -> Iterator[str]:
    kind = KINDS[node.kind]
    several = kind.name.replace("_", " ")
    if node.key:
        yield kind.label
        yield _cut(node.key)
        detail = [*filter(None, (node.date,)), *([] if node.amount is None else [rupees(node.amount)])]
        if detail:
            yield ", ".join(detail)
        if not node.documents:
            yield "in the state"
    elif node.rest:
        yield f"and {node.documents + node.remembered:,} more {several}"
    elif not node.documents:
        yield f"{several}: {node.remembered:,} in the state"
    else:
        yield f"{several}: {node.documents:,}"
        if node.remembered:
            yield f"and {node.remembered:,} in the state"


def _edge_label(edge: Edge, view: View) -> Iterator[str]:
    """The role, and how many references there are unless it is one between two documents."""
    role = edge.role.replace("_", " ")
    single = edge.references == 1 and view.nodes[edge.source].key and view.nodes[edge.target].key
    yield role if single else f"{role}: {edge.references:,}"


def _cut(key: str) -> str:
    """The key, or its two ends, which tell keys apart."""
    return key if len(key) <= LONGEST else f"{key[: LONGEST - 21]}...{key[-18:]}"


def _mermaid_text(text: str, plain: bool) -> str:
    apart = _MERMAID_MARKS.sub(lambda mark: mark[0] + _WORD_JOINER, _visible(text))
    escaped = _MERMAID_SIGNS.sub(lambda sign: f"#{ord(sign[0].replace(' ', _NO_BREAK))};", apart)
    return _references(escaped, lambda code: f"#{code};") if plain else escaped


def _dot_text(text: str, plain: bool) -> str:
    escaped = "".join(_DOT_SIGNS.get(letter, letter) for letter in _visible(text))
    # The entities of Graphviz end at U+FFFF (measured: 14.1.5 makes broken UTF-8 of those beyond).
    return (
        _references(escaped, lambda code: f"&#{code};" if code <= 0xFFFF else f"\\\\U{code:08x}") if plain else escaped
    )


def _visible(text: str) -> str:
    """``text`` with what nobody can see, such as a change of direction, written as in ``\\u202e``."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in _JOINERS else _code(one) for one in text)


def _code(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) <= 0xFFFF else f"\\U{ord(letter):08x}"


def _references(text: str, written: Callable[[int], str]) -> str:
    return "".join(letter if letter.isascii() else written(ord(letter)) for letter in text)
