"""importer/manifest/csv_stray.py: what reports print among and below their rows, and what only looks like it."""

from __future__ import annotations

import time

import pytest

from importer.manifest.csv_stray import is_total
from manifest.texts import codes, csv_file, only

HEAD = "key,contact_name,phone,opening_balance,credit_limit,website\n"
SALE = "key,customer_id,date,line_items.name,line_items.quantity,line_items.rate\nI,ct_1,2026-05-19,Work,1,5\n"


@pytest.mark.parametrize(
    "row",
    [
        ",,,,100,",
        ",,,500,100,",
        ",,,Rs. 500.00 Dr,,",
        "Total (1 rows),,,,,",
        "Total (60 customers),,,500,,",
        "Total,60 customers,,,,",
        "Grand Total Rs.,,,500,,",
        "Grand Total (in Rs.),,,(500),-,",
        'TOTAL INR :-,,,"\u20b9 1,00,000/-",,',
        "Total: 500.00,,,,,",
        "Closing Balance,,,500 Dr,,",
        "Printed on 05/04/2025,by Meera,,,,",
        "Page 1 of 3,,,,,",
        "*** End of Report ***,,,,,",
        "Total",
    ],
)
def test_a_total_or_remark_below_the_rows_is_told_of_once_and_is_no_document(row: str) -> None:
    manifest = csv_file(f"{HEAD}a,Acme,1,,,\n{row}\n", name="contacts.csv")
    problem = only(manifest)
    assert (problem.code, problem.place and problem.place.line) == ("total-row", 3)
    assert [one.key for one in manifest.documents] == ["a"]


@pytest.mark.parametrize(
    "row",
    [
        "toi,Total Oil India,,,,",
        "Total Oil India,TOI,,,,",
        "TOTAL,Total Gas,1,,,",
        "TOTAL,ABC,,5,,",
        "total,Total,,,,",
        "Closing Balance,CB Ltd,,500,,",
        "printed matters,Printed Matters,,,,",
        "Printed on Silk,Silk Printers,,,,",
        "60,Total,,500,,",
    ],
)
def test_a_firm_that_is_called_or_kept_under_such_words_is_a_document(row: str) -> None:
    manifest = csv_file(f"{HEAD}a,Acme,1,,,\n{row}\n", name="contacts.csv")
    assert manifest.problems == ()
    assert len(manifest.documents) == 2


@pytest.mark.parametrize("row", [",Asha,,100,,", ",,9845012345,,,", ",,,100,x,"])
def test_a_row_without_key_that_holds_more_than_numbers_lacks_its_key(row: str) -> None:
    manifest = csv_file(f"{HEAD}a,Acme,1,,,\n{row}\n", name="contacts.csv")
    assert "total-row" not in codes(manifest)
    assert "missing-key" in codes(manifest)


def test_a_lone_number_with_no_row_above_it_lacks_its_key() -> None:
    assert codes(csv_file(f"{HEAD},,,100,,\n", name="contacts.csv")) == ["missing-key"]


@pytest.mark.parametrize(
    ("row", "code"), [(",,,,,500", "total-row"), (",,,,2,500", "merged-cells"), (",,,More,,500", "merged-cells")]
)
def test_one_number_below_the_lines_of_a_document_is_a_total_and_several_are_a_line(row: str, code: str) -> None:
    assert codes(csv_file(f"{SALE}{row}\n")) == [code]


def test_a_cell_made_to_be_tried_in_many_ways_takes_no_time() -> None:
    rows = [["total" + mark * 74 + "x", mark * 79 + "x"] for mark in (" ", ":", "1", "1,", "- ", "*")]
    before = time.perf_counter()
    assert not any(is_total(row, 0) for row in rows * 200)
    assert time.perf_counter() - before < 2
