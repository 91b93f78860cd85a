"""Whatever is given, validate answers: it never raises, it ends, and what it says is fit to be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from hostile.inputs import CSV_BYTES, GOOD, GOOD_CSV, MANIFESTS, YAML_BYTES, as_flow, assert_readable, many, validated
from importer.kinds import KINDS
from importer.model import Tree


@many
@given(YAML_BYTES, st.booleans())
def test_any_bytes_as_yaml_are_answered(data: bytes, pure: bool) -> None:
    _, problems = validated("m.yaml", data, pure=pure)
    assert_readable(problems, "m.yaml", data)


@many
@given(CSV_BYTES, st.sampled_from([*KINDS, "nothing"]))
def test_any_bytes_as_csv_are_answered(data: bytes, kind: str) -> None:
    _, problems = validated(f"{kind}.csv", data)
    assert_readable(problems, f"{kind}.csv", data)


@many
@given(MANIFESTS)
@example({"invoices": [{"key": "A", "date": "9999-12-31", "due_date": "0000-02-29"}]})
def test_any_tree_of_sections_is_answered(tree: dict[str, Any]) -> None:
    data = as_flow(tree)
    _, problems = validated("m.yaml", data)
    assert_readable(problems, "m.yaml", data)


@many
@given(YAML_BYTES | MANIFESTS.map(as_flow))
def test_the_same_input_gives_the_same_problems(data: bytes) -> None:
    first, second = validated("m.yaml", data), validated("m.yaml", data)
    assert first[1] == second[1]
    assert [one.fields for one in first[0].documents] == [one.fields for one in second[0].documents]


@many
@given(st.data())
def test_rewriting_that_says_the_same_reads_to_the_same_documents(data: st.DataObject) -> None:
    expected = [one.fields for one in validated("m.yaml", GOOD)[0].documents]
    tree = yaml.load(GOOD, yaml.BaseLoader)
    tree = {section: tree[section] for section in data.draw(st.permutations(list(tree)))}
    written = yaml.dump(
        shuffled(tree, data),
        Dumper=Plain,
        default_flow_style=data.draw(st.sampled_from([None, True, False])),
        default_style=data.draw(st.sampled_from(["'", '"'])),
        sort_keys=False,
        width=data.draw(st.sampled_from([20, 80, 10_000])),
        indent=data.draw(st.integers(2, 6)),
    )
    comment, end = (
        data.draw(st.sampled_from(["", "# a comment: {\n"])),
        data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    manifest, problems = validated("m.yaml", (comment + written + comment).replace("\n", end).encode())
    assert problems == ()
    assert by_ref(one.fields for one in manifest.documents) == by_ref(expected)


@many
@given(st.data())
def test_the_order_and_the_quotes_of_columns_change_no_document(data: st.DataObject) -> None:
    rows = list(csv.reader(io.StringIO(GOOD_CSV.decode(), newline="")))
    order = data.draw(st.permutations(range(len(rows[0]))))
    out = io.StringIO(newline="")
    end = data.draw(st.sampled_from(["\r\n", "\n", "\r"]))
    dialect = data.draw(st.sampled_from(["excel", "unix"]))  # quotes where they are needed, and everywhere
    csv.writer(out, dialect, lineterminator=end).writerows([row[at] for at in order] for row in rows)
    expected = [one.fields for one in validated("invoices.csv", GOOD_CSV)[0].documents]
    assert [one.fields for one in validated("invoices.csv", out.getvalue().encode())[0].documents] == expected


class Plain(yaml.SafeDumper):
    """Writes every part out: no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def shuffled(tree: Any, data: st.DataObject) -> Any:
    """``tree`` with the names of its entries in another order."""
    mixed = {}
    for section, entries in tree.items():
        listed = isinstance(entries, list)
        mixed[section] = (
            [{name: one[name] for name in data.draw(st.permutations(list(one)))} for one in entries]
            if listed
            else entries
        )
    return mixed


def by_ref(documents: Iterable[dict[str, Tree]]) -> list[dict[str, Tree]]:
    return sorted(documents, key=lambda one: str(one["key"]))
