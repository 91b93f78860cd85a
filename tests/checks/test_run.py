from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.checks import check
from importer.kinds import KINDS
from importer.model import Document, Manifest, Place, Problem, Ref
from importer.schema import fields

# The manifest of the contract, word for word.
SAMPLE = """
contacts:
  - key: acme
    contact_name: Acme Corp
    contact_type: CUSTOMER
    billing_address: {address: 1 MG Road, city: Bengaluru, state_code: IN-KA, zip: 560001}
items:
  - {key: widget-pro, name: Widget Pro, sku: WIDGET-PRO-001, type: SERVICE, rate: 12000, hsn_sac: 997331,
     tax: GST 18%, account: Consulting Revenue}
invoices:
  - key: ORDER-99031
    place_of_supply: IN-KA
    auto_approve: true
    customer: acme
    date: 2026-05-19
    line_items: [{item: widget-pro, quantity: 1}]
payments:
  - key: UTR-1234567
    flow: INCOMING
    contact: acme
    date: 2026-05-19
    amount: 14060
    mode: BANK_TRANSFER
    bank_account: HDFC Current
    allocations: [{invoice: ORDER-99031, amount: 14060}]
credit_notes:
  - key: CN-1
    customer: acme
    invoice: ORDER-99031
    date: 2026-05-25
    line_items: [{name: Returned 1 unit, quantity: 1, rate: 100}]
    applications: [{invoice: ORDER-99031, amount: 100}]
"""


def test_the_sample_of_the_contract_has_no_problem(problems: Callable[..., list[Problem]]) -> None:
    assert problems(SAMPLE) == []


def test_problems_come_in_the_order_of_files_and_lines() -> None:
    class At:
        def __init__(self, file: str, line: int) -> None:
            self.place = Place(file, line, 1)

        def at(self, path: tuple[str | int, ...], *, of_key: bool = False) -> Place:
            return self.place

    spots = [("b.yaml", 9), ("a.yaml", 7), ("b.yaml", 2), ("a.yaml", 10)]
    documents = tuple(
        Document("contacts", f"k{n}", {"key": f"k{n}"}, file, n, At(file, line)) for n, (file, line) in enumerate(spots)
    )
    found = check(Manifest(documents, files=("b.yaml", "a.yaml")))
    assert [(one.place.file, one.place.line) for one in found if one.place] == [
        ("b.yaml", 2),
        ("b.yaml", 9),
        ("a.yaml", 7),
        ("a.yaml", 10),
    ]


def test_a_document_without_a_key_is_checked_for_what_it_says(codes: Callable[..., list[tuple[str, str]]]) -> None:
    text = "contacts: [{contact_name: A, gst_no: X}, {gst_no: Y}]"
    assert codes(text) == [
        ("G1", "/contacts/0/gst_no"),
        ("G1", "/contacts/1/gst_no"),
        ("missing-field", "/contacts/1"),
    ]


def test_a_receipt_of_a_kind_that_is_gone_does_no_harm(problems: Callable[..., list[Problem]]) -> None:
    assert problems(SAMPLE, said={Ref("estimates", "E-1"): {"key": "E-1"}}) == []


words = st.sampled_from(
    ["", "acme", "ORDER-99031", "1", "0", "-1", "9" * 40, "2026-05-19", "2026-13-40", "true", "é", "%"]
)
trees: Any = st.recursive(
    words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=5
)


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """Two documents of one kind with anything at all in some of their fields."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    names = st.sampled_from(sorted({path[0] for path in fields(kind)}))
    inner = st.sampled_from(sorted({path[-1] for path in fields(kind)}))
    lists = st.lists(st.dictionaries(inner, trees, max_size=4), max_size=3)
    return kind, draw(st.lists(st.dictionaries(names, trees | lists, max_size=8), min_size=1, max_size=2))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoiled())
def test_no_document_however_spoiled_breaks_a_check(
    manifest: Callable[[str], Manifest], case: tuple[str, list[dict[str, Any]]]
) -> None:
    kind, entries = case
    whole = manifest(SAMPLE)
    spot = whole.documents[0].locator
    extra = tuple(Document(kind, f"x{n}", entry, "m.yaml", n, spot) for n, entry in enumerate(entries))
    said = {Ref(kind, f"y{n}"): entry for n, entry in enumerate(entries)}
    found = check(replace(whole, documents=whole.documents + extra), said)
    assert all(one.message and one.place for one in found)


def test_the_price_is_linear_in_the_documents(manifest: Callable[[str], Manifest]) -> None:
    invoice = yaml.load(SAMPLE, yaml.BaseLoader)["invoices"][0]
    whole = manifest(SAMPLE)
    spot = whole.documents[0].locator

    def seconds(count: int) -> float:
        many = tuple(
            Document("invoices", f"I-{n}", {**invoice, "key": f"I-{n}"}, "m.yaml", n, spot) for n in range(count)
        )
        started = time.perf_counter()
        assert check(replace(whole, documents=whole.documents + many)) == ()
        return time.perf_counter() - started

    few = min(seconds(1000) for _ in range(2))
    assert seconds(8000) < 8 * few * 4 + 1  # quadratic work would take 64 times as long
