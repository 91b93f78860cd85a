from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.compare import Expected
from importer.delivery.natural import PARTLY, UNTOLD, Match, Wanted, dead, match_all, relevant, searches, unsure
from importer.delivery.rows import Rows
from importer.kinds import CONTACTS, CREDIT_NOTES, INVOICES, ITEMS, KINDS, PAYMENTS, Kind
from importer.model import Ref

D = Decimal
Row = dict[str, Any]
HUNDRED = Expected(D(100), D(100), 1, None)

INVOICE = {"customer_id": "ct_1", "date": "2026-05-19T00:00:00", "reference_number": "ORDER-1"}
INVOICE_ROW = {"invoice_id": "inv_1", **INVOICE, "status": "SENT", "total": D(100), "round_off": D(0)}
PAYMENT = {"contact_id": "ct_1", "date": "2026-05-20", "reference_number": "UTR-1", "amount": D("60.00")}
PAYMENT_ROW = {"payment_id": "pay_1", **PAYMENT, "amount": 60}
NOTE = {"customer_id": "ct_1", "date": "2026-05-21", "reference_number": "CN-1"}
NOTE_ROW = {"credit_note_id": "cn_1", **NOTE, "status": "ISSUED", "total": D(100)}


def wanted(kind: Kind, values: Mapping[str, Any], key: str = "k", expected: Expected | None = HUNDRED) -> Wanted:
    return Wanted(Ref(kind.name, key), values, expected)


def matches(
    kind: Kind,
    ones: list[Wanted],
    rows: list[Row],
    claimed: Mapping[tuple[str, str], Ref] | None = None,
) -> list[Match]:
    held = Rows(kind, relevant(kind, ones))
    held.add(rows)
    found = match_all(kind, ones, held, claimed or {})
    return [found[one.ref] for one in ones]


def found(kind: Kind, values: Mapping[str, Any], *rows: Row, expected: Expected | None = HUNDRED) -> list[str]:
    """The ids of the rows that are one and the same with ``values``."""
    (match,) = matches(kind, [wanted(kind, values, expected=expected)], list(rows))
    return [row[kind.id_field] for row in match.rows]


def alike(kind: Kind, values: Mapping[str, Any], *rows: Row, expected: Expected | None = HUNDRED) -> list[str]:
    (match,) = matches(kind, [wanted(kind, values, expected=expected)], list(rows))
    assert match.rows == ()
    return [row[kind.id_field] for row in match.alike]


# Contacts.

GSTIN, OTHER_GSTIN = "27AAPFU0939F1ZV", "29AABCF9012G1ZQ"


def contact(name: str = "Acme", type_: str = "CUSTOMER", gst_no: str | None = None, id_: str = "ct_1") -> Row:
    return {"contact_id": id_, "contact_name": name, "contact_type": type_, "gst_no": gst_no}


def test_a_contact_is_known_by_its_gstin_whatever_its_name() -> None:
    (match,) = matches(CONTACTS, [wanted(CONTACTS, contact(gst_no=GSTIN))], [contact("ACME LTD", "BOTH", GSTIN)])
    assert [row["contact_id"] for row in match.rows] == ["ct_1"]
    assert match.words == "the same GSTIN"


def test_a_contact_without_a_gstin_is_known_by_its_exact_name_and_type() -> None:
    assert found(CONTACTS, contact(), contact()) == ["ct_1"]
    assert found(CONTACTS, contact(), contact("acme")) == []
    assert found(CONTACTS, contact(), contact(type_="VENDOR")) == []


def test_a_contact_of_the_same_name_with_another_gstin_is_another_contact() -> None:
    assert found(CONTACTS, contact(gst_no=GSTIN), contact(gst_no=OTHER_GSTIN)) == []


def test_a_gstin_on_one_side_alone_does_not_keep_a_name_from_matching() -> None:
    assert found(CONTACTS, contact(gst_no=GSTIN), contact(gst_no=None)) == ["ct_1"]
    assert found(CONTACTS, contact(gst_no=GSTIN), contact(gst_no=" ")) == ["ct_1"]
    assert found(CONTACTS, contact(gst_no=None), contact(gst_no=GSTIN)) == ["ct_1"]


