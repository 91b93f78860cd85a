from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.model import Action, Document, Ref, StepId
from importer.plan.decide import decide
from importer.plan.known import Known
from importer.plan.slice import CLOSED, WORK, UnknownTarget, narrow, same_slice
from importer.plan.value import Step
from plan.books import ACME, CREDITED, ORDER, PAID, SALE, documents, found, receipts_of
from plan.test_properties import decided, manifests, worlds

LONELY = "contacts: [{key: a, contact_name: A}, {key: b, contact_name: B}, {key: c, contact_name: C}]\n"
TWO_OF_THE_KIND = ({"invoice_id": "inv_1"}, {"invoice_id": "inv_2"})


def sale(name: str, orders: int = 1) -> str:
    """A contact with invoices, and one payment of them all."""
    rows = "".join(
        f"  - {{key: {name}-{at}, customer: {name}, date: 2026-05-19, place_of_supply: IN-KA, auto_approve: true, "
        "line_items: [{name: Work, quantity: 1, rate: 100}]}\n"
        for at in range(orders)
    )
    paid = ", ".join(f"{{invoice: {name}-{at}, amount: 1}}" for at in range(orders))
    return (
        f"contacts: [{{key: {name}, contact_name: {name}}}]\ninvoices:\n{rows}"
        f"payments: [{{key: {name}-paid, flow: INCOMING, contact: {name}, date: 2026-05-20, amount: 60, "
        f"allocations: [{paid}]}}]\n"
    )


def steps_of(*texts: str, known: Known | None = None) -> tuple[Step, ...]:
    return decide(documents(*texts), known or Known())


def sliced(
    steps: Sequence[Step], *targets: str, limit: int | None = None, unchanged: bool = False
) -> tuple[list[str], int]:
    """The names of the steps that stay, and how many documents were left out."""
    refs = [Ref(*target.split("/")) for target in targets]
    kept, left_out = narrow(steps, refs, limit)
    return [str(step.id) for step in kept if unchanged or step.action is not Action.UNCHANGED], left_out


# Targets.


def test_a_target_comes_with_all_that_it_needs_and_nothing_else() -> None:
    steps = steps_of(LONELY, SALE)
    assert sliced(steps, "contacts/b") == (["contacts/b"], 6)
    assert sliced(steps, "invoices/ORDER-1") == (["contacts/acme", "invoices/ORDER-1"], 5)
    assert sliced(steps, "payments/UTR-1") == (["contacts/acme", "invoices/ORDER-1", "payments/UTR-1"], 4)


def test_an_application_comes_with_its_document_and_brings_its_invoice() -> None:
    wanted = ["contacts/acme", "invoices/ORDER-1", "credit_notes/CN-1", "credit_notes/CN-1 ORDER-1#1"]
    kept, left_out = sliced(steps_of(SALE), "credit_notes/CN-1")
    assert (sorted(kept), left_out) == (sorted(wanted), 1)


def test_a_target_that_is_no_document_of_the_files_is_named() -> None:
    with pytest.raises(UnknownTarget, match="invoices/ORDER-2") as info:
        narrow(steps_of(SALE), [Ref("contacts", "acme"), Ref("invoices", "ORDER-2")], None)
    assert info.value.ref == Ref("invoices", "ORDER-2")


def test_what_is_gone_from_the_files_is_in_no_slice_around_a_target() -> None:
    steps = steps_of(ACME, known=Known(receipts=receipts_of(documents(LONELY))))
    assert sum(step.action is Action.ORPHANED for step in steps) == 3
    assert sliced(steps, "contacts/acme") == (["contacts/acme"], 0)
    with pytest.raises(UnknownTarget):
        narrow(steps, [Ref("contacts", "a")], None)


def test_an_unchanged_target_is_kept_and_other_unchanged_documents_are_not() -> None:
    steps = steps_of(LONELY, known=Known(receipts=receipts_of(documents(LONELY))))
    assert sliced(steps, "contacts/b", unchanged=True) == (["contacts/b"], 0)


