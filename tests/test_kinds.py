"""importer/kinds.py: the table agrees with the schemas and with itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from importer.kinds import KINDS, LOOKUPS, Edits, Kind, find
from importer.schema import fields

TOTAL = "total"  # stands for the worth of a document, and is no field of a manifest
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)


def named_fields(kind: Kind) -> Iterator[str]:
    for rule in kind.natural_keys:
        yield from (*rule.fields, *rule.agree, *rule.blank)
    yield from kind.likeness
    yield from kind.search.fields if kind.search else ()
    yield from kind.incoming_if[:1] if kind.incoming_if else ()
    yield from kind.ahead_if[:1] if kind.ahead_if else ()
    yield from kind.defaults
    yield from filter(
        None,
        (
            kind.reference_field,
            kind.party_field,
            kind.line_field,
            kind.amount_field,
            kind.posts_if,
            kind.sole_lookup,
            kind.settles.field if kind.settles else "",
        ),
    )


@every_kind
def test_every_field_that_a_kind_names_is_in_its_schema(kind: Kind) -> None:
    known = {path[0] for path in fields(kind.name)}
    assert set(named_fields(kind)) - {TOTAL} <= known


@every_kind
def test_a_kind_is_found_by_its_section_and_in_the_singular(kind: Kind) -> None:
    assert KINDS[kind.name] is kind
    for word in (kind.name, kind.singular, kind.label, kind.name.upper(), f" {kind.name.replace('_', '-')} "):
        assert find(word) is kind


@pytest.mark.parametrize("word", ["", "bill", "bills", "invoicess", "inv"])
def test_nothing_else_is_a_kind(word: str) -> None:
    assert find(word) is None


def test_the_names_ids_and_endpoints_are_the_kinds_own() -> None:
    for column in ("name", "singular", "label", "endpoint", "id_field"):
        assert len({getattr(kind, column) for kind in KINDS.values()}) == len(KINDS)


@every_kind
def test_a_bulk_call_takes_no_more_than_the_api_does(kind: Kind) -> None:
    if kind.bulk is not None:
        assert 1 < kind.bulk.size <= 50
        assert kind.bulk.endpoint == f"/bulk{kind.endpoint}"
        assert kind.bulk.field == kind.name


def test_only_invoices_have_a_bulk_endpoint() -> None:
    assert [kind.name for kind in KINDS.values() if kind.bulk] == ["invoices"]


@every_kind
def test_a_kind_whose_edit_is_a_put_has_no_bulk_call(kind: Kind) -> None:
    """An update closes the open call of its document whole, and so no other row may be in that call."""
    assert not (kind.edits is Edits.ANY_TIME and kind.bulk)


@every_kind
def test_what_refers_refers_to_the_right_kind(kind: Kind) -> None:
    table = fields(kind.name)
    if kind.party_field:
        assert table[(kind.party_field,)].ref == "contacts"
    if kind.line_field:
        assert table[(kind.line_field,)].type == "list"
        assert table[(kind.line_field, kind.item_field)].ref == "items"
    if kind.amount_field:
        assert table[(kind.amount_field,)].type == "money"
    if kind.posts_if:
        assert table[(kind.posts_if,)].type == "boolean"
    if kind.sole_lookup:
        assert table[(kind.sole_lookup,)].lookup in LOOKUPS


@every_kind
def test_what_a_kind_settles_is_a_list_of_amounts_and_targets(kind: Kind) -> None:
    settles = kind.settles
    if settles is None:
        return
    table = fields(kind.name)
    assert settles.target in KINDS
    assert table[(settles.field, settles.target_field)].ref == settles.target
    assert (settles.field, settles.target_id_field) in table
    assert table[(settles.field, "amount")].type == "money"
    # Where each entry is a call of its own, the list is no part of the create body, and the other way round.
    assert (table[(settles.field,)].sent_as is None) is not settles.in_body
    assert settles.call.format(id="x").startswith(f"{kind.endpoint}/x/")


@every_kind
def test_a_document_that_is_sent_with_its_key_as_reference_is_found_by_it(kind: Kind) -> None:
    by_reference = any(kind.reference_field in rule.fields for rule in kind.natural_keys)
    assert by_reference is bool(kind.reference_field)
    if kind.reference_field:
        assert fields(kind.name)[(kind.reference_field,)].sent_as == kind.reference_field


@every_kind
def test_where_money_is_concerned_a_likeness_is_looked_for(kind: Kind) -> None:
    assert bool(kind.likeness) is bool(kind.counts)
    assert (TOTAL in kind.likeness) is bool(kind.counts)


@every_kind
def test_every_natural_key_can_be_read_from_an_answer(kind: Kind) -> None:
    for rule in kind.natural_keys:
        for name in (*rule.fields, *rule.blank, *(one for one in rule.agree if one != TOTAL)):
            assert fields(kind.name)[(name,)].answers


@every_kind
def test_every_list_of_the_org_that_a_field_names_is_known(kind: Kind) -> None:
    assert {field.lookup for field in fields(kind.name).values()} - {None} <= LOOKUPS.keys()
    assert {field.ref for field in fields(kind.name).values()} - {None} <= KINDS.keys()


@every_kind
def test_a_raw_id_stands_beside_every_reference_and_every_name(kind: Kind) -> None:
    table = fields(kind.name)
    for path, field in table.items():
        if field.ref or field.lookup:
            assert (*path[:-1], f"{field.name}_id") in table
            assert field.sent_as == table[*path[:-1], f"{field.name}_id"].sent_as


def test_the_rows_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        KINDS["bills"] = KINDS["invoices"]  # type: ignore[index]  # that it cannot be written to is the point
