"""Every sentence of the source that a problem can say, as a pattern, read from the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2] / "importer"
# The rooms and modules that put problems of the input into words.
SPEAKING: Final = (
    *("manifest", "checks"),
    *(f"cli/{name}.py" for name in ("sources", "included", "passed_over", "walk")),
    "plan/names.py",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text of the source, or a part of one. ``{}`` stands where a value is put in."""

    file: str
    line: int
    text: str

    def pattern(self) -> re.Pattern[str]:
        """What is printed where it is said."""
        return re.compile("[^\n]*?".join(re.escape(part) for part in self.text.split("{}")))


def sentences() -> Iterator[Sentence]:
    for speaking in SPEAKING:
        place = ROOT / speaking
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            yield from _of_file(path)


def _of_file(path: Path) -> Iterator[Sentence]:
    tree = ast.parse(path.read_text("utf-8"))
    passed_over = {id(node) for one in ast.walk(tree) for node in _no_speech(one)}
    for node in ast.walk(tree):
        text = None if id(node) in passed_over else _text(node)
        if text is not None and " " in text.strip():
            yield Sentence(path.relative_to(ROOT).as_posix(), _line(node), text)


def _no_speech(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, patterns, the parts of a text that is put together, and what a programmer would see."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (one for part in node.values for one in ast.walk(part) if not isinstance(one, ast.JoinedStr))
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("re.compile", "TypeError", "ValueError", "KeyError"):
        yield from ast.walk(node)


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return "".join(map(str, parts))
    return None


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)
