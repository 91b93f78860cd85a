from __future__ import annotations

import time

import pytest

from importer.manifest.csv_places import cells
from importer.model import Path, Place
from manifest.texts import at, csv_file, yaml_file

YAML = """\
invoices:
  - key: A
    'notes': "two words"   # a comment
    line_items:
      - {item: w, hsn_sac: 0402}
      - item: "v"
        description: >
          folded
          text
"""
CSV = 'key,notes,line_items.item,line_items.hsn_sac\nA,"two ""words""",w,0402\nA,,"v",\n'


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("key",), "A"),
        (("notes",), '"two ""words"""'),
        (("line_items",), "w"),
        (("line_items", 0, "item"), "w"),
        (("line_items", 0, "hsn_or_sac"), "0402"),
        (("line_items", 1), '"v"'),
        (("line_items", 1, "item"), '"v"'),
        (("line_items", 1, "hsn_or_sac"), '"v"'),
        (("date",), "A"),
        ((), "A"),
    ],
)
def test_a_place_in_csv_is_that_of_the_cell_also_where_the_name_is_meant(path: Path, value: str) -> None:
    one = csv_file(CSV).documents[0]
    assert at(CSV, one.place(path)) == value
    assert at(CSV, one.place(path, of_key=True)) == value


def test_places_of_a_mapping_and_of_its_fields_are_not_mixed_up() -> None:
    text = "key,billing_address.address,billing_address.city\n" + "A,,Pune\n" + "A,1 MG Road,\n" * 20
    one = csv_file(text, name="contacts.csv").documents[0]
    assert one.place(("billing_address",)) == Place("contacts.csv", 2, 4, 4)
    assert one.place(("billing_address", "address")) == Place("contacts.csv", 3, 3, 9)
    assert one.place(("billing_address", "city")) == Place("contacts.csv", 2, 4, 4)


def test_a_cell_may_begin_in_a_line_of_its_own_record() -> None:
    one = csv_file('key,notes,round_off\nA,"x\ny\nz",1\n').documents[0]
    assert one.place(("round_off",)) == Place("invoices.csv", 4, 4, 1)
    assert one.place(("notes",)) == Place("invoices.csv", 2, 3, 2)


def test_a_scanned_record_ends_with_its_line_unless_quoted() -> None:
    text = 'x\na,"b,""\n",\nz'
    assert [text[start:end] for start, end in cells(text, 2)] == ["a", '"b,""\n"', ""]
    assert [text[start:end] for start, end in cells('a,"b', 0)] and cells('a,"b', 0)[1] == (2, 4)


def test_faults_in_a_list_of_thousands_are_placed_in_bounded_time() -> None:
    count = 20_000
    text = "invoices:\n- key: A\n  line_items:\n" + "  - {quantity: 1e5}\n" * count
    before = time.perf_counter()
    problems = yaml_file(text).problems
    assert time.perf_counter() - before < 10
    assert [problem.place for problem in problems] == [Place("m.yaml", n + 4, 16, 3) for n in range(count)]


def test_repeated_names_by_the_thousand_are_placed_in_bounded_time() -> None:
    text = "contacts:\n- key: A\n" + "".join(f"  a{n}: 1\n  a{n}: 1\n" for n in range(10_000))
    before = time.perf_counter()
    problems = [one for one in yaml_file(text).problems if one.code == "repeated-field"]
    assert time.perf_counter() - before < 10
    assert all(one.place and one.related[0].line == one.place.line - 1 for one in problems)
    assert len(problems) == 10_000
