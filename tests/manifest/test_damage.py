"""What spreadsheets do to values is named, with the value that was meant wherever it can be told exactly."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks import check
from importer.manifest import read
from importer.manifest.damage import in_any, in_code, in_name, in_number, plain
from importer.manifest.damaged_dates import from_serial, in_date
from importer.manifest.source import SourceFile
from importer.model import Problem, Severity


def problems(file: str, text: str) -> list[Problem]:
    manifest = read([SourceFile(file, text.encode())])
    return [*manifest.problems, *check(manifest)]


GOOD = {
    "payments": "key: P-1\nflow: INCOMING\ncontact_id: ct_1\ndate: 2026-05-19\namount: 5\nmode: UPI\n"
    "bank_account: HDFC\nreference_number: P-1",
    "contacts": "key: acme\ncontact_name: Acme\nopening_balance: 5\npayment_terms: 30\ncurrency_code: INR\nphone: 1\n"
    "website: x\ngst_no: 27AAPFU0939F1ZV\npan: AAPFU0939F",
    "items": "key: i\nname: Item\nhsn_sac: 0402\naccount: Sales\nrate: 5\nsku: W1",
}

# Kind, field, damaged value, code, help.
TABLE = [
    ("payments", "amount", "1,00,000.00", "thousands-separator", "write plain digits, as in 100000.00"),
    ("payments", "amount", "100,000.00", "thousands-separator", "write plain digits, as in 100000.00"),
    ("payments", "amount", "12 345", "thousands-separator", "write plain digits, as in 12345"),
    ("payments", "amount", "1,2,345", "not-an-amount", "write plain digits, as in 1234.50"),
    ("payments", "amount", "1,23,45", "not-an-amount", "write plain digits, as in 1234.50"),
    ("payments", "amount", "1234,50", "decimal-comma", "write plain digits with a point, as in 1234.50"),
    ("payments", "amount", "9.97e+11", "excel-exponent", "format the column as a number with its decimals"),
    ("payments", "amount", "₹ 1,00,000.00", "currency-sign", "write plain digits, as in 100000.00"),
    ("payments", "amount", "Rs. 500", "currency-sign", "write plain digits, as in 500"),
    ("payments", "amount", "INR 32.00", "currency-sign", "write plain digits, as in 32.00"),
    ("payments", "amount", "100/-", "currency-sign", "write plain digits, as in 100"),
    ("payments", "amount", "1,200.00 Cr", "debit-credit-suffix", "write plain digits, as in 1200.00"),
    ("contacts", "opening_balance", "₹1,200.00 Dr.", "debit-credit-suffix", "as in 1200.00, or -1200.00 if it stands"),
    ("contacts", "opening_balance", "0.00 Dr", "debit-credit-suffix", "write plain digits, as in 0.00"),
    (
        "contacts",
        "opening_balance",
        "1.5 cr",
        "debit-credit-suffix",
        "-1.5 if it stands on the other side, or 15000000 if Cr is crore",
    ),
    ("contacts", "opening_balance", "(1,200.00)", "accounting-negative", "write plain digits, as in -1200.00"),
    ("contacts", "opening_balance", "1200.00-", "accounting-negative", "write plain digits, as in -1200.00"),
    ("contacts", "opening_balance", "\u2212500", "long-dash", "write plain digits, as in -500"),
    ("payments", "amount", "(5)", "accounting-negative", "it means -5, but only zero and above can stand here"),
    ("payments", "amount", "5%", "percent-sign", "write the number that is meant"),
    ("payments", "amount", "1E+05", "excel-exponent", "export it again"),
    ("payments", "amount", "1\u00a0000", "odd-blank", "write plain digits, as in 1000"),
    ("payments", "amount", "\u200b500", "odd-blank", "write plain digits, as in 500"),
    ("payments", "amount", "\u201c500\u201d", "smart-quote", "write plain digits, as in 500"),
    ("payments", "amount", "'500", "leading-apostrophe", "write plain digits, as in 500"),
    ("payments", "amount", '="500"', "formula-text", "write plain digits, as in 500"),
    ("payments", "amount", "=A1*B1", "formula-text", "put the value in the place of the formula"),
    ("payments", "amount", "#REF!", "excel-error-value", "mend the cell"),
    ("payments", "amount", "#DIV/0!", "excel-error-value", "mend the cell"),
    ("payments", "amount", "########", "excel-error-value", "make the column wider"),
    ("contacts", "payment_terms", "30 Cr", "debit-credit-suffix", "write plain digits, as in 30"),
    ("contacts", "payment_terms", "30.0", "not-an-integer", "write plain digits, as in 30"),
    ("payments", "date", "45797", "excel-serial-date", "write 2025-05-20"),
    ("payments", "date", "45797.75", "excel-serial-date", "write 2025-05-20"),
    ("payments", "date", "19/05/2026", "local-date", "write 2026-05-19"),
    ("payments", "date", "05-19-26", "local-date", "write 2026-05-19"),
    ("payments", "date", "19-05-26", "local-date", "2026-05-19 if the day comes first, or 2019-05-26 if the year does"),
    (
        "payments",
        "date",
        "04/05/2026",
        "local-date",
        "2026-05-04 if the day comes first, or 2026-04-05 if the month does",
    ),
    ("payments", "date", "05.05.2026", "local-date", "write 2026-05-05"),
    ("payments", "date", "19-May-26", "local-date", "write 2026-05-19"),
    ("payments", "date", "May 19, 2026", "local-date", "write 2026-05-19"),
    ("payments", "date", "19-May", "local-date", "write YYYY-MM-DD"),
    ("payments", "date", "19-May-87", "local-date", "write YYYY-MM-DD"),
    ("payments", "date", "20260519", "local-date", "write 2026-05-19"),
    ("payments", "date", "2026/5/9", "local-date", "write 2026-05-09"),
    ("payments", "date", "19/05/2026 14:30", "local-date", "write 2026-05-19"),
    ("payments", "date", "2026-05-19 00:00:00", "date-with-time", "write 2026-05-19, without the time"),
    ("payments", "date", "2026-05-19T18:30:00Z", "date-with-time", "the zone may change it"),
    ("payments", "date", "2026\u201305\u201319", "long-dash", "write 2026-05-19"),
    ("payments", "date", "#N/A", "excel-error-value", "mend the cell"),
    ("payments", "mode", "UPI\u00a0", "odd-blank", "write UPI"),
    ("payments", "mode", "'UPI", "leading-apostrophe", "write UPI"),
    ("items", "hsn_sac", "997331.0", "code-as-number", "write 997331"),
    ("items", "hsn_sac", "'0402", "leading-apostrophe", "write 0402"),
    ("items", "hsn_sac", '="0402"', "formula-text", "write 0402"),
    ("items", "hsn_sac", "9.97E+05", "excel-exponent", "format the column as a number without decimals"),
    ("items", "hsn_sac", "8471 30 10", "bad-format", "write 84713010"),
    ("items", "hsn_sac", "8471.30.10", "bad-format", "write 84713010"),
    ("items", "hsn_sac", "2307 00", "bad-format", "write 230700"),
    ("items", "hsn_sac", "0402 ", "bad-format", "write 0402"),
    ("items", "hsn_sac", "84 71x", "bad-format", "For example"),
    ("payments", "date", "2026-05-19 ", "not-a-date", "write 2026-05-19"),
    ("payments", "mode", "NEFT", "not-one-of", "write BANK_TRANSFER"),
    ("payments", "mode", "rtgs", "not-one-of", "write BANK_TRANSFER"),
    ("payments", "mode", "Imps", "not-one-of", "write BANK_TRANSFER"),
    ("items", "hsn_sac", "402", "H1", "did you mean 0402?"),
    ("contacts", "currency_code", "\u2018INR\u2019", "smart-quote", "write INR"),
    ("contacts", "gst_no", "9.97E+11", "excel-exponent", "format the column as a number without decimals"),
    ("contacts", "gst_no", "#NAME?", "excel-error-value", "mend the cell"),
    ("contacts", "gst_no", "9.97e+11", "excel-exponent", "format the column as a number without decimals"),
    ("contacts", "pan", "9.1e+09", "excel-exponent", "format the column as a number without decimals"),
    ("contacts", "phone", "9.97e+11", "excel-exponent", "format the column as a number without decimals"),
    ("contacts", "pan", "\u200bAAPFU0939F", "odd-blank", "write AAPFU0939F"),
    ("contacts", "phone", "9.97E+11", "excel-exponent", "format the column as a number without decimals"),
    ("contacts", "phone", "9845012345.0", "code-as-number", "write 9845012345"),
    ("items", "account", "4.1E+11", "excel-exponent", "format the column as a number without decimals"),
    ("items", "account", "#N/A", "excel-error-value", "mend the cell"),
    ("payments", "key", "9.97E+11", "excel-exponent", "format the column as a number without decimals"),
    ("contacts", "key", "acme\u00a0corp", "odd-blank", "write acme corp; "),
    ("items", "key", "ac\u200bme", "odd-blank", "write acme; "),
    ("contacts", "key", "'000123", "leading-apostrophe", "write 000123"),
    ("contacts", "contact_name", "Acme\u00a0Corp", "odd-blank", "write Acme Corp; "),
    ("contacts", "contact_name", '=B2&" Ltd"', "formula-text", "put the value in the place of the formula"),
    ("contacts", "website", "=HYPERLINK(B2)", "formula-text", "put the value in the place of the formula"),
    ("items", "sku", "'0042", "leading-apostrophe", "write 0042"),
    ("items", "sku", "W\u200b1", "odd-blank", "write W1; "),
    ("items", "sku", "=-$B$2", "formula-text", "put the value in the place of the formula"),
    ("items", "account", "'4000", "leading-apostrophe", "write 4000"),
    ("payments", "reference_number", "'0042", "leading-apostrophe", "write 0042"),
    ("payments", "reference_number", "'426-112", "leading-apostrophe", "write 426-112"),
    ("payments", "reference_number", "UTR\u00a01", "odd-blank", "write UTR 1; "),
    ("payments", "reference_number", "='Sheet 1'!B2", "formula-text", "put the value in the place of the formula"),
    ("payments", "reference_number", "=B2 & C2", "formula-text", "put the value in the place of the formula"),
    ("payments", "reference_number", "=[@UTR]", "formula-text", "put the value in the place of the formula"),
    ("contacts", "contact_name", "#VALUE!", "excel-error-value", "mend the cell"),
]


def spoilt(kind: str, name: str, value: str) -> dict[str, str]:
    fields = dict(line.split(": ") for line in GOOD[kind].splitlines())
    assert name in fields
    return {**fields, name: value}


def told(found: list[Problem], name: str) -> Problem:
    """The one problem; that a GSTIN has no PAN to agree with is no second one."""
    (problem,) = found
    assert problem.pointer.endswith(f"/{name}")
    return problem


@pytest.mark.parametrize(("kind", "name", "value", "code", "help"), TABLE)
def test_damage_in_a_cell_is_named_once_at_its_place(kind: str, name: str, value: str, code: str, help: str) -> None:
    fields = spoilt(kind, name, value)
    cells = ['"' + cell.replace('"', '""') + '"' for cell in fields.values()]
    problem = told(problems(f"{kind}.csv", f"{','.join(fields)}\n{','.join(cells)}\n"), name)
    assert (problem.code, help in problem.help) == (code, True), problem
    at = list(fields).index(name)
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (2, sum(len(cell) + 1 for cell in cells[:at]) + 1)


@pytest.mark.parametrize(("kind", "name", "value", "code", "help"), TABLE)
def test_damage_pasted_into_yaml_is_named_likewise(kind: str, name: str, value: str, code: str, help: str) -> None:
    fields = spoilt(kind, name, value)
    lines = "\n".join("    " + field + ": '" + text.replace("'", "''") + "'" for field, text in fields.items())
    problem = told(problems("f.yaml", f"{kind}:\n  -\n{lines}\n"), name)
    assert (problem.code, help in problem.help) == (code, True), problem
    assert problem.place is not None
    assert problem.place.line == 3 + list(fields).index(name)


@pytest.mark.parametrize("kind", GOOD)
def test_what_the_table_damages_is_good_without(kind: str) -> None:
    lines = GOOD[kind].replace("\n", "\n    ")
    assert problems("f.yaml", f"{kind}:\n  - {lines}\n") == []


def test_a_code_and_a_name_are_errors_and_a_text_that_nothing_is_known_by_a_warning() -> None:
    wanted = {"gst_no": Severity.ERROR, "phone": Severity.WARNING, "contact_name": Severity.ERROR}
    wanted |= {"email": Severity.WARNING}
    for name, severity in wanted.items():
        (problem,) = problems(
            "f.yaml",
            f"contacts: [{{key: a, contact_name: A, {name}: '#REF!'}}]\n".replace(
                "contact_name: A, contact_name", "contact_name"
            ),
        )
        assert problem.severity is severity, problem


@pytest.mark.parametrize(("state", "codes"), [("IN-KA", ["short-pin-code"]), ("", [])])
def test_a_pin_code_of_five_digits_is_told_of_in_india_only(state: str, codes: list[str]) -> None:
    address = f"{{zip: 56001, state_code: {state}}}" if state else "{zip: 10115, country: Germany}"
    found = problems("f.yaml", f"contacts: [{{key: a, contact_name: A, billing_address: {address}}}]\n")
    assert [one.code for one in found] == codes


def test_a_pin_code_with_decimals_is_shown_without() -> None:
    text = "contacts: [{key: a, contact_name: A, billing_address: {zip: 560001.0}}]\n"
    (problem,) = problems("f.yaml", text)
    assert (problem.code, problem.help) == ("code-as-number", "write 560001")


def test_a_reference_to_what_a_spreadsheet_made_of_a_key_is_told_of_once() -> None:
    (problem,) = problems(
        "f.yaml",
        "payments: [{key: P, flow: INCOMING, contact: '#REF!', date: 2026-05-19, amount: 5,"
        " mode: UPI, bank_account: H}]\n",
    )
    assert (problem.code, problem.pointer) == ("excel-error-value", "/payments/0/contact")


@pytest.mark.parametrize(
    "value",
    [
        *("=A", "=Plus", "=Q4 Tea", "==", "1e5", "9.97e+11", "E+", "#1 Supplies", "Café \u2013 Bar", "Errand", "“A”"),
        *("O'Brien", "'tis", "'Tis", "'A' brand", "'90s Kids", "'70S", "'24' rack", "'", "नमस्ते", "क्\u200dष"),
    ],
)
def test_a_text_that_somebody_may_have_written_is_left_alone(value: str) -> None:
    quoted = value.replace("'", "''")
    assert problems("f.yaml", f"items: [{{key: '{quoted}', name: '{quoted}', sku: '{quoted}'}}]\n") == []


@pytest.mark.parametrize("row", ["Grand Total,,100,", ",Total,100,", 'TOTAL:,,"1,00,000.00",', ",,Sub-total,5 Dr"])
def test_a_row_of_totals_is_told_of_once(row: str) -> None:
    text = f"key,contact_name,phone,website\na,Acme,1,x\n{row}\n"
    (problem,) = problems("contacts.csv", text)
    assert (problem.code, problem.place and problem.place.line) == ("total-row", 3)


def test_a_contact_named_total_is_a_contact() -> None:
    assert problems("contacts.csv", "key,contact_name,phone\ntotal,Total Energies,1\nb,Total,2\n") == []


def test_rows_below_a_merged_cell_are_told_of_and_read_on() -> None:
    text = (
        "key,customer_id,date,place_of_supply,line_items.name,line_items.quantity,line_items.rate\n"
        "I-1,ct_1,2026-05-19,IN-KA,Work,1,5\n,,,,More,1,6\n,,,,Most,1,x\n"
    )
    found = [(one.code, one.place and one.place.line) for one in problems("invoices.csv", text)]
    assert sorted(found, key=str) == [("merged-cells", 3), ("merged-cells", 4), ("not-a-number", 4)]


def test_a_serial_number_is_the_day_that_a_count_from_march_1900_gives() -> None:
    day, oracle = 61, date(1900, 3, 1)  # the first day that Excel counts right
    while day < 80_000:
        assert from_serial(day) == oracle
        day, oracle = day + 1, oracle + timedelta(days=1)
    assert (from_serial(45_797), from_serial(2_958_465)) == (date(2025, 5, 20), date.max)


@pytest.mark.parametrize("number", [-1, 0, 1, 59, 60, 2_958_466])
def test_a_serial_number_of_the_days_that_excel_miscounts_is_not_computed(number: int) -> None:
    assert from_serial(number) is None


@given(st.dates())
def test_no_iso_date_is_damaged(day: date) -> None:
    assert in_date(day.isoformat()) is None


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_no_plain_number_is_damaged(number: Decimal) -> None:
    text = format(number, "f")
    assert in_number(text, lambda _: True) is None
    assert plain(text) == text


@given(st.from_regex(r"[0-9]{2,8}|[A-Z]{3}|IN-[A-Z]{2}|[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]", fullmatch=True))
def test_no_plain_code_is_damaged(text: str) -> None:
    assert in_code(text) is None


@given(st.from_regex(r"[a-zA-Z0-9_][a-zA-Z0-9_ ./-]*", fullmatch=True))
def test_no_plain_word_is_damaged(text: str) -> None:
    assert in_any(text) is None
    assert in_name(text) is None


@given(st.integers(0, 10**13), st.sampled_from(["{}", "Rs. {}", "₹{}", "{} Dr", "'{}", '="{}"', "\u00a0{}", "{}/-"]))
def test_the_number_in_a_dressed_one_is_the_number(number: int, dress: str) -> None:
    assert plain(dress.format(f"{number:,}")) == str(number)


INVOICE = "key,customer_id,date,place_of_supply,auto_approve,line_items.name,line_items.quantity,line_items.rate\n"
AGAIN = "; in the spreadsheet, format the column as yyyy-mm-dd, or it writes the same at every save"


@pytest.mark.parametrize("word", ["TRUE", "False"])
def test_the_help_for_a_boolean_of_a_spreadsheet_works_in_a_spreadsheet(word: str) -> None:
    (problem,) = problems("invoices.csv", f"{INVOICE}I,ct_1,2026-05-19,IN-KA,{word},A,1,5\n")
    right = word.lower()
    assert problem.code == "not-a-boolean"
    assert problem.help == (
        f"write `{right}`: in a spreadsheet, type it with an apostrophe in front, '{right}, or format the column as "
        "text before you type it; else it makes capitals of it at every save"
    )


def test_the_help_for_a_boolean_of_a_yaml_file_speaks_of_no_spreadsheet() -> None:
    text = (
        "invoices: [{key: I, customer_id: c, date: 2026-05-19, place_of_supply: IN-KA, auto_approve: TRUE,"
        " line_items: [{name: A, quantity: 1, rate: 5}]}]\n"
    )
    (problem,) = problems("f.yaml", text)
    assert (problem.code, problem.help) == ("not-a-boolean", "write `true`")


@pytest.mark.parametrize(
    ("day", "help"),
    [
        ("19/05/2026", "write 2026-05-19" + AGAIN),
        ("46161", "write 2026-05-19, which is day 46161 in Excel's count" + AGAIN),
        ("2026-05-19 00:00", "write 2026-05-19, without the time" + AGAIN),
        ("19-May", "write YYYY-MM-DD; in the spreadsheet, give the column that format and export it again"),
        ("2026-05-19 ", "write 2026-05-19"),
    ],
)
def test_a_date_that_a_spreadsheet_would_write_again_is_mended_by_a_format(day: str, help: str) -> None:
    (problem,) = problems("invoices.csv", f"{INVOICE}I,ct_1,{day},IN-KA,true,A,1,5\n")
    assert problem.help == help


def test_a_date_in_a_yaml_file_is_mended_where_it_stands() -> None:
    (problem,) = problems(
        "f.yaml", "payments: [{" + GOOD["payments"].replace("\n", ", ").replace("2026-05-19", "19/05/2026") + "}]"
    )
    assert (problem.code, problem.help) == ("local-date", "write 2026-05-19")


@pytest.mark.parametrize("blank", [" 0402", "0402 ", "2026-05-19 "])
def test_a_blank_that_nobody_sees_is_told_of(blank: str) -> None:
    kind, name = ("payments", "date") if "-" in blank else ("items", "hsn_sac")
    fields = spoilt(kind, name, blank)
    (problem,) = problems(f"{kind}.csv", f"{','.join(fields)}\n{','.join(fields.values())}\n")
    assert problem.message.endswith(": there are blanks around it")
