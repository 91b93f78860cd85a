from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import REFUSED, Refused
from importer.manifest import SourceFile, read
from importer.model import Action, Change, Document, Ref, StepId
from importer.plan.saved import (
    Options,
    SavedPlan,
    SavedStep,
    document_digest,
    document_digests,
    dump,
    fingerprint,
    load,
    saved_steps,
    step_digest,
)
from importer.plan.value import Step
from plan.books import CREDITED, ORDER, SALE, document, documents, plan
from plan.test_properties import manifests

PAYMENT = "payments: [{key: P, flow: INCOMING, contact: acme, date: 2026-05-20, amount: 12000}]"
ADDRESSED = "contacts: [{key: k, contact_name: K, billing_address: {city: Pune, zip: 012345}}]"


def saved_plan(**given: Any) -> SavedPlan:
    values: dict[str, Any] = {
        "id": "0f" * 8,
        "version": "0.1.0",
        "created": "2026-05-19T10:00:00Z",
        "org_id": "org_1",
        "sandbox": False,
        "paths": ("books/2026", "more.yaml"),
        "state_path": "state/finzbooks.state.db",
        "lineage": "ab12",
        "serial": 7,
        "options": Options(allow_likeness=True, targets=("invoices/ORDER-1",), limit=10),
        "documents": document_digests(documents(SALE)),
        "steps": saved_steps(plan(documents(SALE)).values()),
        "plan": {"format_version": 1, "summary": {"create": 4}, "money": {"billed": "100.00"}, "operations": []},
    }
    return SavedPlan(**{**values, **given})


# What a document says.


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PAYMENT, PAYMENT.replace("12000", "12000.00")),
        (PAYMENT, PAYMENT.replace("12000", '"12000.0"')),
        (PAYMENT, "# by hand\n" + PAYMENT.replace("key: P, flow: INCOMING", "flow: INCOMING, key: P")),
        (PAYMENT, PAYMENT.replace("12000}", "12000, mode: BANK_TRANSFER, reference_number: P, notes: ~}")),
        (PAYMENT, "defaults: {payments: {contact: acme}}\n" + PAYMENT.replace("contact: acme, ", "")),
        (CREDITED, CREDITED.replace("amount: 40", "amount: 40.00")),
    ],
)
def test_another_way_to_write_the_same_is_the_same(before: str, after: str) -> None:
    assert document_digest(document(before)) == document_digest(document(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PAYMENT, PAYMENT.replace("12000", "12000.01")),
        (PAYMENT, PAYMENT.replace("key: P", "key: Q")),
        (PAYMENT, PAYMENT.replace("key: P", "key: Q, reference_number: P")),
        (PAYMENT, PAYMENT.replace("acme", "acme2")),
        (PAYMENT, PAYMENT.replace("2026-05-20", "2026-05-21")),
        (PAYMENT, PAYMENT.replace("12000}", "12000, allocations: [{invoice: I, amount: 1}]}")),
        (CREDITED, CREDITED.replace("[{invoice: ORDER-1, amount: 40}]", "[{invoice: ORDER-1, amount: 39}]")),
        (CREDITED, CREDITED.replace("[{invoice: ORDER-1, amount: 40}]", "[{invoice: ORDER-2, amount: 40}]")),
        (CREDITED, CREDITED.replace("[{invoice: ORDER-1, amount: 40}]", "[]")),
        (ORDER, ORDER.replace("auto_approve: true", "auto_approve: false")),
        (ORDER, ORDER.replace("auto_approve: true,", "")),
        (ADDRESSED, ADDRESSED.replace("012345", "12345")),
        (ADDRESSED, ADDRESSED.replace("billing_address", "shipping_address")),
        ("items: [{key: a, name: W, rate: 1}]", "contacts: [{key: a, contact_name: W}]"),
    ],
)
def test_another_meaning_is_another_digest(before: str, after: str) -> None:
    assert document_digest(document(before)) != document_digest(document(after))


def test_a_row_of_csv_says_what_its_entry_in_yaml_says() -> None:
    header = "key,flow,contact,date,amount,allocations.invoice,allocations.amount"
    rows = f"{header}\nP,INCOMING,acme,2026-05-20,12000.00,I,1\nP,,,,,J,2\n"
    read_ = read([SourceFile("payments.csv", rows.encode())])
    assert read_.problems == ()
    entry = PAYMENT.replace("12000}", "12000, allocations: [{invoice: I, amount: 1.0}, {invoice: J, amount: 2}]}")
    assert document_digest(read_.documents[0]) == document_digest(document(entry))