def test_the_gstin_counts_before_the_name() -> None:
    rows = [contact("Acme", gst_no=None, id_="by_name"), contact("Other", gst_no=GSTIN, id_="by_gstin")]
    assert found(CONTACTS, contact(gst_no=GSTIN), *rows) == ["by_gstin"]


def test_names_are_compared_in_nfc_and_without_blanks_around() -> None:
    assert found(CONTACTS, contact("Café"), contact(" Cafe\N{COMBINING ACUTE ACCENT} ")) == ["ct_1"]


def test_two_contacts_of_one_name_are_ambiguous() -> None:
    assert found(CONTACTS, contact(), contact(id_="a"), contact(id_="b")) == ["a", "b"]


def test_a_contact_whose_type_is_not_answered_is_only_alike() -> None:
    assert alike(CONTACTS, contact(), {"contact_id": "ct_1", "contact_name": "Acme"}) == ["ct_1"]
    assert alike(CONTACTS, contact(), {"contact_id": "ct_1", "contact_name": "Other"}) == []


# Items.


def test_an_item_is_known_by_its_sku_whatever_its_name() -> None:
    assert found(ITEMS, {"name": "A", "sku": "S1"}, {"item_id": "it_1", "item_name": "B", "sku": "S1"}) == ["it_1"]


def test_an_item_is_known_by_its_name_under_either_spelling() -> None:
    assert found(ITEMS, {"name": "A"}, {"item_id": "it_1", "item_name": "A"}) == ["it_1"]
    assert found(ITEMS, {"name": "A"}, {"item_id": "it_1", "name": "A"}) == ["it_1"]


def test_an_item_of_the_same_name_with_another_sku_is_another_item() -> None:
    assert found(ITEMS, {"name": "A", "sku": "S1"}, {"item_id": "it_1", "item_name": "A", "sku": "S2"}) == []
    assert found(ITEMS, {"name": "A", "sku": "S1"}, {"item_id": "it_1", "item_name": "A", "sku": None}) == ["it_1"]


def test_a_sku_keeps_its_leading_zero() -> None:
    assert found(ITEMS, {"name": "A", "sku": "007"}, {"item_id": "it_1", "item_name": "B", "sku": "7"}) == []


# Invoices.


def test_an_invoice_is_known_by_its_number_even_for_another_customer() -> None:
    values = {**INVOICE, "invoice_number": "INV-7"}
    row = {**INVOICE_ROW, "invoice_number": "INV-7", "customer_id": "ct_2", "reference_number": None}
    assert found(INVOICES, values, row) == ["inv_1"]


def test_an_invoice_is_known_by_reference_and_customer_whatever_its_total() -> None:
    assert found(INVOICES, INVOICE, {**INVOICE_ROW, "total": D(999)}) == ["inv_1"]
    assert found(INVOICES, INVOICE, {**INVOICE_ROW, "customer_id": "ct_2"}) == []


def test_an_invoice_of_a_customer_that_is_not_in_the_books_is_not_in_them_either() -> None:
    values = {name: value for name, value in INVOICE.items() if name != "customer_id"}
    assert found(INVOICES, values, INVOICE_ROW) == []
    assert searches(INVOICES, [wanted(INVOICES, values)]) == ()


@pytest.mark.parametrize("reference", ["OTHER", None])
def test_the_same_customer_date_and_total_under_another_reference_is_a_likeness(reference: str | None) -> None:
    assert alike(INVOICES, INVOICE, {**INVOICE_ROW, "reference_number": reference}) == ["inv_1"]


@pytest.mark.parametrize(
    "values", [{"customer_id": "ct_2"}, {"date": "2026-05-18"}, {"total": D(101)}, {"status": "CANCELLED"}]
)
def test_it_is_no_likeness_when_one_of_them_differs_or_it_was_voided(values: Row) -> None:
    assert alike(INVOICES, INVOICE, {**INVOICE_ROW, "reference_number": "OTHER", **values}) == []


