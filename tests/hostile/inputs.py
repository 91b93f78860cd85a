"""Inputs that nobody wrote with care: random bytes, broken copies of good manifests, trees of the wrong types."""

from __future__ import annotations

import json
import os
import re
from datetime import date
from pathlib import Path
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st

from importer.checks import check
from importer.kinds import KINDS
from importer.manifest import SourceFile, read, with_excerpts
from importer.manifest.levels import Level, level
from importer.model import LONGEST_SENTENCE, Manifest, Problem
from importer.report.problems import problem_lines, problems_value
from importer.report.style import Style

SAMPLES: Final = Path(__file__).resolve().parents[2] / "samples"
GOOD: Final = (SAMPLES / "quickstart" / "books.yaml").read_bytes()
TODAY: Final = date(2026, 6, 1)

# In CI a few hundred; by hand FINZ_EXAMPLES=50000 and more.
EXAMPLES: Final = int(os.environ.get("FINZ_EXAMPLES", "150"))
many = settings(max_examples=EXAMPLES, deadline=None)

CODE: Final = re.compile(r"[A-Z][0-9]{1,2}|[a-z0-9]+(-[a-z0-9]+)*")

GOOD_CSV: Final = (
    b"key,customer,date,place_of_supply,invoice_number,line_items.name,line_items.quantity,line_items.rate,"
    b"line_items.tax,tags\r\n"
    b'A,acme,2026-05-19,IN-KA,A/1,"Work, in ""May""",1,100.50,GST 18%,x\r\n'
    b'A,,,,,"two\r\nlines",2,12,,y\r\n'
    b"B,acme,2026-05-20,IN-MH,A/2,Travel,1,7,,\r\n"
)

TOKENS: Final = (
    *(b"contacts:", b"invoices:\n", b"payments:", b"credit_notes:", b"items:", b"defaults:", b"line_items:", b"key: "),
    *(b"- ", b"? ", b": ", b", ", b"{", b"}", b"[", b"]", b"\n", b"\r", b"\r\n", b"\n  ", b"\n    ", b"\t", b"#", b" "),
    *(b"&a ", b"*a", b"<<: ", b"<<: *a\n", b"!!binary ", b"!!set ", b"!x ", b"!!python/object/apply:os.system ", b"!"),
    *(b"%YAML 1.1\n", b"%TAG ! x\n", b"---\n", b"...\n", b"|\n", b">-\n", b'"', b"'", b'""', b"\\", b'"\\ud800"'),
    *(b'"\\U00110000"', b'"\\x1b[31m"', b'"\\u202e"', b'"\\N"', b"~", b"null", b"true", b"no", b"0402", b"1e5", b"-0"),
    *(b"9" * 40, b"0000-00-00", b"9999-12-31", b"2023-02-29", b"0001-01-01", b"12:30:45", b"0x1F", b"NaN", b"1,23,456"),
    *(b"\0", b"\x0c", b"\x1b", b"\x7f", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe"),
    *("\u2028\u0085\u200b\u202e\u00a0".encode(), "\u0301\u0327".encode(), "\U0001f600".encode(), "٣".encode()),
    *(b"27AAPFU0939F1ZV", b"IN-KA", b"GST 18%", b",", b",,", b";", b"=1+1", b"#REF!", b"9.97E+11", b"5 Dr"),
)


def broken(good: bytes) -> st.SearchStrategy[bytes]:
    """Copies of ``good`` with bytes turned, parts cut, doubled or moved, and tokens put in."""
    at = st.integers(0, len(good))
    what = st.sampled_from(["flip", "cut", "double", "insert", "insert", "insert", "end"])
    change = st.tuples(what, at, at, st.sampled_from(TOKENS))

    def changed(changes: list[tuple[str, int, int, bytes]]) -> bytes:
        data = good
        for what, first, second, token in changes:
            start, end = sorted((first % (len(data) + 1), second % (len(data) + 1)))
            if what == "flip":
                turned = bytes(byte ^ (1 << second % 8) for byte in data[start : start + 1])
                data = data[:start] + turned + data[start + 1 :]
            elif what == "cut":
                data = data[:start] + data[end:]
            elif what == "double":
                data = data[:end] + data[start : min(end, start + 2000)] + data[end:]
            elif what == "insert":
                data = data[:start] + token + data[start:]
            else:
                data = data[:start]
        return data

    return st.lists(change, min_size=1, max_size=6).map(changed)


YAML_BYTES: Final = (
    st.binary(max_size=300) | st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join) | broken(GOOD)
)
CSV_BYTES: Final = (
    st.binary(max_size=300) | st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join) | broken(GOOD_CSV)
)

