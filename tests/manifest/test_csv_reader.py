from __future__ import annotations

import time

import pytest

from importer.manifest import SourceFile, read
from importer.manifest.csv_reader import kind_of
from importer.model import Place, Severity
from manifest.texts import at, codes, csv_file, document, fields, only


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("invoices.csv", "invoices"),
        ("invoices-2025-04.csv", "invoices"),
        ("invoices.2025.csv", "invoices"),
        ("invoices april.csv", "invoices"),
        ("a-folder/b.c/credit_notes-1.CSV", "credit_notes"),
        ("Contacts.csv", "contacts"),
    ],
)
def test_the_stem_up_to_the_first_hyphen_point_or_blank_gives_the_kind(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_a_name_that_gives_no_kind_is_answered_with_the_nearest() -> None:
    problem = only(csv_file("key\na\n", name="invocies.csv"))
    assert (problem.code, problem.help) == ("unknown-kind", "did you mean `invoices`?")


@pytest.mark.parametrize("text", ["0402", "012345", "1e5", "no", "12:30", "27E1234567890", "null", "~", " a ", "é"])
def test_a_cell_stays_the_text_that_was_written(text: str) -> None:
    assert fields(csv_file(f"key,company_name\na,{text}\n", name="contacts.csv"))["company_name"] == text


@pytest.mark.parametrize("cell", ["", '""', "   ", '" "'])
def test_an_empty_cell_is_not_given(cell: str) -> None:
    assert document(csv_file(f"key,phone\na,{cell}\n", name="contacts.csv")).fields == {"key": "a"}


def test_dotted_names_make_mappings_and_other_spellings_are_taken() -> None:
    text = "key, billing_address.city ,billing_address.zip\na,Pune,012345\n"
    assert document(csv_file(text, name="contacts.csv")).fields["billing_address"] == {"city": "Pune", "zip": "012345"}
    text = "key,item_name,hsn_or_sac\na,x,0402\n"
    assert document(csv_file(text, name="items.csv")).fields == {"key": "a", "name": "x", "hsn_sac": "0402"}


def test_adjacent_rows_with_the_same_key_are_one_document() -> None:
    text = """\
        key,customer,date,line_items.name,line_items.quantity
        A,acme,2026-01-01,x,1
         A ,,,y,2
        A,acme,2026-01-01,,4
        A,,,,3

        B,other,2026-01-02,z,4
        """
    manifest = csv_file(text)
    assert manifest.problems == ()
    first, second = manifest.documents
    assert first.fields == {
        "key": "A",
        "customer": "acme",
        "date": "2026-01-01",
        "line_items": [
            {"name": "x", "quantity": "1"},
            {"name": "y", "quantity": "2"},
            {"quantity": "4"},
            {"quantity": "3"},
        ],
    }
    assert (second.key, second.index) == ("B", 1)


def test_a_header_field_may_be_given_on_a_later_row_only() -> None:
    text = "key,notes,line_items.name\nA,,x\nA,late,y\n"
    one = document(csv_file(text))
    assert one.fields["notes"] == "late"
    assert at(text, one.place(("notes",))) == "late"


def test_two_lists_grow_by_the_rows_that_fill_their_cells() -> None:
    text = """\
        key,line_items.name,line_items.quantity,applications.invoice,applications.amount
        C,x,1,INV-1,10
        C,y,2,,
        C,,,INV-2,20
        """
    one = document(csv_file(text, name="credit_notes.csv"))
    assert one.fields["line_items"] == [{"name": "x", "quantity": "1"}, {"name": "y", "quantity": "2"}]
    assert one.fields["applications"] == [{"invoice": "INV-1", "amount": "10"}, {"invoice": "INV-2", "amount": "20"}]
    assert one.place(("applications", 1, "amount")).line == 4


def test_a_list_of_texts_takes_a_column() -> None:
    assert fields(csv_file("key,tags\nA,t1\nA,t2\nA,\n"))["tags"] == ["t1", "t2"]


def test_a_key_that_returns_later_names_both_rows() -> None:
    manifest = csv_file("key,notes\nA,x\nB,x\nA,x\n")
    problem = only(manifest)
    assert (problem.code, str(problem.place), str(problem.related[0])) == (
        "repeated-key",
        "invoices.csv:4:1",
        "invoices.csv:2:1",
    )
    assert "below each other" in problem.help
    assert [one.key for one in manifest.documents] == ["A", "B"]


def test_keys_are_compared_in_nfc() -> None:
    manifest = csv_file("key,line_items.name\ne\u0301,x\n\u00e9,y\n")
    assert len(document(manifest).fields["line_items"]) == 2


@pytest.mark.parametrize(("name", "column"), [("notes", "notes"), ("billing_address.city", "billing_address.city")])
def test_two_values_of_a_header_field_name_both_rows(name: str, column: str) -> None:
    kind = "contacts" if "." in name else "invoices"
    manifest = csv_file(f"key,{column}\nA,one\nA,\nA,two\n", name=f"{kind}.csv")
    problem = only(manifest)
    assert (problem.code, problem.place, problem.related) == (
        "contradiction",
        Place(f"{kind}.csv", 4, 3, 3),
        (Place(f"{kind}.csv", 2, 3, 3),),
    )
    assert "line 2" in problem.message


@pytest.mark.parametrize(
    ("header", "code", "column", "help"),
    [
        ("key,dat", "unknown-column", 5, "did you mean `date`?"),
        ("key,line_items", "unknown-column", 5, "name one of its fields, such as `line_items.item`"),
        ("key,line_items.rat", "unknown-column", 5, "did you mean `line_items.rate`?"),
        ("key,date.year", "unknown-column", 5, "did you mean `date`?"),
        ("key,notes,notes", "repeated-column", 11, "remove one"),
        ("key,line_items.hsn_sac,line_items.hsn_or_sac", "repeated-column", 24, "remove one"),
        ("key,,notes", "blank-column", 5, "name a field, or remove the column"),
        ("notes,date", "missing-key", 1, "every row needs one"),
    ],
)
def test_a_mistake_in_the_header_is_reported_at_its_cell(header: str, code: str, column: int, help: str) -> None:
    row = ",".join("x" if name == "key" else "" for name in header.split(","))
    problem = only(csv_file(f"{header}\n{row}\n"))
    assert (problem.code, problem.help) == (code, help)
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (1, column)


@pytest.mark.parametrize("rows", ["A,x,,\n", "A,x, ,\nB,y,,\n", 'A,x,"",\n'])
def test_columns_at_the_end_that_hold_neither_a_name_nor_anything_else_are_no_problem(rows: str) -> None:
    assert csv_file("key,notes,,\n" + rows).problems == ()


def test_a_column_without_a_name_that_holds_something_is_told_of_once_at_the_header() -> None:
    problem = only(csv_file("key,notes,,\nA,x,,\nB,x,,y\nC,x,,z\n"))
    assert (problem.code, problem.place) == ("blank-column", Place("invoices.csv", 1, 12))
    assert problem.related == (Place("invoices.csv", 3, 6),)


@pytest.mark.parametrize(
    ("above", "line"),
    [("sep=,\n", 2), ("Customer list 2025\n", 2), ("Acme Ltd,,\n\nCustomers of 2025,,\n", 4), ("a,b\n" * 5, 6)],
)
def test_what_stands_above_the_names_of_the_fields_is_told_of_once(above: str, line: int) -> None:
    problem = only(csv_file(f"{above}key,contact_name,phone\nA,Asha,1\n", name="contacts.csv"))
    assert (problem.code, problem.place and problem.place.line) == ("rows-above-header", 1)
    assert problem.help == f"remove what stands above line {line}"
    assert problem.related == (Place("contacts.csv", line, 1, 3),)


@pytest.mark.parametrize("rows", ["Key,x\n", "key,\n", "a,b\n" * 5 + "key,phone\n"])
def test_a_firm_named_key_is_no_header_nor_is_a_row_far_below(rows: str) -> None:
    manifest = csv_file(f"Title,Name\n{rows}", name="contacts.csv")
    assert codes(manifest) == ["missing-key", "unknown-column", "unknown-column"]


def test_names_of_fields_in_the_first_row_make_it_the_header() -> None:
    manifest = csv_file("phone,Title\nkey,contact_name\n", name="contacts.csv")
    assert "rows-above-header" not in codes(manifest)


@pytest.mark.parametrize(
    ("row", "word"), [("A;x;2026-01-01", "semicolons"), ("A;1,5;x", "semicolons"), ("A\tx\ty", "tabs")]
)
def test_rows_with_another_delimiter_below_a_header_of_commas_are_named(row: str, word: str) -> None:
    problem = only(csv_file(f"key,notes,date\n{row}\n"))
    assert (problem.code, problem.place and problem.place.line) == ("wrong-delimiter", 2)
    assert word in problem.message


def test_a_short_row_in_which_a_semicolon_stands_is_a_short_row() -> None:
    assert codes(csv_file("key,notes,date\nA,x; y\n")) == ["row-too-short"]


def test_other_columns_are_read_beside_an_unknown_one() -> None:
    manifest = csv_file("key,dat,credit_limit\nA,x,lots\n", name="contacts.csv")
    assert codes(manifest) == ["unknown-column", "not-an-amount"]
    assert fields(manifest) == {"key": "A", "credit_limit": "lots"}


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [("A,x", "row-too-short", 3), ('A,x,"y",z', "row-too-long", 9), ("A", "row-too-short", 1)],
)
def test_a_row_that_is_not_as_long_as_the_header_is_a_problem(row: str, code: str, column: int) -> None:
    manifest = csv_file(f"key,notes,date\n{row}\nB,x,2026-01-01\n")
    problem = only(manifest)
    assert problem.code == code
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (2, column)
    assert [one.key for one in manifest.documents] == ["A", "B"]