def test_a_likeness_has_the_same_date_part_in_either_spelling() -> None:
    assert alike(INVOICES, INVOICE, {**INVOICE_ROW, "reference_number": None, "date": "2026-05-19"}) == ["inv_1"]


def test_references_are_compared_to_their_last_character() -> None:
    values, row = ({**INVOICE_ROW, "reference_number": f"ORDER-000000{at}", "total": D(at)} for at in (1, 2))
    assert found(INVOICES, values, row) == []


def test_nothing_is_alike_where_our_own_total_cannot_be_told() -> None:
    assert alike(INVOICES, INVOICE, {**INVOICE_ROW, "reference_number": "OTHER"}, expected=None) == []


def test_an_exact_match_hides_the_likenesses() -> None:
    other = {**INVOICE_ROW, "invoice_id": "inv_2", "reference_number": "OTHER"}
    (match,) = matches(INVOICES, [wanted(INVOICES, INVOICE)], [other, INVOICE_ROW])
    assert [row["invoice_id"] for row in match.rows] == ["inv_1"]
    assert match.alike == ()


def test_a_voided_invoice_gives_way_to_a_living_one_and_is_found_alone() -> None:
    voided = {**INVOICE_ROW, "invoice_id": "inv_0", "status": "CANCELLED"}
    assert found(INVOICES, INVOICE, voided, INVOICE_ROW) == ["inv_1"]
    assert found(INVOICES, INVOICE, voided) == ["inv_0"]
    assert dead(INVOICES, voided)
    assert not dead(INVOICES, INVOICE_ROW)


def test_two_invoices_of_one_reference_and_customer_are_ambiguous() -> None:
    assert found(INVOICES, INVOICE, INVOICE_ROW, {**INVOICE_ROW, "invoice_id": "inv_2"}) == ["inv_1", "inv_2"]


def test_a_row_that_comes_twice_in_a_walk_counts_once() -> None:
    assert found(INVOICES, INVOICE, INVOICE_ROW, dict(INVOICE_ROW)) == ["inv_1"]


def test_a_row_without_an_id_is_passed_over() -> None:
    assert found(INVOICES, INVOICE, {**INVOICE_ROW, "invoice_id": None}) == []


# Payments and credit notes: amount and date must agree.


def test_a_payment_is_known_by_reference_contact_amount_and_date() -> None:
    assert found(PAYMENTS, PAYMENT, PAYMENT_ROW) == ["pay_1"]
    assert found(PAYMENTS, PAYMENT, {**PAYMENT_ROW, "date": "2026-05-20T00:00:00"}) == ["pay_1"]
    assert found(PAYMENTS, PAYMENT, {**PAYMENT_ROW, "contact_id": "ct_2"}) == []


@pytest.mark.parametrize("values", [{"amount": 61}, {"amount": None}, {"date": "2026-05-21"}])
def test_a_payment_of_the_same_reference_with_another_amount_or_date_is_a_likeness(values: Row) -> None:
    assert alike(PAYMENTS, PAYMENT, {**PAYMENT_ROW, **values}) == ["pay_1"]


def test_a_payment_of_the_same_contact_date_and_amount_under_another_reference_is_a_likeness() -> None:
    assert alike(PAYMENTS, PAYMENT, {**PAYMENT_ROW, "reference_number": None}) == ["pay_1"]
    assert alike(PAYMENTS, PAYMENT, {**PAYMENT_ROW, "reference_number": None, "amount": 61}) == []


def test_a_credit_note_is_known_by_reference_customer_total_and_date() -> None:
    assert found(CREDIT_NOTES, NOTE, NOTE_ROW) == ["cn_1"]
    assert alike(CREDIT_NOTES, NOTE, {**NOTE_ROW, "total": D(90)}) == ["cn_1"]
    assert alike(CREDIT_NOTES, NOTE, {**NOTE_ROW, "date": "2026-05-22"}) == ["cn_1"]
    assert alike(CREDIT_NOTES, NOTE, {**NOTE_ROW, "reference_number": "OTHER"}) == ["cn_1"]


def test_a_credit_note_answered_without_date_and_total_is_known_by_reference_and_customer() -> None:
    row = {"credit_note_id": "cn_1", "customer_id": "ct_1", "reference_number": "CN-1", "status": "ISSUED"}
    assert found(CREDIT_NOTES, NOTE, row) == ["cn_1"]


