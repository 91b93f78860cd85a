"""Diagrams drawn by the real tools: Mermaid's own JavaScript, as mermaidx carries it, and Graphviz itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree import ElementTree as ET

import mermaidx
import pygraphviz

SVG = "{http://www.w3.org/2000/svg}"
HTML = "{http://www.w3.org/1999/xhtml}"


@dataclass
class Drawn:
    """What stands in a picture: the lines of each node by its name in the source, and each label of an edge."""

    nodes: dict[str, list[str]] = field(default_factory=dict)
    edges: list[str] = field(default_factory=list)


def by_mermaid(source: str) -> Drawn:
    """Draw a Mermaid diagram. Raises RuntimeError where Mermaid does not take it."""
    drawn = Drawn()
    for group in ET.fromstring(mermaidx.render(source).svg()).iter(f"{SVG}g"):
        names = group.get("class", "").split()
        if "node" in names:
            drawn.nodes[group.get("id", "").split("-")[-2]] = html_lines(group)
        elif "edgeLabel" in names:
            drawn.edges.append(" ".join(html_lines(group)))
    return drawn


def by_graphviz(source: str) -> Drawn:
    """Draw a DOT graph. Raises where Graphviz does not take it."""
    picture = pygraphviz.AGraph(string=source).draw(format="svg", prog="dot")
    drawn = Drawn()
    for group in ET.fromstring(picture).iter(f"{SVG}g"):
        texts = [seen(text.text or "") for text in group.iter(f"{SVG}text")]
        if group.get("class") == "node":
            drawn.nodes[group.findtext(f"{SVG}title", "")] = texts
        elif group.get("class") == "edge":
            drawn.edges.append(" ".join(texts))
    return drawn


def html_lines(group: ET.Element) -> list[str]:
    """The lines of a label. A word that is set otherwise than the rest is shown, so that no Markdown goes unseen."""
    (paragraph,) = group.iter(f"{HTML}p")
    parts = list(parts_of(paragraph))
    breaks = [-1, *(at for at, part in enumerate(parts) if part is None), len(parts)]
    lines = ["".join(part or "" for part in parts[start + 1 : end]) for start, end in pairwise(breaks)]
    return [seen(line) for line in lines]


def parts_of(paragraph: ET.Element) -> Iterator[str | None]:
    """Pieces of text, and None for a line break."""
    yield paragraph.text or ""
    for inner in paragraph:
        yield None if inner.tag == f"{HTML}br" else f"<{inner.tag}>{''.join(inner.itertext())}"
        yield inner.tail or ""


def seen(text: str) -> str:
    """``text`` as it looks: no joiner, and every blank is one."""
    return text.replace("\u00a0", " ").replace("\u2060", "")