@pytest.mark.parametrize("blank", ["", ",", ",,,,,", " , "])
def test_blank_rows_are_passed_over(blank: str) -> None:
    assert fields(csv_file(f"{blank}\nkey,notes\n{blank}\nA,x\n{blank}\nA,x\n")) == {"key": "A", "notes": "x"}


def test_each_row_without_a_key_is_a_problem_and_joins_nothing() -> None:
    manifest = csv_file("key,notes\nA,x\n,y\n ,z\nA,x\n")
    assert codes(manifest) == ["missing-key", "missing-key", "repeated-key"]
    assert [str(one.place) for one in manifest.problems[:2]] == ["invoices.csv:3:1", "invoices.csv:4:1"]


@pytest.mark.parametrize(
    ("header", "word"),
    [("key;notes", "semicolons"), ("key\tnotes", "tabs"), ("key|notes", "bars"), ("sep=;", "semicolons")],
)
def test_another_delimiter_is_named(header: str, word: str) -> None:
    problem = only(csv_file(f"{header}\nA;x\n"))
    assert problem.code == "wrong-delimiter"
    assert word in problem.message


@pytest.mark.parametrize("text", ["key,notes\n", "key,notes", "\n\nkey,notes\n,\n"])
def test_a_header_without_rows_is_an_empty_file(text: str) -> None:
    assert only(csv_file(text)).severity is Severity.ERROR
    problem = only(read([SourceFile("invoices.csv", text.encode(), alone=False)]))
    assert (problem.code, problem.severity) == ("empty-file", Severity.WARNING)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems_are_read_and_counted(end: str) -> None:
    text = end.join(["\ufeffkey,notes,round_off", f'A,"two{end}lines",1', "B,x,one", ""])
    manifest = csv_file(text)
    assert manifest.documents[0].fields["notes"] == f"two{end}lines"
    assert only(manifest).place == Place("invoices.csv", 4, 5, 3)
    assert manifest.documents[0].place(("round_off",)) == Place("invoices.csv", 3, 8, 1)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ('key,notes\nA,"x\nB,y\n', "unclosed-quote", 2, 3),
        ('key,notes\nA,"x""\nB,y\n', "unclosed-quote", 2, 3),
        ('key,notes\nA,"', "unclosed-quote", 2, 3),
        ('key,notes\nA,"x" y\n', "csv-syntax", 2, 3),
        ('key,"no"tes\nA,x\n', "csv-syntax", 1, 5),
        (f"key,notes\nA,{'x' * 200_000}\n", "cell-too-long", 2, 3),
        ('key,notes\nA,"' + "x,y\n" * 100_000, "unclosed-quote", 2, 3),
    ],
    ids=["open", "open after a doubled one", "open at the end", "text behind", "in the header", "long", "open, long"],
)
def test_broken_quotes_are_reported_where_the_cell_begins(text: str, code: str, line: int, column: int) -> None:
    problem = only(csv_file(text))
    assert problem.code == code
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (line, column)