@settings(deadline=None)
@given(manifests(), st.randoms(use_true_random=False))
def test_the_order_of_fields_does_not_matter(found: list[Document], dice: random.Random) -> None:
    for one in found:
        fields = list(one.fields.items())
        dice.shuffle(fields)
        assert document_digest(replace(one, fields=dict(fields))) == document_digest(one)


@settings(deadline=None)
@given(manifests())
def test_each_field_matters(found: list[Document]) -> None:
    for one in found:
        said = {document_digest(one)}
        said |= {
            document_digest(
                replace(one, fields={name: value for name, value in one.fields.items() if name != left_out})
            )
            for left_out, its in one.fields.items()
            if its and left_out != "key"
        }
        assert len(said) == 1 + sum(bool(its) for name, its in one.fields.items() if name != "key")


# What a step would do.

CHANGES = (Change("notes", None, "N"), Change("rate", "1", "2"))
UPDATE = Step(StepId("items", "w"), Action.UPDATE, remote_id="it_1", changes=CHANGES)
CREATE = Step(StepId("invoices", "i"), Action.CREATE, amount=Decimal("100.00"))


@pytest.mark.parametrize(
    ("step", "other"),
    [
        (UPDATE, replace(UPDATE, action=Action.CONFLICT)),
        (UPDATE, replace(UPDATE, id=StepId("items", "v"))),
        (UPDATE, replace(UPDATE, id=StepId("items", "w", "x#1"))),
        (UPDATE, replace(UPDATE, remote_id="it_2")),
        (UPDATE, replace(UPDATE, changes=CHANGES[:1])),
        (UPDATE, replace(UPDATE, changes=(CHANGES[0], Change("rate", "1.5", "2")))),
        (UPDATE, replace(UPDATE, changes=(CHANGES[0], Change("rate", "1", "3")))),
        (UPDATE, replace(UPDATE, changes=(CHANGES[0], Change("rate", None, "2")))),
        (CREATE, replace(CREATE, amount=Decimal("100.01"))),
        (CREATE, replace(CREATE, amount=None)),
    ],
)
def test_what_else_a_step_would_do_shows_in_its_digest(step: Step, other: Step) -> None:
    assert step_digest(step) != step_digest(other)


def test_a_failed_call_and_other_words_for_it_leave_the_digest_of_a_step_alone() -> None:
    again = replace(CREATE, amount=Decimal(100), generation=3, reason="again", needs=(StepId("contacts", "acme"),))
    assert step_digest(again) == step_digest(CREATE)


def test_a_change_may_hold_numbers_and_odd_text_of_the_books() -> None:
    odd = replace(UPDATE, changes=(Change("x", {"a": [Decimal("1.50"), "\ud800"]}, True),))
    assert len(step_digest(odd)) == 64


def test_what_an_apply_neither_sends_nor_remembers_is_not_bound() -> None:
    steps = [replace(UPDATE, id=StepId("items", action), action=action) for action in Action]
    assert [one.action for one in saved_steps(steps)] == [
        Action.SETTLE,
        Action.CREATE,
        Action.ADOPT,
        Action.UPDATE,
        Action.APPROVE,
        Action.APPLY,
        Action.CONFLICT,
    ]
    assert saved_steps([UPDATE]) == (
        SavedStep(StepId("items", "w"), Action.UPDATE, "it_1", ("notes", "rate"), step_digest(UPDATE)),
    )


# The file.


@pytest.mark.parametrize(
    "saved",
    [
        saved_plan(),
        saved_plan(options=Options(), lineage="", serial=0, state_path="", documents={}, steps=(), plan={}),
        saved_plan(sandbox=True, paths=("अ/ß.yaml", "odd\udcff"), documents={Ref("items", 'a "b"\n'): "0"}),
    ],
    ids=["of a sale", "of nothing", "of odd names"],
)
def test_what_was_saved_is_read_back(saved: SavedPlan) -> None:
    text = dump(saved)
    assert load(text.encode("utf-8").decode("utf-8")) == saved
    assert dump(load(text)) == text


def test_equal_plans_give_equal_text_and_documents_come_sorted() -> None:
    saved = saved_plan()
    turned = saved_plan(documents=dict(reversed(list(saved.documents.items()))))
    assert dump(turned) == dump(saved)
    names = [(one["kind"], one["key"]) for one in json.loads(dump(saved))["documents"]]
    assert names == sorted(names)


def test_a_person_finds_the_plan_before_what_binds_it() -> None:
    found = json.loads(dump(saved_plan()))
    assert list(found)[:2] == ["format", "format_version"]
    assert list(found)[-4:] == ["plan", "documents", "steps", "digest"]
    assert found["plan"]["summary"] == {"create": 4}
    assert found["steps"][0] == {
        "id": "contacts/acme",
        "kind": "contacts",
        "key": "acme",
        "part": "",
        "action": "create",
        "remote_id": "",
        "changes": [],
        "digest": step_digest(plan(documents(SALE))["contacts/acme"]),
    }


