"""Manifests written in a few lines of YAML, and what the checks find in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from importer.checks import Book, check
from importer.checks.book import normal
from importer.model import Document, Manifest, Path, Place, Problem


@dataclass(frozen=True)
class Spot:
    """A locator whose places show what they were asked for."""

    start: str

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        return Place("/".join((self.start, *map(str, path))) + ("@name" if of_key else ""), 1, 1)


def written(text: str) -> Manifest:
    """The documents of a YAML text, every scalar as text, without the reader that the importer has."""
    sections: dict[str, list[dict[str, Any]]] = yaml.load(text, yaml.BaseLoader) or {}
    documents = [
        Document(kind, normal(entry.get("key", "")), entry, "m.yaml", index, Spot(f"{kind}/{index}"))
        for kind, entries in sections.items()
        for index, entry in enumerate(entries)
    ]
    return Manifest(tuple(documents), files=("m.yaml",))


@pytest.fixture
def manifest() -> Callable[[str], Manifest]:
    return written


@pytest.fixture
def book() -> Callable[..., Book]:
    """A book of a YAML text; further arguments as of ``Book``."""
    return lambda text, *rest: Book(written(text), *rest)


@pytest.fixture
def problems() -> Callable[..., list[Problem]]:
    """What ``check`` says of a YAML text; further arguments as of ``check``."""
    return lambda text, **options: list(check(written(text), **options))


@pytest.fixture
def codes(problems: Callable[..., list[Problem]]) -> Callable[..., list[tuple[str, str]]]:
    """Code and pointer of each problem, sorted."""
    return lambda text, **options: sorted((one.code, one.pointer) for one in problems(text, **options))