def test_what_stands_above_a_broken_quote_is_kept() -> None:
    assert [one.key for one in csv_file('key,notes\nA,x\nB,"x').documents] == ["A"]


def test_ten_thousand_wrong_columns_are_reported_in_bounded_time() -> None:
    before = time.perf_counter()
    assert len(csv_file("key," + ",".join(f"column_{n}" for n in range(10_000)) + "\n").problems) == 10_000
    assert time.perf_counter() - before < 5


def test_fifty_thousand_faults_of_one_document_are_placed_in_bounded_time() -> None:
    before = time.perf_counter()
    manifest = csv_file("key,notes,line_items.quantity\nA,x,1e5\n" + "A,y,1e5\n" * 20_000)
    assert len(manifest.problems) == 40_001
    assert time.perf_counter() - before < 10


def test_a_row_that_only_repeats_the_one_above_may_be_a_document_whose_key_was_lost() -> None:
    manifest = csv_file("key,amount\n5.20412E+11,5000\n5.20412E+11,5000\n", name="payments.csv")
    problem = only(manifest)
    assert (problem.code, problem.severity, problem.place) == (
        "repeated-row",
        Severity.WARNING,
        Place("payments.csv", 3, 1, 11),
    )
    assert problem.related == (Place("payments.csv", 2, 1, 11),)
    assert len(manifest.documents) == 1