def test_other_line_ends_another_indent_and_a_byte_order_mark_do_no_harm() -> None:
    text = dump(saved_plan())
    assert load("\ufeff" + text.replace("\n", "\r\n")) == saved_plan()
    assert load(json.dumps(json.loads(text))) == saved_plan()


def refusal(text: str) -> str:
    with pytest.raises(Refused) as info:
        load(text)
    assert info.value.code == "plan-unreadable"
    assert info.value.exit_code == REFUSED
    assert "--out" in info.value.help
    return info.value.message


@pytest.mark.parametrize("text", ["", "{", "[1,", "plan", "\x00", "[" * 100_000, '{"format": 1e', "9" * 5_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    assert "not whole JSON" in refusal(text)


@pytest.mark.parametrize("text", ["null", "[]", "7", '"plan"', "{}", '{"format": "finzbooks-state"}'])
def test_json_of_something_else_is_refused(text: str) -> None:
    assert "not a plan of this importer" in refusal(text)


def altered(**members: Any) -> str:
    """A plan with other members, and the digest that goes with them."""
    body = {**json.loads(dump(saved_plan())), **members}
    del body["digest"]
    return json.dumps({**body, "digest": fingerprint(body)})


@pytest.mark.parametrize(("version", "shown"), [(2, "is 2"), (0, "is 0"), ("1", "not known"), (None, "not known")])
def test_another_format_is_named(version: object, shown: str) -> None:
    assert shown in refusal(altered(format_version=version))


def test_a_plan_that_was_edited_is_refused() -> None:
    text = dump(saved_plan())
    assert "changed after it was saved" in refusal(text.replace('"billed": "100.00"', '"billed": "1.00"'))
    assert "changed after it was saved" in refusal(text.replace('"digest"', '"digests"'))


@pytest.mark.parametrize(
    "members",
    [
        {"org_id": 5},
        {"org_id": None},
        {"sandbox": 1},
        {"paths": "books"},
        {"paths": [1]},
        {"state": None},
        {"state": []},
        {"state": {"path": "", "lineage": "", "serial": True}},
        {"state": {"path": "", "lineage": "", "serial": 1.0}},
        {"state": {"path": "", "serial": 1}},
        {"options": {"allow_likeness": True, "targets": [], "limit": "10"}},
        {"options": "none"},
        {"documents": {}},
        {"documents": ["contacts/acme"]},
        {"documents": [{"kind": "contacts", "key": "acme"}]},
        {"steps": None},
        {"steps": [{}]},
        {
            "steps": [
                {"kind": "a", "key": "b", "part": "", "action": "burn", "remote_id": "", "changes": [], "digest": ""}
            ]
        },
        {"steps": [{"kind": "a", "key": "b", "part": "", "action": [], "remote_id": "", "changes": [], "digest": ""}]},
        {"plan": []},
    ],
)
def test_a_member_of_another_type_is_refused(members: dict[str, Any]) -> None:
    assert "not what a plan holds" in refusal(altered(**members))


@settings(deadline=None)
@given(st.integers(min_value=0))
def test_a_plan_that_was_cut_off_anywhere_is_refused(at: int) -> None:
    text = dump(saved_plan()).rstrip()
    refusal(text[: at % len(text)])


@settings(deadline=None)
@given(st.integers(min_value=0), st.characters())
def test_a_plan_with_another_character_is_the_same_plan_or_refused(at: int, character: str) -> None:
    text = dump(saved_plan())
    place = at % len(text)
    other = text[:place] + character + text[place + 1 :]
    try:
        assert load(other) == saved_plan()
    except Refused as error:
        assert error.code == "plan-unreadable"


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
MEMBERS = st.sampled_from(sorted({*json.loads(dump(saved_plan()))} - {"format", "digest"}))


@settings(deadline=None)
@given(st.dictionaries(MEMBERS, JSON, max_size=2))
def test_whatever_json_stands_in_a_plan_it_is_read_or_refused(members: dict[str, Any]) -> None:
    try:
        text = altered(**members)
    except ValueError:  # not a number
        text = json.dumps({**json.loads(dump(saved_plan())), **members})
    try:
        load(text)
    except Refused as error:
        assert error.code == "plan-unreadable"


@settings(deadline=None)
@given(JSON)
def test_whatever_json_a_file_holds_it_is_refused(value: Any) -> None:
    refusal(json.dumps(value))


@settings(deadline=None)
@given(st.text())
def test_whatever_text_a_file_holds_it_is_refused(text: str) -> None:
    refusal(text)
