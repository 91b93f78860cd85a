"""What would take hours, or all of the memory, is refused at once: each of these did, or could have."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hostile.bounded import validate

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded by RLIMIT_AS")

MEGABYTE = 1024 * 1024


def bomb(first: str, line: str) -> str:
    return first + "".join(line.format(n=n, ten=", ".join([f"*a{n - 1}"] * 10)) for n in range(1, 30))


YAML = {
    "aliases in aliases": (bomb("contacts:\n- a0: &a0 [x, x]\n", "  a{n}: &a{n} [{ten}]\n"), "alias-bomb"),
    "aliases in defaults": (
        bomb("defaults:\n  contacts:\n    a0: &a0 [x, x]\n", "    a{n}: &a{n} [{ten}]\n"),
        "alias-bomb",
    ),
    "aliases in names": (bomb("contacts:\n- a0: &a0 [x, x]\n", "  ? &a{n} [{ten}]\n  : x\n"), "alias-bomb"),
    "one list many times": ("contacts:\n- a: &a [" + "x," * 5000 + "]\n" + "- b: *a\n" * 5000, "alias-bomb"),
    "one long text many times": (
        f"contacts:\n- key: &a {'x' * 4 * MEGABYTE}\n" + "- {key: *a}\n" * 100_000,
        "alias-bomb",
    ),
    "long defaults for many": (
        f"defaults: {{contacts: {{remarks: {'x' * 4 * MEGABYTE}}}}}\ncontacts:\n" + "- {key: a}\n" * 20_000,
        "too-long",
    ),
    "lists in lists": ("contacts: " + "[" * 20_000, "too-deep"),
    "mappings in mappings": ("contacts: " + "{a: " * 20_000, "too-deep"),
    "blocks in blocks": ("contacts:" + "".join(f"\n{' ' * depth}-" for depth in range(4000)), "too-deep"),
    "lists in names": ("? " + "[" * 20_000, "too-deep"),
    "names in names": ("contacts:\n- " + "? " * 20_000, "too-deep"),
    "blanks in an amount": (
        'payments: [{key: a, amount: "1' + " " * 20_000 + '-Dr"}]\n',
        "not-an-amount",
    ),
    "blanks in a date": ('payments: [{key: a, date: "1' + " " * 200_000 + 'x"}]\n', "not-a-date"),
    "underscores in an amount": ('payments: [{key: a, amount: "' + "1_" * 40_000 + '1\\nx"}]\n', "not-an-amount"),
    "marks out of order": ('contacts:\n- {key: "a' + "\u0301\u0327" * 200_000 + '"}\n', "too-long"),
    "reference with marks out of order": (
        "contacts: [{key: a}]\ninvoices:\n- {key: i, customer: a" + "\u0301\u0327" * 200_000 + "}\n",
        "unresolved-reference",
    ),
}


@pytest.mark.parametrize("case", YAML)
def test_a_bomb_in_yaml_is_refused_at_once(case: str, tmp_path: Path) -> None:
    text, code = YAML[case]
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    ended = validate("m.yaml", "--format", "json", folder=tmp_path)
    assert ended.code == 1
    assert code in {problem["code"] for problem in ended.json["problems"]}


CSV = {
    "a quote that never closes": ('key,notes\nA,"' + "x,y\n" * 5 * MEGABYTE, "unclosed-quote", 2),
    "one that never closes for doubled ones": ('key,notes\nA,"' + '""' * 10 * MEGABYTE, "unclosed-quote", 2),
    "one in a single line": ('key,notes\nA,"' + "x" * 20 * MEGABYTE, "unclosed-quote", 2),
    "a header of commas": ("key" + "," * 20 * MEGABYTE + "\n", "row-too-long", 1),
    "a row of commas": ("key,notes\nA" + "," * 20 * MEGABYTE + "\n", "row-too-long", 2),
    "more columns than a sheet has": ("key" + ",x" * 20_000 + "\n", "too-many-columns", 1),
    "a million blank rows": ("key,notes\n" + ",\n" * 500_000 + "\n" * 500_000, "empty-file", 1),
}


@pytest.mark.parametrize("case", CSV)
def test_a_csv_file_without_bounds_is_one_problem_at_its_line(case: str, tmp_path: Path) -> None:
    text, code, line = CSV[case]
    (tmp_path / "invoices.csv").write_text(text, encoding="utf-8")
    ended = validate("invoices.csv", "--format", "json", folder=tmp_path)
    assert ended.code == 1
    assert [(one["code"], one["line"]) for one in ended.json["problems"]] == [(code, line)]


def test_a_scalar_of_two_hundred_megabytes_is_a_problem_of_a_few_lines(tmp_path: Path) -> None:
    with (tmp_path / "m.yaml").open("w", encoding="utf-8") as file:
        file.write("contacts:\n- contact_name: x\n  contact_type: CUSTOMER\n  key: ")
        file.writelines("x" * MEGABYTE for _ in range(200))
    ended = validate("m.yaml", folder=tmp_path)
    assert ended.code == 1
    assert "too-long" in ended.out
    assert len(ended.out) < 10_000