def test_a_limit_narrows_what_the_targets_left() -> None:
    steps = steps_of(LONELY, SALE)
    assert sliced(steps, "contacts/a", "payments/UTR-1", limit=3) == (
        ["contacts/acme", "invoices/ORDER-1", "payments/UTR-1"],
        4,
    )


# Limits.


def test_a_whole_chain_goes_before_contacts_that_nobody_needs() -> None:
    steps = steps_of(LONELY, ACME, ORDER, PAID)
    assert sliced(steps, limit=3) == (["contacts/acme", "invoices/ORDER-1", "payments/UTR-1"], 3)


def test_the_first_chains_of_the_files_are_taken_and_none_is_cut() -> None:
    steps = steps_of(sale("x"), sale("y"), sale("z"))
    whole = [f"{kind}/{name}" for kind, names in KINDS_OF_TWO for name in names]
    assert sliced(steps, limit=6) == (whole, 3)
    assert sliced(steps, limit=8) == (whole, 3)


KINDS_OF_TWO = (("contacts", ("x", "y")), ("invoices", ("x-0", "y-0")), ("payments", ("x-paid", "y-paid")))


def test_a_chain_too_long_for_the_limit_is_passed_over_for_one_that_fits() -> None:
    steps = steps_of(sale("long", orders=5), sale("short"))
    assert sliced(steps, limit=4) == (["contacts/short", "invoices/short-0", "payments/short-paid"], 7)


@pytest.mark.parametrize(
    ("limit", "begun"),
    [
        (1, ["contacts/long"]),
        (2, ["contacts/long", "invoices/long-0"]),
        (4, ["contacts/long", "invoices/long-0", "invoices/long-1", "invoices/long-2"]),
    ],
)
def test_where_no_chain_fits_the_first_is_begun_with_what_the_others_need(limit: int, begun: list[str]) -> None:
    assert sliced(steps_of(sale("long", orders=5), sale("longer", orders=6)), limit=limit) == (begun, 15 - limit)


def test_what_two_chains_share_counts_once() -> None:
    steps = steps_of(ACME, ORDER, PAID, PAID.replace("UTR-1", "UTR-2"), sale("y"))
    assert sliced(steps, limit=4) == (
        ["contacts/acme", "invoices/ORDER-1", "payments/UTR-1", "payments/UTR-2"],
        3,
    )


def test_a_limit_in_which_everything_fits_changes_nothing() -> None:
    known = Known(matches=found(Ref("invoices", "ORDER-1"), *TWO_OF_THE_KIND))
    steps = steps_of(LONELY, SALE, known=known)
    assert narrow(steps, (), 6) == (steps, 0)
    assert narrow(steps, (), None) == (steps, 0)


def test_a_conflict_elsewhere_does_not_hold_the_slice_up() -> None:
    known = Known(matches=found(Ref("invoices", "ORDER-1"), *TWO_OF_THE_KIND))
    steps = steps_of(ACME, ORDER, PAID, sale("y"), known=known)
    kept, left_out = narrow(steps, (), 3)
    assert [str(step.id) for step in kept] == ["contacts/y", "invoices/y-0", "payments/y-paid"]
    assert left_out == 3


def test_what_needs_something_pending_does_not_take_the_place_of_what_can_be_done() -> None:
    pending = Step(StepId("contacts", "a"), Action.PENDING)
    order = Step(StepId("invoices", "i"), Action.CREATE, needs=(pending.id,))
    free = Step(StepId("contacts", "b"), Action.CREATE)
    assert narrow([pending, free, order], (), 1) == ((free,), 2)


