"""What documents tell of an org's preferences, and what they do not."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.amounts_by_example import Row, Told, number, rate_of, told_rounding, told_tax
from importer.sandbox.by_example import Examples, prefixes, tell
from importer.sandbox.money import ROUNDING, TaxRate, round_off, rupees
from importer.sandbox.switches import NAMES, values_of
from sandbox.client import Api

MUMBAI: Row = {"branch_id": 1, "state": "IN-MH"}


def totals(*pairs: tuple[Any, Any]) -> list[Row]:
    return [{"total": total, "round_off": off} for total, off in pairs]


def rounding(*pairs: tuple[Any, Any]) -> tuple[str, str, int]:
    on, method = told_rounding(totals(*pairs))
    return on.value, method.value, on.examples


class TestRoundOff:
    def test_totals_with_paise_that_are_not_rounded_say_off(self) -> None:
        assert rounding((Decimal("199.49"), 0), (200, 0), ("17.5", "0.00")) == ("off", "", 2)

    def test_whole_totals_that_were_rounded_say_on_and_which_way(self) -> None:
        assert rounding((199, "-0.49"), (200, "0.50"), (100, 0)) == ("on", "nearest", 3)
        assert rounding((200, "0.51"), (200, "0.20")) == ("on", "up", 2)
        assert rounding((199, "-0.49"), (199, "-0.51")) == ("on", "down", 2)

    def test_where_two_ways_fit_the_way_is_not_told(self) -> None:
        assert rounding((200, "0.20")) == ("on", "", 1)
        assert "nearest and up" in told_rounding(totals((200, "0.20")))[1].why

    @pytest.mark.parametrize(
        "pairs",
        [
            [],
            [(200, 0), (300, 0)],  # prices in whole rupees
            [("199.49", 0), (200, "0.20")],  # somebody gives the round-off by hand
            [("199.49", "-0.01")],
            [(200, "0.90"), (300, "-0.90")],  # no way to round does both
            [(None, 0), ("many", 0), (float("nan"), 0)],
        ],
    )
    def test_what_does_not_fit_one_story_is_not_told(self, pairs: list[tuple[Any, Any]]) -> None:
        assert rounding(*pairs) == ("", "", 0)

    def test_a_round_off_that_is_not_shown_is_none_only_where_the_parts_make_the_total(self) -> None:
        whole = {"sub_total": "100.00", "tax_total": Decimal("18.50"), "total": "118.50"}
        assert told_rounding([whole])[0].value == "off"
        assert told_rounding([{**whole, "total": 119}])[0].value == ""
        assert told_rounding([{"total": "118.50"}])[0].value == ""

    def test_documents_in_other_currencies_say_nothing(self) -> None:
        assert told_rounding([{"total": "1.50", "round_off": 0, "currency_code": "USD"}])[0].value == ""
        assert told_rounding([{"total": "1.50", "round_off": 0, "currency_code": "INR"}])[0].value == "off"

    @given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.sampled_from(sorted(ROUNDING)))
    def test_whatever_is_told_is_how_the_sandbox_rounds(self, amounts: list[int], method: str) -> None:
        rows = [(rupees(pre + round_off(pre, method)), rupees(round_off(pre, method))) for pre in amounts]
        on, told = told_rounding(totals(*rows))
        assert on.value in ("on", "") and told.value in (method, "")
        assert (on.value == "on") is any(pre % 100 for pre in amounts)


TAXES = [
    {"tax_id": 18, "cgst": 9, "sgst": "9.00", "igst": Decimal(18), "cess": None},
    {"tax_id": "c", "cgst": 14, "sgst": 14, "igst": 28, "cess": 12},
]


def invoice(tax_total: Any, *amounts: Any, place: str = "IN-MH", tax: Any = 18) -> Row:
    lines = [{"item_total": amount, "tax_id": tax} for amount in amounts]
    net = sum(Decimal(str(amount)) for amount in amounts)
    return {"sub_total": net, "tax_total": tax_total, "place_of_supply": place, "line_items": lines}


def tax(*rows: Row, branches: Any = (MUMBAI,)) -> tuple[str, str]:
    way, parts = told_tax(rows, TAXES, branches)
    return way.value, parts.value


class TestTax:
    # 10.03 at 9 % is 0.9027, at 18 % 1.8054; twice that is 1.8054 and 3.6108.
    @pytest.mark.parametrize(
        ("tax_total", "place", "told"),
        [
            ("3.60", "IN-MH", ("line", "each")),
            ("3.62", "IN-MH", ("", "")),  # of lines as one amount, or of the whole each
            ("3.61", "IN-MH", ("document", "halves")),
            ("3.62", "IN-KA", ("line", "")),
            ("3.61", "IN-KA", ("document", "")),
            ("3.6108", "IN-KA", ("", "")),
            ("3.75", "IN-KA", ("", "")),
        ],
    )
    def test_an_invoice_tells_where_only_one_way_leads_to_its_tax(
        self, tax_total: str, place: str, told: tuple[str, str]
    ) -> None:
        assert tax(invoice(tax_total, "10.03", 10.03, place=place)) == told

    def test_without_the_branches_the_split_is_not_known_and_less_is_told(self) -> None:
        assert tax(invoice("3.61", "10.03", "10.03"), branches=()) == ("document", "")
        assert tax(invoice("3.62", "10.03", "10.03", place="IN-KA"), branches=()) == ("", "")

    def test_the_spelling_of_a_state_makes_no_other_state(self) -> None:
        in_odisha = [{"branch_id": 1, "state": "IN-OD"}]
        assert tax(invoice("3.60", "10.03", "10.03", place="IN-OR"), branches=in_odisha) == ("line", "each")

    def test_invoices_that_say_otherwise_leave_it_untold(self) -> None:
        by_line, whole = (invoice(total, "10.03", "10.03", place="IN-KA") for total in ("3.62", "3.61"))
        assert tax(by_line, whole) == ("", "")
        assert tax(by_line, by_line) == ("line", "")

    @pytest.mark.parametrize(
        "row",
        [
            {"tax_total": "3.62"},
            {"tax_total": "3.62", "line_items": "two"},
            {"tax_total": "3.62", "line_items": [None]},
            {**invoice("3.62", "10.03", "10.03", place="IN-KA"), "sub_total": "20.00"},  # less a discount
            invoice("3.62", "10.03", "10.03", place="IN-KA", tax="gone"),
            {**invoice("3.62", "10.03", "10.03", place="IN-KA"), "tax_total": None},
        ],
    )
    def test_an_invoice_that_shows_too_little_tells_nothing(self, row: Row) -> None:
        assert tax(row) == ("", "")

    def test_a_tax_whose_rate_was_another_then_tells_nothing(self) -> None:
        row = invoice("3.62", "10.03", "10.03", place="IN-KA")
        lines = [{**line, "tax_percentage": 12} for line in row["line_items"]]
        assert tax({**row, "line_items": lines}) == ("", "")

    @pytest.mark.parametrize("way", values_of("tax_rounding"))
    @pytest.mark.parametrize("parts", values_of("tax_parts"))
    def test_the_sandboxs_own_invoices_tell_how_it_is_set(self, way: str, parts: str, api: Api) -> None:
        api.books.settings.set_switches({"tax_rounding": way, "tax_parts": parts})
        customer, tax_id = api.contact(), api.tax("GST 18%")
        for place in ("IN-KA", "IN-MH"):
            for count in (1, 2, 3):
                lines = [{"name": "x", "quantity": 1, "rate": Decimal("10.03"), "tax_id": tax_id}] * count
                api.invoice(customer, place_of_supply=place, line_items=lines, reference_number=f"{place}{count}")
        rows = api.get("/invoices")["invoices"]
        told = told_tax(rows, api.get("/taxes")["taxes"], api.get("/branches")["branches"])
        assert [one.value for one in told] == [way, parts]


@pytest.mark.parametrize(
    ("row", "rate"),
    [
        ({"cgst": 9, "sgst": "9.0", "igst": Decimal(18), "cess": 0}, (9, 9, 18, 0)),
        ({"igst": "1.8E+1"}, (9, 9, 18, 0)),
        ({"cgst": 9, "sgst": 9}, (9, 9, 18, 0)),
        ({"cgst": 0, "sgst": 0, "igst": 0, "cess": "1"}, (0, 0, 0, 1)),
        ({"cgst": 9}, None),
        ({"cgst": 9, "sgst": 9, "igst": -18}, None),
        ({}, None),
    ],
)
def test_the_rates_of_a_tax_in_whatever_form(row: Row, rate: tuple[int, ...] | None) -> None:
    assert rate_of(row) == (None if rate is None else TaxRate(*map(Decimal, rate)))


@pytest.mark.parametrize("text", ["12", "12.0", '"12.00"', "1.2e1", '" 12 "'])
def test_a_number_in_any_form_of_json_is_one(text: str) -> None:
    assert number(json.loads(text)) == 12


@pytest.mark.parametrize("value", [None, True, "", "twelve", "NaN", "Infinity", "1e99999", [12], {}])
def test_what_is_no_number_is_none(value: Any) -> None:
    assert number(value) is None


def told(name: str, **rows: Any) -> Told:
    return next(one for one in tell(Examples(**rows)) if one.name == name)


def numbered(*pairs: tuple[Any, Any]) -> list[Row]:
    return [{"invoice_number": one, "date": day} for one, day in pairs]


class TestNumbers:
    @pytest.mark.parametrize(
        ("pairs", "form"),
        [
            ([("INV-2627-001", "2026-05-12T00:00:00"), ("INV-2526-009", "2026-03-31")], "fiscal"),
            ([("INV-2026-0042", "2026-05-12"), ("INV-2025-1", "2025-05-12")], "calendar"),
            ([("INV-2021-001", "2021-02-01")], ""),  # both the year 2021 and the years 2020 and 21
            ([("INV-2021-001", "2020-05-01")], "fiscal"),
            ([("INV-2021-001", "2021-05-01")], "calendar"),
            ([("INV-2627-001", "2026-05-12"), ("INV-2026-001", "2026-05-12")], ""),
            ([("A/17", "2026-05-12"), (None, "2026-05-12"), (4711, None), ("INV-2627-001", "soon")], ""),
            ([("OLD-1999-1", "2026-05-12"), ("INV-2627-001", "2026-05-12")], "fiscal"),
        ],
    )
    def test_their_year_tells_the_form_if_the_date_agrees(self, pairs: list[tuple[Any, Any]], form: str) -> None:
        assert told("number_form", invoices=numbered(*pairs)).value == form

    def test_they_tell_the_prefix_of_a_branch_if_all_of_them_have_it(self) -> None:
        rows = numbered(("MUM-2627-001", "2026-05-12"), ("MUM-2627-002", "2026-05-13"), ("X-1", "2026-05-13"))
        assert prefixes(rows, [MUMBAI]) == {"1": ("MUM", 2)}
        assert prefixes([*rows, *numbered(("EXP-2627-001", "2026-05-12"))], [MUMBAI]) == {}

    def test_where_there_are_several_branches_an_invoice_has_to_name_its_own(self) -> None:
        rows = numbered(("MUM-2627-001", "2026-05-12"))
        both = [MUMBAI, {"branch_id": 2}]
        assert prefixes(rows, both) == {}
        assert prefixes([{**rows[0], "branch_id": 2}], both) == {"2": ("MUM", 1)}


class TestSpelling:
    @pytest.mark.parametrize(
        ("codes", "value"),
        [
            (["IN-KA", "IN-OD", "IN-TS"], "new"),
            (["IN-UT", "IN-CT"], "old"),
            (["IN-UT", "IN-OD"], "both"),
            (["IN-KA", None, 17], ""),
        ],
    )
    @pytest.mark.parametrize("place", ["branches", "contacts", "invoices", "addresses"])
    def test_the_renamed_states_are_looked_for_everywhere(self, codes: list[Any], value: str, place: str) -> None:
        rows: dict[str, list[Row]] = {
            "branches": [{"state": code} for code in codes],
            "contacts": [{"place_of_contact": code} for code in codes],
            "invoices": [{"place_of_supply": code} for code in codes],
            "addresses": [{"billing_address": {"state_code": code}, "shipping_address": None} for code in codes],
        }
        name = "contacts" if place == "addresses" else place
        assert told("state_codes", **{name: rows[place]}).value == value

    @pytest.mark.parametrize("value", ["old", "new"])
    def test_what_is_told_is_what_the_sandbox_then_takes(self, value: str, api: Api) -> None:
        code, other = ("IN-UT", "IN-UK") if value == "old" else ("IN-UK", "IN-UT")
        found = told("state_codes", contacts=[{"place_of_contact": code}])
        api.books.settings.set_switches({found.name: found.value})
        api.contact(place_of_contact=code)
        assert api.refused("POST", "/contacts", {"contact_name": "A", "place_of_contact": other})[0] == 400


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ([{"line_items": [{}]}, {"line_items": [{}]}], "full"),
        ([{"line_items": []}, {}], "short"),
        ([{"line_items": [{}]}, {}], ""),
        ([], ""),
    ],
)
def test_rows_of_a_list_are_full_or_short(rows: list[Row], value: str) -> None:
    assert told("list_rows", invoices=rows).value == value


UUID = "0c2c3781-11aa-4bbb-8ccc-0123456789ab"


@pytest.mark.parametrize(
    ("ids", "value"),
    [([UUID], "uuid"), (["inv_abc"], "prefixed"), ([UUID, "inv_abc"], ""), ([42, "43"], ""), ([None], "prefixed")],
)
def test_ids_of_documents_tell_their_form_and_only_without_them_those_of_lists(ids: list[Any], value: str) -> None:
    rows = [{"invoice_id": one} for one in ids]
    assert told("id_form", invoices=rows, contacts=rows, ids=["tx_gst_18"]).value == value


NOW = 1779251407.0  # 2026-05-20 04:30:07 UTC, 10:00:07 in India


@pytest.mark.parametrize(
    ("stamp", "zone"),
    [
        ("2026-05-20T10:00:00", "ist"),  # in the future, were it UTC
        ("2026-05-20T04:30:00", ""),  # now, were it UTC; before sunrise, were it IST
        ("2026-05-20T04:35:00", ""),  # clocks differ
        ("2026-05-21T10:00:00", ""),  # in the future wherever it was written
        ("2026-05-12T08:30:00Z", "utc"),
        ("2026-05-12T08:30:00+05:30", "ist"),
        ("2026-05-12T08:30:00-04:00", ""),
        ("yesterday", ""),
        (None, ""),
        (1779251407, ""),
    ],
)
def test_only_a_timestamp_that_can_be_nothing_else_tells_its_zone(stamp: Any, zone: str) -> None:
    assert told("time_zone", contacts=[{"created_time": stamp}], now=NOW).value == zone


def test_zones_that_contradict_each_other_are_not_told() -> None:
    rows = [{"created_time": "2026-05-12T08:30:00Z", "last_modified_time": "2026-05-20T10:00:00"}]
    assert told("time_zone", contacts=rows, now=NOW).value == ""


def test_without_any_example_nothing_is_told_and_everything_has_a_reason() -> None:
    nothing = tell(Examples())
    assert not [one for one in nothing if one.value or one.examples]
    assert all(one.why for one in nothing)
    names = [one.name for one in nothing]
    assert len(set(names)) == len(names)
    assert set(names) - set(NAMES) == {"round_invoice_totals", "rounding_method"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=True) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(
    (
        *("total", "round_off", "sub_total", "tax_total", "line_items", "invoice_number", "date", "place_of_supply"),
        *("invoice_id", "branch_id", "created_time", "billing_address", "state", "currency_code", "tax_id", "igst"),
    )
)
ROWS = st.lists(st.dictionaries(FIELDS, ANY_JSON, max_size=8), max_size=4)


@given(ROWS, ROWS, ROWS)
def test_no_answer_of_a_server_breaks_it(invoices: list[Row], branches: list[Row], taxes: list[Row]) -> None:
    for one in tell(Examples(invoices, invoices, branches, taxes, NOW)):
        allowed = values_of(one.name) if one.name in NAMES else ("on", "off", *ROUNDING)
        assert one.value in ("", *allowed)
        assert bool(one.value) is bool(one.examples)
    prefixes(invoices, branches)