def test_a_voided_note_that_does_not_agree_is_no_likeness() -> None:
    assert alike(CREDIT_NOTES, NOTE, {**NOTE_ROW, "total": D(90), "status": "CANCELLED"}) == []


# Rows that belong to others.


def test_a_row_that_belongs_to_another_document_is_no_candidate() -> None:
    other = {("invoices", "inv_1"): Ref("invoices", "other")}
    (match,) = matches(INVOICES, [wanted(INVOICES, INVOICE)], [INVOICE_ROW], other)
    assert match == Match()


def test_a_row_that_belongs_to_the_document_itself_is_found() -> None:
    own = {("invoices", "inv_1"): Ref("invoices", "k")}
    (match,) = matches(INVOICES, [wanted(INVOICES, INVOICE)], [INVOICE_ROW], own)
    assert len(match.rows) == 1


def test_an_id_of_another_kind_claims_nothing() -> None:
    other = {("payments", "inv_1"): Ref("payments", "other")}
    assert len(matches(INVOICES, [wanted(INVOICES, INVOICE)], [INVOICE_ROW], other)[0].rows) == 1


def test_what_is_one_document_by_its_natural_key_is_no_likeness_of_another() -> None:
    one = wanted(INVOICES, INVOICE, "one")
    twin = wanted(INVOICES, {**INVOICE, "reference_number": "ORDER-2"}, "twin")
    for pair in ([one, twin], [twin, one]):
        by_ref = dict(zip([it.ref.key for it in pair], matches(INVOICES, pair, [INVOICE_ROW]), strict=True))
        assert len(by_ref["one"].rows) == 1
        assert by_ref["twin"] == Match()


def test_two_documents_may_find_the_same_row() -> None:
    pair = [wanted(CONTACTS, contact(), "a"), wanted(CONTACTS, contact(), "b")]
    assert [len(match.rows) for match in matches(CONTACTS, pair, [contact()])] == [1, 1]


# Rows of a list that leave something out.


def unsure_of(kind: Kind, values: Mapping[str, Any], *rows: Row) -> list[str]:
    """The ids of the rows that must be read whole, of a list that was filtered by what is wanted."""
    one = wanted(kind, values)
    held = Rows(kind, relevant(kind, [one]))
    held.add(rows)
    return [row[kind.id_field] for row in unsure(kind, one, held, {})]


def without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


ITEM_ROW = {"item_id": "it_1", "item_name": "A", "sku": "S1"}
SHORT: list[tuple[Kind, Row, Row, tuple[str, ...]]] = [
    (CONTACTS, contact(), contact(), ("contact_type",)),
    (CONTACTS, contact(), contact(), ("contact_name",)),
    (ITEMS, {"name": "A"}, ITEM_ROW, ("item_name",)),
    (INVOICES, INVOICE, INVOICE_ROW, ("customer_id",)),
    (INVOICES, INVOICE, INVOICE_ROW, ("reference_number",)),
    (INVOICES, INVOICE, {**INVOICE_ROW, "total": D(999)}, ("customer_id", "reference_number")),
    (PAYMENTS, PAYMENT, PAYMENT_ROW, ("contact_id",)),
    (PAYMENTS, PAYMENT, PAYMENT_ROW, ("reference_number", "contact_id")),
    (PAYMENTS, PAYMENT, PAYMENT_ROW, ("contact_id", "date", "amount")),
    (PAYMENTS, PAYMENT, {**PAYMENT_ROW, "reference_number": "OTHER"}, ("contact_id", "date")),
    (CREDIT_NOTES, NOTE, NOTE_ROW, ("customer_id",)),
    (CREDIT_NOTES, NOTE, NOTE_ROW, ("customer_id", "date", "total")),
]
BY_FIELDS = pytest.mark.parametrize(
    ("kind", "values", "row", "names"), SHORT, ids=[f"{one[0].name} without {' '.join(one[3])}" for one in SHORT]
)