@pytest.mark.parametrize("row", ["A,,", "A,,j", "A,5,j"])
def test_a_row_with_its_key_alone_or_with_another_element_repeats_nothing(row: str) -> None:
    text = f"key,amount,allocations.invoice\nA,5,i\n{row}\n"
    assert csv_file(text, name="payments.csv").problems == ()


@pytest.mark.parametrize("again", ["key,contact_name", " key , contact_name ", "key,contact_name,"])
def test_the_header_among_the_rows_is_no_document(again: str) -> None:
    manifest = csv_file(f"key,contact_name\nA,Asha\n{again}\nB,Bina\n", name="contacts.csv")
    problem = only(manifest)
    assert (problem.code, problem.place and problem.place.line) == ("repeated-header", 3)
    assert [one.key for one in manifest.documents] == ["A", "B"]


def test_another_header_among_the_rows_is_no_document() -> None:
    problem = only(csv_file("key,contact_name\nA,Asha\nkey,phone\nB,Bina\n", name="contacts.csv"))
    assert (problem.code, problem.place and problem.place.line) == ("repeated-header", 3)
    assert "other columns" in problem.message


def test_a_firm_kept_under_the_word_key_is_a_document() -> None:
    assert csv_file("key,contact_name\nkey,Key and Lock\n", name="contacts.csv").problems == ()
