from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.checks.book import normal
from importer.graph_view import Edge, Node, View
from importer.report.graph import LONGEST, dot_lines, graph_value, mermaid_lines
from report.drawing import Drawn, by_graphviz, by_mermaid

Lines = Callable[..., Iterator[str]]
LANGUAGES: list[tuple[Lines, Callable[[str], Drawn]]] = [(mermaid_lines, by_mermaid), (dot_lines, by_graphviz)]
each_language = pytest.mark.parametrize(("lines", "draw"), LANGUAGES, ids=["mermaid", "dot"])

# Signs of Mermaid, of Markdown, of HTML, of DOT; and what people write.
NASTY = (
    'say "hi"', "it's", "a\\", "\\N", "\\n", "C:\\books\\", "&lt;", "&amp;amp;", "&", "<b>fat</b>", "<br/>",
    "<script>", "`code`", "*a*", "**b**", "_c_", "__d__", "~~gone~~", "1. one", "1) one", "- x", "+ x",
    "# head", "> said", "===", "---", "***", "| a | b |", "www.example.com", "me@example.in",
    "https://example.in/a?b=c", "[text](link)", "![x](y)", "fa:fa-car", "$$x^2$$", "%%{init: {}}%%",
    "%% note", "end", "subgraph", "accTitle: x", "graph TD", "click n0 call x()", "n0 --> n1", "style n0:#fff;",
    "classDef x:#fff;", "style a: b #1;", "\ufb02\u00b0\u00b045\u00b6\u00df", "\ufb02\u00b0lt\u00b6\u00df",
    "#quot;", "#35;", "#9829", "a  b   c", "a;b", "x]", "x)", "{x}", "((x))", "ORDER/2025/04-1_b.c",
    "INV-7.", "7.5", "@1", "தமிழ்", "हिन्दी", "ക്\u200dഷ", "Müller & Söhne", "😀", "👨\u200d👩\u200d👧",
    "\u202eelif", "a\u0009b", "\u0000\u0007", "\u2028", "0",
)  # fmt: skip


def documents(keys: Sequence[str], kind: str = "invoices") -> View:
    """A node for each key; the second refers to the first."""
    nodes = tuple(Node(kind, key) for key in keys)
    return View(nodes, (Edge(1, 0, "customer", 1),) if len(keys) > 1 else ())


def shown(key: str) -> str:
    """What a person should see of ``key``: of what cannot be seen the code, but for the two that join letters."""
    return "".join(one if one.isprintable() or one in "\u200c\u200d" else code(one) for one in key)


def code(letter: str) -> str:
    number = f"{ord(letter):x}"
    return "\\u" + number.zfill(4) if len(number) <= 4 else "\\U" + number.zfill(8)


def node_keys(drawn: Drawn) -> list[str]:
    return [drawn.nodes[f"n{at}"][1] for at in range(len(drawn.nodes))]


@each_language
def test_no_key_is_taken_for_a_sign_of_the_language(lines: Lines, draw: Callable[[str], Drawn]) -> None:
    drawn = draw("\n".join(lines(documents(NASTY))))
    assert node_keys(drawn) == [shown(key) for key in NASTY]
    assert drawn.edges == ["customer"]


@each_language
def test_what_is_not_ascii_can_be_written_in_ascii(lines: Lines, draw: Callable[[str], Drawn]) -> None:
    keys = [key for key in NASTY if not key.isascii() and max(key) <= "\uffff"]
    source = "\n".join(lines(documents(keys), plain=True))
    assert source.isascii()
    assert node_keys(draw(source)) == [shown(key) for key in keys]


def test_what_graphviz_cannot_take_in_ascii_is_shown_by_its_code() -> None:
    emoji = documents(["\U0001f600"])
    assert node_keys(by_mermaid("\n".join(mermaid_lines(emoji, plain=True)))) == ["\U0001f600"]
    assert node_keys(by_graphviz("\n".join(dot_lines(emoji, plain=True)))) == ["\\U0001f600"]


KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=LONGEST).map(normal).filter(bool)


@each_language
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(keys=st.lists(KEYS.filter(lambda key: len(key) <= LONGEST), min_size=1, max_size=12, unique=True))
def test_any_keys_are_drawn_as_they_are_each_once(lines: Lines, draw: Callable[[str], Drawn], keys: list[str]) -> None:
    drawn = draw("\n".join(lines(documents(keys))))
    assert node_keys(drawn) == [shown(key) for key in keys]
    assert len(drawn.edges) == min(len(keys) - 1, 1)


