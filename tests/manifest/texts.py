"""Manifests of a few lines, and what is said of them."""

from __future__ import annotations

import textwrap
from typing import Any

from importer.manifest import Defaults, SourceFile, read
from importer.model import Document, Manifest, Place, Problem


def yaml_file(text: str, *, name: str = "m.yaml", pure: bool = False) -> Manifest:
    return read([SourceFile(name, textwrap.dedent(text).encode())], pure=pure)


def csv_file(text: str, *, name: str = "invoices.csv", defaults: tuple[Defaults, ...] = ()) -> Manifest:
    return read([SourceFile(name, textwrap.dedent(text).encode())], defaults)


def codes(manifest: Manifest) -> list[str]:
    return [problem.code for problem in manifest.problems]


def only(manifest: Manifest) -> Problem:
    """The one problem of a manifest."""
    assert len(manifest.problems) == 1, manifest.problems
    return manifest.problems[0]


def document(manifest: Manifest) -> Document:
    """The one document of a manifest without problems."""
    assert manifest.problems == ()
    assert len(manifest.documents) == 1
    return manifest.documents[0]


def fields(manifest: Manifest) -> dict[str, Any]:
    """The fields of the one document, problems or not."""
    assert len(manifest.documents) == 1
    return dict(manifest.documents[0].fields)


def at(text: str, place: Place | None) -> str:
    """What stands at ``place`` in ``text``, whose lines end with a line feed."""
    assert place is not None
    line = text.split("\n")[place.line - 1]
    return line[place.column - 1 : place.column - 1 + place.width]