WORDS: Final = (
    *("acme", "A", "x", "", " ", "0", "1", "-1", "100", "12.345", "99999999999999999999", "9" * 5000, "1e5", "true"),
    *("2026-05-19", "0000-02-29", "0001-01-01", "9999-12-31", "2023-02-29", "2024-02-29", "46161", "IN-KA", "IN-XX"),
    *("CUSTOMER", "INCOMING", "SERVICE", "GST 18%", "GST 18", "27AAPFU0939F1ZV", "AAPFU0939F", "997331", "INR", "USD"),
    *("B2B", "SEZ", "REGULAR", "OVERSEAS", "a\nb", "\u202eb", "e\u0301", "\U0001f600", "x" * 200),
    *("null", "~", "\u00a0 "),
)
SCALARS: Final = st.sampled_from(WORDS) | st.text(max_size=6)


def _wrong(depth: int) -> st.SearchStrategy[Any]:
    inner = SCALARS if depth == 0 else SCALARS | _wrong(depth - 1)
    return st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3)


ANYTHING: Final = SCALARS | _wrong(2)


def _value(name: str, here: Level) -> st.SearchStrategy[Any]:
    inner = here.inner.get(name)
    node = here.nodes[name]
    listed = here.is_list(name)
    chosen = node.get("enum") or node.get("examples") or ()
    likely = st.sampled_from([str(one) for one in chosen]) | SCALARS if chosen else SCALARS
    right: st.SearchStrategy[Any] = likely if inner is None else _fields(inner)
    right = st.lists(right, max_size=3) if listed else right
    return st.one_of(right, right, right, right, right, right, ANYTHING)


def _later(name: str, here: Level) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: _value(name, here))


def _fields(here: Level) -> st.SearchStrategy[dict[str, Any]]:
    known = {name: _later(name, here) for name in here.spellings if name in here.types}
    return st.builds(
        lambda fields, extra: {**fields, **extra},
        st.fixed_dictionaries({}, optional=known),
        st.just({}) | st.just({}) | st.dictionaries(SCALARS, ANYTHING, max_size=1),
    )


def _entries(kind: str) -> st.SearchStrategy[Any]:
    keys = st.fixed_dictionaries({"key": st.sampled_from(["acme", "A", "x", "B"])})
    entry = st.builds(lambda key, rest: {**rest, **key}, keys, _fields(level(kind)))
    return st.lists(st.one_of(entry, entry, entry, entry, ANYTHING), max_size=3) | ANYTHING


# Trees in the grammar of a manifest, with some of their values of a wrong type.
MANIFESTS: Final = st.fixed_dictionaries(
    {},
    optional={
        **{kind: _entries(kind) for kind in KINDS},
        "version": st.sampled_from(["1", "2"]),
        "defaults": st.fixed_dictionaries({}, optional={kind: _fields(level(kind)) for kind in KINDS}) | ANYTHING,
    },
)


def as_flow(tree: Any) -> bytes:
    """``tree`` as YAML: JSON is YAML, and quotes every text."""
    return json.dumps(tree).encode()


def validated(name: str, data: bytes, *, pure: bool = False) -> tuple[Manifest, tuple[Problem, ...]]:
    """All that validate finds in one file, as the command puts it together."""
    manifest = read([SourceFile(name, data)], pure=pure)
    found = (*manifest.problems, *check(manifest, today=TODAY))
    return manifest, with_excerpts(found, {name: data.decode("utf-8-sig", "replace")})


def assert_readable(problems: tuple[Problem, ...], name: str, data: bytes) -> None:
    """Every problem has a code, a place that is in the file, sentences of one line, and can be shown."""
    text = data.decode("utf-8-sig", "replace")
    lines = re.split(r"\r\n|\r|\n", text)
    for problem in problems:
        assert CODE.fullmatch(problem.code), problem
        for sentence in (problem.message, problem.help):
            assert sentence.isprintable() and len(sentence) <= LONGEST_SENTENCE, problem
        assert problem.message, problem
        for place in (problem.place, *problem.related):
            assert place is not None and place.file == name, problem
            assert 1 <= place.line <= len(lines), problem
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1, problem
            assert 1 <= place.width <= max(1, len(lines[place.line - 1]) - place.column + 2), problem
    for line in problem_lines(problems, Style()):
        assert line.replace("\t", " ").isprintable(), line
    json.dumps(problems_value(problems))