@BY_FIELDS
def test_a_row_that_leaves_out_a_field_of_a_rule_and_agrees_in_the_others_is_read_whole(
    kind: Kind, values: Row, row: Row, names: tuple[str, ...]
) -> None:
    assert unsure_of(kind, values, without(row, *names)) == [row[kind.id_field]]
    assert unsure_of(kind, values, row) == []  # which leaves out nothing


@BY_FIELDS
def test_a_row_that_is_short_even_in_itself_is_alike_and_never_a_match(
    kind: Kind, values: Row, row: Row, names: tuple[str, ...]
) -> None:
    assert alike(kind, values, without(row, *names)) == [row[kind.id_field]]


def test_of_what_stays_short_it_is_said_that_the_books_do_not_tell_all() -> None:
    (match,) = matches(PAYMENTS, [wanted(PAYMENTS, PAYMENT)], [without(PAYMENT_ROW, "contact_id")])
    assert match.words == PARTLY


@pytest.mark.parametrize(
    ("kind", "values", "row"),
    [
        (CONTACTS, contact(), without(contact("Other"), "contact_type")),
        (CONTACTS, contact(gst_no=GSTIN), without(contact(gst_no=OTHER_GSTIN), "contact_type")),
        (ITEMS, {"name": "A", "sku": "S2"}, without(ITEM_ROW, "item_name")),
        (INVOICES, INVOICE, without({**INVOICE_ROW, "reference_number": "OTHER", "total": D(9)}, "customer_id")),
        (INVOICES, INVOICE, without({**INVOICE_ROW, "customer_id": "ct_2"}, "reference_number")),
        (PAYMENTS, PAYMENT, without({**PAYMENT_ROW, "reference_number": "OTHER", "amount": 61}, "contact_id")),
        (PAYMENTS, PAYMENT, without({**PAYMENT_ROW, "amount": 61}, "contact_id", "reference_number")),
        (PAYMENTS, PAYMENT, {"payment_id": "pay_1", "reference_number": "OTHER"}),
    ],
)
def test_a_short_row_that_says_otherwise_is_not_read(kind: Kind, values: Row, row: Row) -> None:
    assert unsure_of(kind, values, row) == []
    assert matches(kind, [wanted(kind, values)], [row]) == [Match()]


@pytest.mark.parametrize("name", ["contact_id", "reference_number"])
def test_null_is_a_value_and_nothing_left_out(name: str) -> None:
    assert unsure_of(PAYMENTS, PAYMENT, {**PAYMENT_ROW, name: None}) == []


def test_a_field_that_many_documents_go_without_is_not_looked_for_in_every_row_that_lacks_it() -> None:
    """The books may leave out what is empty: most contacts have no GSTIN."""
    assert unsure_of(CONTACTS, contact(gst_no=GSTIN), without(contact("Other"), "gst_no")) == []
    assert unsure_of(ITEMS, {"name": "A", "sku": "S1"}, {"item_id": "it_1", "item_name": "B"}) == []


def test_a_short_row_of_the_same_reference_is_alike_whatever_its_day() -> None:
    row = without({**INVOICE_ROW, "date": "2026-05-18", "total": D(999)}, "customer_id")
    assert alike(INVOICES, INVOICE, row) == ["inv_1"]


def test_an_invoice_that_tells_no_reference_even_in_itself_is_alike_only_on_the_same_day() -> None:
    row = without(INVOICE_ROW, "reference_number")
    assert alike(INVOICES, INVOICE, {**row, "total": D(999)}) == ["inv_1"]
    assert alike(INVOICES, INVOICE, {**row, "date": "2026-05-18"}) == []


def test_a_voided_row_that_is_short_is_read_whole_and_is_not_alike() -> None:
    row = without({**INVOICE_ROW, "status": "CANCELLED"}, "customer_id")
    assert unsure_of(INVOICES, INVOICE, row) == ["inv_1"]
    assert alike(INVOICES, INVOICE, row) == []


def test_a_payment_whose_amount_is_not_told_is_alike_and_one_of_no_amount_is_not() -> None:
    row = {**PAYMENT_ROW, "reference_number": "OTHER"}
    assert alike(PAYMENTS, PAYMENT, without(row, "amount")) == ["pay_1"]
    assert alike(PAYMENTS, PAYMENT, {**row, "amount": None}) == []


