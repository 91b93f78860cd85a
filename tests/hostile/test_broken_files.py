"""Files that are no text, or not the text they seem: one clear problem, at its place."""

from __future__ import annotations

import pytest

from hostile.inputs import GOOD, GOOD_CSV, assert_readable, validated

ENTRY = b"contacts:\n- {key: a, contact_name: A, contact_type: CUSTOMER}\n"


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"\xff" + ENTRY, "not-utf-8", 1, 1),
        (ENTRY[:12] + b"\x93" + ENTRY[12:], "not-utf-8", 2, 3),
        (ENTRY + b"# \xe2\x82", "not-utf-8", 3, 3),
        (ENTRY + b"# \xed\xa0\x80", "not-utf-8", 3, 3),
        (ENTRY.decode().encode("utf-16"), "wrong-encoding", 1, 1),
        (ENTRY.decode().encode("utf-16-le"), "wrong-encoding", 1, 1),
        (ENTRY.decode().encode("utf-16-be"), "wrong-encoding", 1, 1),
        (ENTRY.decode().encode("utf-32"), "wrong-encoding", 1, 1),
        (ENTRY.decode().encode("utf-32-be"), "binary-file", 1, 1),
        (ENTRY + b"\0", "binary-file", 3, 1),
        (ENTRY + b"# \x1b[31m", "control-character", 3, 3),
        (ENTRY + b"\x0c\n", "control-character", 3, 1),
        (ENTRY + b"\xef\xbb\xbf" + ENTRY, "control-character", 3, 1),
        (b"contacts:\n\t- key: a\n", "yaml-syntax", 2, 1),
        (b'contacts: [{key: "\\ud800"}]', "yaml-syntax", 1, 19),
        (b"%YAML 2.0\n---\n" + ENTRY, "yaml-syntax", 1, 1),
    ],
)
def test_a_file_that_is_no_text_is_one_problem_at_its_place(data: bytes, code: str, line: int, column: int) -> None:
    _, problems = validated("m.yaml", data)
    assert_readable(problems, "m.yaml", data)
    (problem,) = problems
    assert problem.place is not None
    assert (problem.code, problem.place.line) == (code, line)
    assert code == "yaml-syntax" or problem.place.column == column


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n"])
def test_line_ends_of_every_system_say_the_same(end: bytes) -> None:
    plain, _ = validated("m.yaml", GOOD)
    manifest, problems = validated("m.yaml", GOOD.replace(b"\n", end))
    assert problems == ()
    assert [one.fields for one in manifest.documents] == [one.fields for one in plain.documents]


TAGS = [
    "!!python/object/apply:os.system",
    "!!python/name:os.system",
    "!!binary",
    "!!set",
    "!!omap",
    "!!timestamp",
    "!x",
]


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("where", ["key: {} a", "key: {} [touch x]", "{} key: a", "? {} [a]\n  : b"])
def test_a_tag_makes_nothing_and_is_told_of(tag: str, where: str) -> None:
    data = f"contacts:\n- {where.format(tag)}\n".encode()
    _, problems = validated("m.yaml", data)
    assert any(one.code == "unknown-tag" and tag in one.message for one in problems)


@pytest.mark.parametrize(
    "written", ["0402", "1:30", "0o17", "0x1F", "1_000", "no", "2026-05-19", "1e5", ".inf", "=", "!"]
)
@pytest.mark.parametrize("directive", ["", "%YAML 1.1\n---\n"])
def test_what_yaml_1_1_makes_of_a_scalar_is_not_made(written: str, directive: str) -> None:
    text = f"{directive}contacts:\n- {{key: a, contact_name: '{written}', contact_type: CUSTOMER}}\n"
    manifest, _ = validated("m.yaml", text.encode())
    assert manifest.documents[0].fields["contact_name"] == written


HIDDEN = "a\\u202eb\\nc"


@pytest.mark.parametrize(
    "text",
    [
        f'contacts:\n- {{key: "{HIDDEN}"}}\n- {{key: "{HIDDEN}"}}\n',
        f'contacts:\n- {{key: a, "{HIDDEN}": 1, "{HIDDEN}": 2}}\n',
        f'"{HIDDEN}": 1\n"{HIDDEN}": 2\n',
        f'defaults: {{"{HIDDEN}": {{}}, contacts: {{"{HIDDEN}": 1}}}}\n',
        f'payments: [{{key: "{HIDDEN}", contact: "{HIDDEN}", allocations: [{{invoice: "{HIDDEN}", amount: 5}}]}}]\n',
        "contacts:\n- {key: a, f\u202eoo: 1}\n",
    ],
)
def test_marks_that_turn_the_direction_and_line_ends_are_shown_as_escapes(text: str) -> None:
    _, problems = validated("m.yaml", text.encode())
    assert any("\\u202e" in one.message for one in problems)
    assert_readable(problems, "m.yaml", text.encode())


@pytest.mark.parametrize("length", [10_000, 1_000_000])
def test_a_long_name_leaves_its_sentence_readable(length: int) -> None:
    data = f"contacts:\n- key: {'k' * length}\n- key: {'k' * length}\n- *{'a' * length}\n".encode()
    _, problems = validated("m.yaml", data)
    assert {"too-long", "repeated-key", "unknown-anchor"} <= {one.code for one in problems}
    assert_readable(problems, "m.yaml", data)


@pytest.mark.parametrize("day", ["0000-01-01", "0000-02-29", "2023-02-29", "9999-12-32"])
def test_a_day_that_is_not_is_no_date(day: str) -> None:
    data = f"invoices: [{{key: a, date: {day}, due_date: {day}}}]\n".encode()
    assert [one.code for one in validated("m.yaml", data)[1]].count("not-a-date") == 2


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2024-02-29"])
def test_the_ends_of_the_calendar_are_days(day: str) -> None:
    data = f"invoices: [{{key: a, date: {day}, due_date: {day}, invoice_number: x}}]\n".encode()
    _, problems = validated("m.yaml", data)
    assert "not-a-date" not in {one.code for one in problems}


def test_five_thousand_digits_are_no_amount() -> None:
    data = (
        f"payments: [{{key: p, amount: {'9' * 5000}, allocations: [{{invoice: a, amount: {'9' * 5000}}}]}}]\n".encode()
    )
    assert [one.code for one in validated("m.yaml", data)[1]].count("not-an-amount") == 2


def test_the_good_files_that_are_broken_here_are_good() -> None:
    assert validated("m.yaml", GOOD)[1] == ()
    assert {one.code for one in validated("invoices.csv", GOOD_CSV)[0].problems} == set()
