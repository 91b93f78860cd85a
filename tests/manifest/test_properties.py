"""What holds for every input: any bytes are answered, what was written comes back, and places point at it."""

from __future__ import annotations

import csv
import io
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importer.manifest import SourceFile, read, with_excerpts
from importer.manifest.csv_places import cells
from importer.manifest.source import Lines
from importer.manifest.yaml_nodes import Nodes
from importer.manifest.yaml_reader import read_tree
from importer.model import Path, Tree
from manifest.texts import at

quick = settings(max_examples=60, deadline=None)

# What a YAML text can hold unescaped, and so what the dumper may write plain or in single quotes.
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ufffe\uffff\u2028\u2029"
)
TEXTS = st.text(CHARACTERS, max_size=12) | st.sampled_from(
    ["null", "~", "", "no", "0402", "1e5", "12:30", "<<", "- a", "a: b"]
)
NAMES = TEXTS.filter(bool)
TREES = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
MAPPINGS = st.dictionaries(NAMES, TREES, min_size=1, max_size=5)


class Quoting(yaml.SafeDumper):
    """Writes every text so that no loader takes it for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    risky = text in ("", "null", "~", "<<")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if risky else None)


Quoting.add_representer(str, _quoted)


@quick
@given(st.binary(max_size=200), st.sampled_from(["a.yaml", "invoices.csv", "contacts.csv"]), st.booleans())
@example(b'contacts: [{key: "\\U00110000"}]', "a.yaml", True)
@example(b"contacts: [{key: a, ? }]", "a.yaml", False)
def test_no_bytes_raise(data: bytes, name: str, pure: bool) -> None:
    read([SourceFile(name, data)], pure=pure)


FRAGMENTS = st.sampled_from(
    [
        "contacts:",
        "invoices:",
        "- ",
        "key: a",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "\n",
        "\n  ",
        "\n    ",
        "&a ",
        "*a",
        "<<: ",
        "? ",
        "!!str ",
        "!x ",
        '"',
        "'",
        ">",
        "#",
        "~",
        "null",
        "defaults:",
        "line_items:",
        "rate: 1e5",
        "---\n",
        "%",
        "@",
        "\t",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FRAGMENTS, max_size=25).map("".join))
def test_both_parsers_make_the_same_of_texts_that_look_like_manifests(text: str) -> None:
    source = SourceFile("a.yaml", text.encode())
    fast, pure = read([source]), read([source], pure=True)
    with_excerpts(fast.problems, {"a.yaml": text})
    # They part where YAML 1.1 leaves room: blanks that are tabs, and what stands above an error of syntax.
    errors = {one.code for one in (*fast.problems, *pure.problems)}
    if "\t" not in text and "yaml-syntax" not in errors:
        assert [one.fields for one in fast.documents] == [one.fields for one in pure.documents]
        assert [(one.code, one.place) for one in fast.problems] == [(one.code, one.place) for one in pure.problems]


@quick
@given(MAPPINGS, st.booleans(), st.booleans())
def test_a_tree_written_as_yaml_is_read_back_as_it_was(tree: dict[str, Tree], pure: bool, flow: bool) -> None:
    text = yaml.dump(tree, Dumper=Quoting, allow_unicode=True, sort_keys=False, default_flow_style=flow, width=1000)
    places, problems = read_tree("t.yaml", text, pure=pure)
    assert problems == []
    assert places is not None
    assert places.tree == tree
    assert list(map(str, walk(places.tree))) == list(map(str, walk(tree)))


def walk(tree: Tree, path: Path = ()) -> list[tuple[Path, str]]:
    if isinstance(tree, str):
        return [(path, tree)]
    steps: Any = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return [leaf for step, child in steps for leaf in walk(child, (*path, step))]


@quick
@given(MAPPINGS, st.booleans())
def test_what_stands_at_a_place_in_yaml_is_the_scalar(tree: dict[str, Tree], flow: bool) -> None:
    text = yaml.dump(tree, Dumper=Quoting, allow_unicode=True, sort_keys=False, default_flow_style=flow, width=100_000)
    places, _ = read_tree("t.yaml", text)
    assert places is not None
    for path, leaf in walk(tree):
        assert yaml.load(at(text, places.at(path)), yaml.BaseLoader) == leaf
        if isinstance(path[-1], str):
            assert yaml.load(at(text, places.at(path, of_key=True)).removeprefix("? "), yaml.BaseLoader) == path[-1]


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ufffe\uffff"), max_size=8
)
FILLED = (CELLS | st.sampled_from(['"', ",", "a\nb", "\r\n", '""', "null", "0402"])).filter(str.strip)


@quick
@given(st.lists(st.tuples(FILLED, FILLED), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_cells_written_as_csv_are_read_back_as_they_were(rows: list[tuple[str, str]], end: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(["key", "description", "tags", "notes"])
    writer.writerows(["k", rows[0][0], tag, ""] for _, tag in rows)
    text = out.getvalue()
    kind = "invoices"
    header, _, body = text.partition(end)
    manifest = read([SourceFile(f"{kind}.csv", (header.replace("description", "series_name") + end + body).encode())])
    assert manifest.problems == ()
    assert manifest.documents[0].fields == {"key": "k", "series_name": rows[0][0], "tags": [tag for _, tag in rows]}


@quick
@given(
    st.lists(
        st.lists(st.text(st.sampled_from('a,"\n\r x'), max_size=5), min_size=2, max_size=4), min_size=1, max_size=5
    )
)
def test_a_record_scanned_for_places_has_the_cells_that_were_read(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    text = out.getvalue()
    position = 0
    for row in rows:
        spans = cells(text, position)
        assert [unquoted(text[start:end]) for start, end in spans] == row
        position = spans[-1][1] + len("\r\n")


def unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


@quick
@given(st.text(st.sampled_from("ab\r\n"), max_size=30), st.data())
def test_a_position_and_its_place_are_the_same_character(text: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(text)))
    lines = Lines("f", text)
    place = lines.place(position)
    assert lines.start(place.line) + place.column - 1 == position


def test_libyaml_is_used_where_it_is_there() -> None:
    if yaml.__with_libyaml__:
        assert type(Nodes("f", "a").next.__self__) is yaml.CSafeLoader  # type: ignore[attr-defined]  # a bound method