def test_a_short_row_that_belongs_to_another_document_is_not_read() -> None:
    one, row = wanted(PAYMENTS, PAYMENT), without(PAYMENT_ROW, "contact_id")
    held = Rows(PAYMENTS)
    held.add([row])
    assert unsure(PAYMENTS, one, held, {}) == (row,)
    assert unsure(PAYMENTS, one, held, {("payments", "pay_1"): Ref("payments", "other")}) == ()


def test_a_row_whose_words_are_all_empty_or_left_out_is_one_of_which_nothing_is_told() -> None:
    (match,) = matches(ITEMS, [wanted(ITEMS, {"name": "A"})], [{"item_id": "it_1", "sku": None}])
    assert match == Match(alike=({"item_id": "it_1", "sku": None},), words=UNTOLD)


# Looking up.


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (CONTACTS, contact(gst_no=GSTIN), (GSTIN, "Acme")),
        (CONTACTS, contact(), ("Acme",)),
        (ITEMS, {"name": "A", "sku": "S"}, None),
        (INVOICES, INVOICE, ("ct_1",)),
        (INVOICES, {**INVOICE, "invoice_number": "INV-7"}, None),
        (PAYMENTS, PAYMENT, None),
        (CREDIT_NOTES, NOTE, ("ct_1",)),
    ],
)
def test_only_what_a_filter_of_the_api_reaches_is_searched_for(
    kind: Kind, values: Row, expected: tuple[str, ...] | None
) -> None:
    assert searches(kind, [wanted(kind, values)]) == expected


def test_each_value_is_searched_for_once() -> None:
    ones = [wanted(INVOICES, {**INVOICE, "reference_number": str(at)}, str(at)) for at in range(5)]
    assert searches(INVOICES, ones) == ("ct_1",)


def test_one_document_that_needs_a_walk_makes_all_walk() -> None:
    ones = [wanted(INVOICES, INVOICE, "a"), wanted(INVOICES, {**INVOICE, "invoice_number": "N"}, "b")]
    assert searches(INVOICES, ones) is None


def test_rows_that_cannot_matter_are_not_kept() -> None:
    ones = [wanted(INVOICES, INVOICE)]
    held = Rows(INVOICES, relevant(INVOICES, ones))
    held.add({**INVOICE_ROW, "invoice_id": f"inv_{at}", "customer_id": f"ct_{at}"} for at in range(100))
    assert list(held.by_id) == ["inv_1"]


def test_without_a_filter_every_row_is_kept() -> None:
    held = Rows(INVOICES)
    held.add({**INVOICE_ROW, "invoice_id": f"inv_{at}", "customer_id": f"ct_{at}"} for at in range(3))
    assert len(held.by_id) == 3


FEW = st.sampled_from(["a", "b", ""])
NAMED = {"contact_name": FEW, "contact_type": FEW, "gst_no": FEW}
BODIES = st.lists(st.fixed_dictionaries(NAMED), max_size=5)
ROWS = st.lists(st.fixed_dictionaries({}, optional=NAMED), max_size=5)


@given(BODIES, ROWS)
def test_what_the_filter_leaves_out_would_not_have_been_found(bodies: list[Row], rows: list[Row]) -> None:
    ones = [wanted(CONTACTS, values, str(at)) for at, values in enumerate(bodies)]
    kept, everything = Rows(CONTACTS, relevant(CONTACTS, ones)), Rows(CONTACTS)
    for held in (kept, everything):
        held.add({"contact_id": f"ct_{at}", **row} for at, row in enumerate(rows))
    assert match_all(CONTACTS, ones, kept, {}) == match_all(CONTACTS, ones, everything, {})


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_an_empty_org_holds_nothing_of_anything(kind: Kind) -> None:
    every = dict.fromkeys(("customer_id", "contact_id", "reference_number", "contact_name", "name", "amount"), "x")
    assert matches(kind, [wanted(kind, {**every, "amount": D(1)})], []) == [Match()]
