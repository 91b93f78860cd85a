"""Which files an entry of ``include`` means, and which entries would not mean the same everywhere."""

from __future__ import annotations

import time

import pytest

from importer.manifest.include import Include, not_portable
from importer.model import Place


def entry(text: str) -> Include:
    return Include(text, Place("finzbooks.yaml", 1, 1))


def covers(text: str, path: str) -> bool:
    return entry(text).covers(tuple(path.split("/")))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a.yaml", "a.yaml"),
        ("./a.yaml", "a.yaml"),
        ("sales", "sales/a.yaml"),
        ("sales/", "sales/2025/a.yaml"),
        (".", "sales/a.yaml"),
        ("sales/../a.yaml", "a.yaml"),
        ("../shared", "../shared/a.yaml"),
        ("../../x/*.csv", "../../x/a.csv"),
        ("*.yaml", "a.yaml"),
        ("sales/*/a.yaml", "sales/2025/a.yaml"),
        ("invoices-202[45].csv", "invoices-2025.csv"),
        ("?.yaml", "a.yaml"),
        ("**", "a.yaml"),
        ("**", "sales/2025/a.yaml"),
        ("**/*.yaml", "a.yaml"),
        ("**/a.yaml", "sales/2025/a.yaml"),
        ("**/**/a.yaml", "sales/a.yaml"),
        ("sales/**", "sales/a.yaml"),
        ("sales/**/a.yaml", "sales/a.yaml"),
        ("sales/**/q1/**", "sales/2025/q1/x/a.yaml"),
        (".private", ".private/a.yaml"),
        (".private/*.yaml", ".private/a.yaml"),
        ("*/.a.yaml", "sales/.a.yaml"),
        ("sales [old].yaml", "sales [old].yaml"),
        ("café/*.yaml", "cafe\u0301/a.yaml"),
    ],
)
def test_an_entry_covers(text: str, path: str) -> None:
    assert covers(text, path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a.yaml", "b/a.yaml"),
        ("sales", "sales.yaml"),
        ("sales", "sales/.hidden/a.yaml"),
        ("sales", "sales/.a.yaml"),
        (".", "../a.yaml"),
        ("*.yaml", "sales/a.yaml"),
        ("*", ".a.yaml"),
        ("**", ".git/a.yaml"),
        ("**", "../a.yaml"),
        ("**/a.yaml", "sales/.hidden/a.yaml"),
        ("sales/*", "sales/2025/a.yaml"),
        ("SALES/*.yaml", "sales/a.yaml"),
        ("sales/**/a.yaml", "sales/b.yaml"),
        ("[!a].yaml", "a.yaml"),
    ],
)
def test_an_entry_does_not_cover(text: str, path: str) -> None:
    assert not covers(text, path)


@pytest.mark.parametrize(("text", "path"), [("**/a*a*a*a*/" * 4, "aaaaaaaaaaaaaaaa/" * 12), ("**/a/" * 9, "a/" * 60)])
def test_many_wildcards_are_no_trap(text: str, path: str) -> None:
    started = time.perf_counter()
    assert not covers(text + "b.yaml", path + "c.yaml")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("text", "fixed", "depth"),
    [
        ("a/b.yaml", ("a", "b.yaml"), 0),
        ("a/*/b.yaml", ("a",), 2),
        ("../*.yaml", ("..",), 1),
        ("a/**/b.yaml", ("a",), None),
    ],
)
def test_a_walk_begins_before_the_first_wildcard_and_goes_no_deeper_than_it_must(
    text: str, fixed: tuple[str, ...], depth: int | None
) -> None:
    assert (entry(text).fixed, entry(text).depth) == (fixed, depth)


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("/books/a.yaml", "relative"),
        (" /books/a.yaml", "relative"),
        ("C:/books/a.yaml", "relative"),
        ("c:books", "relative"),
        (r"\\server\books", "relative"),
        (r"sales\a.yaml", "sales/a.yaml"),
        ("sales/*/../a.yaml", "in front"),
    ],
)
def test_what_only_one_machine_understands_is_refused_with_what_would_be_right(text: str, help: str) -> None:
    words = not_portable(text)
    assert words is not None and words.code == "include-not-portable"
    assert help in words.help


@pytest.mark.parametrize("text", ["a.yaml", "../a.yaml", "a/../../b", "x", "sales: old/a.yaml", "**/*.csv"])
def test_what_every_machine_understands_is_taken(text: str) -> None:
    assert not_portable(text) is None