def test_what_only_waits_for_a_conflict_comes_with_it_when_nothing_else_is_left() -> None:
    known = Known(matches=found(Ref("invoices", "ORDER-1"), *TWO_OF_THE_KIND), receipts=receipts_of(documents(ACME)))
    steps = steps_of(ACME, ORDER, PAID, PAID.replace("UTR-1", "UTR-2"), known=known)
    kept, left_out = sliced(steps, limit=1)
    assert kept == ["invoices/ORDER-1"]
    assert left_out == 2


def test_a_note_goes_without_the_application_to_an_invoice_in_conflict() -> None:
    known = Known(matches=found(Ref("invoices", "ORDER-1"), *TWO_OF_THE_KIND))
    steps = steps_of(SALE, sale("y"), known=known)
    kept, _ = narrow(steps, [Ref("credit_notes", "CN-1"), Ref("contacts", "y")], 2)
    assert [str(step.id) for step in kept] == ["contacts/acme", "credit_notes/CN-1"]


def test_applications_of_a_note_in_the_books_count_as_one_document() -> None:
    twice = CREDITED.replace(
        "[{invoice: ORDER-1, amount: 40}]", "[{invoice: ORDER-1, amount: 30}, {invoice: ORDER-1, amount: 10}]"
    )
    done = documents(ACME, ORDER, twice)
    known = Known(receipts=receipts_of(done, parts=False))
    steps = steps_of(ACME, ORDER, twice, LONELY, known=known)
    assert sliced(steps, limit=1) == (["contacts/a"], 3)
    assert sliced(steps, "credit_notes/CN-1", limit=1) == (
        ["credit_notes/CN-1 ORDER-1#1", "credit_notes/CN-1 ORDER-1#2"],
        3,
    )


def test_unchanged_documents_stay_with_a_limit() -> None:
    steps = steps_of(LONELY, ACME, ORDER, PAID, known=Known(receipts=receipts_of(documents(ACME))))
    kept, left_out = sliced(steps, limit=2, unchanged=True)
    assert kept == ["contacts/acme", "invoices/ORDER-1", "payments/UTR-1"]
    assert left_out == 3