@each_language
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    keys=st.lists(
        st.text('"\\#;&<>:-._/*`~[](){}|%$@!+=1a \u00b6\ufb02', min_size=1, max_size=12).map(normal).filter(bool),
        min_size=1,
        max_size=12,
        unique=True,
    )
)
def test_any_signs_in_a_row_are_drawn_as_they_are(lines: Lines, draw: Callable[[str], Drawn], keys: list[str]) -> None:
    assert node_keys(draw("\n".join(lines(documents(keys))))) == keys


def test_a_word_and_a_number_stay_readable_in_the_source() -> None:
    source = "\n".join(mermaid_lines(documents(["ORDER-99031", "2025/04-1_b", "acme corp, 7.5"])))
    assert all(label in source for label in ("ORDER-99031", "2025/04-1_b", "acme corp, 7.5"))


@each_language
def test_a_long_key_is_shown_by_its_two_ends(lines: Lines, draw: Callable[[str], Drawn]) -> None:
    drawn = draw("\n".join(lines(documents(["a" * 64 + "b" * 64]))))
    ((_, key),) = drawn.nodes.values()
    assert len(key) == LONGEST
    assert key.strip("a").strip("b") == "..."


BY_KIND = View(
    (Node("contacts", documents=1200, remembered=3), Node("items", documents=0, remembered=2), Node("credit_notes")),
    (Edge(2, 0, "customer", 1), Edge(2, 1, "line_item", 4000)),
)


@each_language
def test_kinds_are_drawn_with_counts(lines: Lines, draw: Callable[[str], Drawn]) -> None:
    drawn = draw("\n".join(lines(BY_KIND)))
    assert drawn.nodes == {
        "n0": ["contacts: 1,200", "and 3 in the state"],
        "n1": ["items: 2 in the state"],
        "n2": ["credit notes: 1"],
    }
    assert drawn.edges == ["customer: 1", "line item: 4,000"]


AROUND = View(
    (
        Node("invoices", "I-1", date="2026-05-19", amount=Decimal("1234567.5"), centre=True),
        Node("contacts", "acme", documents=0, remembered=1),
        Node("items", documents=40, remembered=2, rest=True),
        Node("payments", "P-1", date="2026-05-20"),
    ),
    (Edge(0, 1, "customer", 1), Edge(0, 2, "item", 42), Edge(3, 0, "allocations", 2)),
)


@each_language
def test_a_document_is_drawn_with_its_date_and_its_amount(lines: Lines, draw: Callable[[str], Drawn]) -> None:
    drawn = draw("\n".join(lines(AROUND)))
    assert drawn.nodes == {
        "n0": ["invoice", "I-1", "2026-05-19, 12,34,567.50"],
        "n1": ["contact", "acme", "in the state"],
        "n2": ["and 42 more items"],
        "n3": ["payment", "P-1", "2026-05-20"],
    }
    assert drawn.edges == ["customer", "item: 42", "allocations: 2"]


def test_the_document_in_the_middle_and_those_of_the_state_look_different() -> None:
    mermaid = list(mermaid_lines(AROUND))
    assert mermaid[-2:] == ["  style n0 stroke-width:3px", "  style n1 stroke-dasharray:4"]
    dot = "\n".join(dot_lines(AROUND))
    assert [dot.count(f"style={style}]") for style in ("bold", "dashed", "rounded", "solid")] == [1, 1, 1, 1]


def test_the_value_says_what_the_picture_shows_and_survives_json() -> None:
    value = json.loads(json.dumps(graph_value(AROUND)))
    assert value["format_version"] == 1
    assert value["nodes"][0] == {
        "id": "n0",
        "kind": "invoices",
        "key": "I-1",
        "documents": 1,
        "remembered": 0,
        "date": "2026-05-19",
        "amount": "1234567.50",
        "centre": True,
    }
    assert value["nodes"][2] == {
        "id": "n2",
        "kind": "items",
        "key": None,
        "documents": 40,
        "remembered": 2,
        "rest": True,
    }
    assert value["edges"][2] == {"from": "n3", "to": "n0", "role": "allocations", "references": 2}


@each_language
def test_an_empty_view_is_an_empty_picture(lines: Lines, draw: Callable[[str], Drawn]) -> None:
    assert draw("\n".join(lines(View((), ())))) == Drawn()