@pytest.mark.parametrize("limit", [0, -1])
def test_a_slice_of_nothing_is_a_mistake_of_the_caller(limit: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        narrow(steps_of(SALE), (), limit)


def test_the_slice_of_a_saved_plan_does_not_move_on_when_part_of_it_is_done() -> None:
    texts = (sale("x"), sale("y"))
    first, _ = narrow(steps_of(*texts), (), 3)
    later = steps_of(*texts, known=Known(receipts=receipts_of(documents("contacts: [{key: x, contact_name: x}]"))))
    kept, left_out = same_slice(later, {step.id for step in first})
    assert [str(step.id) for step in kept] == ["contacts/x", "invoices/x-0", "payments/x-paid"]
    assert left_out == 3
    assert len(narrow(later, (), 3)[0]) == 4


# Whatever the manifest.


def open_needs(step: Step, steps: Iterable[Step]) -> set[StepId]:
    if step.action is Action.UNCHANGED:
        return set()
    return set(step.needs) - {one.id for one in steps if one.action is Action.UNCHANGED}


def writing(steps: Iterable[Step]) -> set[tuple[str, str]]:
    return {step.id[:2] for step in steps if step.action in WORK}


def is_part_of(kept: Sequence[Step], steps: Sequence[Step]) -> bool:
    rest = iter(steps)
    return all(any(step is other for other in rest) for step in kept)


LIMITS = st.integers(1, 12)
WORLDS = st.one_of(worlds(), manifests().map(lambda found: (found, Known())))


@settings(max_examples=200, deadline=None)
@given(WORLDS, LIMITS)
def test_a_slice_holds_no_more_than_its_limit_and_all_that_it_needs(
    world: tuple[list[Document], Known], limit: int
) -> None:
    steps = decided(*world)
    kept, left_out = narrow(steps, (), limit)
    own = {step.id for step in kept}
    assert len(writing(kept)) <= limit
    assert is_part_of(kept, steps)
    for step in kept:
        assert open_needs(step, steps) <= own
    assert left_out == len({step.id[:2] for step in steps if step.id not in own and step.action not in CLOSED})
    if not left_out:
        assert kept == steps


@settings(max_examples=200, deadline=None)
@given(WORLDS, LIMITS)
def test_slice_after_slice_reaches_everything(world: tuple[list[Document], Known], limit: int) -> None:
    steps = decided(*world)
    while True:
        kept, left_out = narrow(steps, (), limit)
        done = {step.id for step in kept}
        reached = [step for step in kept if step.action not in CLOSED]
        assert reached or not left_out
        steps = tuple(replace(step, action=Action.UNCHANGED) if step.id in done else step for step in steps)
        if not left_out:
            break
    assert all(step.action is Action.UNCHANGED for step in steps)


@settings(deadline=None)
@given(manifests(), LIMITS)
def test_a_slice_that_holds_a_chain_holds_only_whole_ones(found: list[Document], limit: int) -> None:
    steps = decided(found, Known())
    kept, left_out = narrow(steps, (), limit)
    ends = [step for step in kept if not needed_by_another(step, steps)]
    if ends and left_out:
        covered = {one.id[:2] for end in ends for one in reachable(end.id[:2], steps)}
        assert writing(kept) == covered


def needed_by_another(step: Step, steps: Iterable[Step]) -> bool:
    return any(step.id in other.needs and other.id[:2] != step.id[:2] for other in steps)


def reachable(ref: tuple[str, str], steps: Iterable[Step]) -> list[Step]:
    """The steps of ``ref`` and of all that they need, found the slow way."""
    every = list(steps)
    wanted, size = {ref}, 0
    while len(wanted) > size:
        size = len(wanted)
        wanted |= {need[:2] for step in every if step.id[:2] in wanted for need in open_needs(step, every)}
    return [step for step in every if step.id[:2] in wanted and step.document is not None]


@settings(max_examples=200, deadline=None)
@given(WORLDS, st.data())
def test_around_targets_is_all_that_they_need_and_nothing_else(
    world: tuple[list[Document], Known], data: st.DataObject
) -> None:
    steps = decided(*world)
    refs = sorted({Ref(*step.id[:2]) for step in steps if step.document is not None})
    if not refs:
        return
    targets = data.draw(st.lists(st.sampled_from(refs), min_size=1, max_size=3))
    wanted = {step.id for target in targets for step in reachable(target, steps)}
    kept, left_out = narrow(steps, targets, None)
    assert {step.id for step in kept} == wanted
    assert is_part_of(kept, steps)
    assert left_out == len({step.id[:2] for step in steps if step.id not in wanted and step.action not in CLOSED})
    for step in kept:
        assert open_needs(step, steps) <= wanted


def many(payments: int, items: int) -> list[Step]:
    """One invoice of many items, and payments that all need it: a chain too long for the limit, again and again."""
    document = documents(ACME)[0]

    def step(kind: str, key: str, needs: Collection[StepId] = ()) -> Step:
        return Step(StepId(kind, key), Action.CREATE, document, needs=tuple(needs))

    goods = [step("items", f"i{at}") for at in range(items)]
    invoice = step("invoices", "big", [one.id for one in goods])
    return [*goods, invoice, *(step("payments", f"p{at}", [invoice.id]) for at in range(payments))]


@pytest.mark.parametrize("limit", [1, 8_000, 20_000, 27_999])
def test_time_grows_with_the_steps_and_not_with_their_square(limit: int) -> None:
    steps = many(payments=20_000, items=8_000)
    started = time.perf_counter()
    kept, left_out = narrow(steps, (), limit)
    taken = time.perf_counter() - started
    assert len(kept) == limit
    assert left_out == 28_001 - limit
    assert taken < 10  # seconds; it takes a part of one, and the square would take minutes
