from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model import Action, Change, Document, Place, StepId
from importer.plan.far_dates import FAR, date_field, far_dates, usual_span
from importer.plan.value import Step

TODAY = date(2026, 11, 23)


class Somewhere:
    def at(self, path: object, *, of_key: bool = False) -> Place:
        return Place("invoices.csv", 7, 1)


def step(key: str, day: str, kind: str = "invoices", action: Action = Action.CREATE, changed: str = "") -> Step:
    document = Document(kind, key, {"key": key, "date": day}, "invoices.csv", 0, Somewhere())
    changes = (Change(changed, "x", "y"),) if changed else ()
    return Step(StepId(kind, key), action, document, document.place(), changes=changes)


def every(days: int, first: date, number: int) -> list[Step]:
    return [step(f"I-{at}", str(first + timedelta(days * at))) for at in range(number)]


def told(steps: list[Step], today: date | None = TODAY) -> list[str]:
    return [note.message for note in far_dates(steps, today)]


BULK = every(1, date(2026, 4, 1), 200)


def test_a_date_to_come_is_told_of_with_the_day_it_is_compared_with() -> None:
    assert told([*BULK, step("X", "2026-11-24"), step("Y", "2026-11-23")]) == [
        "1 invoice is dated after today, 2026-11-23: X (2026-11-24)."
    ]


def test_many_of_one_reason_are_one_note_that_names_three() -> None:
    found = list(far_dates([*BULK, *(step(f"X{at}", "2062-05-19") for at in range(5))], TODAY))
    assert [note.message for note in found] == [
        "5 invoices are dated after today, 2026-11-23: X0 (2062-05-19), X1 (2062-05-19), X2 (2062-05-19) and 2 more."
    ]
    assert (found[0].code, len(found[0].steps), found[0].place) == ("far-date", 5, Place("invoices.csv", 7, 1))


def test_the_wrong_century_is_far_from_the_others() -> None:
    assert told([*BULK, step("X", "1926-05-19")]) == [
        "1 invoice is dated long before the others (2026-04-01 to 2026-10-17): X (1926-05-19)."
    ]


def test_without_a_clock_a_far_year_is_still_far_from_the_others() -> None:
    assert told([*BULK, step("X", "2062-05-19")], None) == [
        "1 invoice is dated long after the others (2026-04-01 to 2026-10-17): X (2062-05-19)."
    ]


def test_five_years_of_history_are_not_unusual_and_their_slip_is() -> None:
    history = every(2, date(2021, 4, 1), 900)
    assert told(history) == []
    assert told([*history, step("X", "1962-05-19")])[0].startswith("1 invoice is dated long before the others (2021-")


def test_old_dates_that_are_the_bulk_are_not_unusual() -> None:
    assert told(every(0, date(2010, 12, 1), 127)) == []
    assert told([step("X", "2019-01-01")]) == []


def test_a_growing_business_may_have_begun_slowly() -> None:
    slow = every(30, date(2022, 4, 1), 24)
    assert told([*slow, *every(1, date(2024, 4, 1), 700)]) == []


@pytest.mark.parametrize(("old", "far"), [(FAR, False), (FAR + 1, True)])
def test_of_a_few_documents_one_is_old_when_it_lies_more_than_400_days_back(old: int, far: bool) -> None:
    steps = [step("A", "2026-11-20"), step("X", str(TODAY - timedelta(old)))]
    assert bool(told(steps)) is far


def test_a_lone_document_of_another_age_is_told_of() -> None:
    assert told([step("X", "1926-05-19")]) == ["1 invoice is dated long before our time: X (1926-05-19)."]


def test_the_others_are_also_those_that_are_booked_already_and_only_new_dates_are_told_of() -> None:
    booked = [
        step(one.id.key, str(one.document.fields["date"]), action=Action.UNCHANGED) for one in BULK if one.document
    ]
    old = step("OLD", "1999-01-01", action=Action.UNCHANGED)
    assert told([*booked, old]) == []
    assert told([*booked, old, step("X", "2016-11-20")])[0].endswith(": X (2016-11-20).")


def test_an_update_is_told_of_only_if_it_changes_the_date() -> None:
    for changed, number in (("date", 1), ("notes", 0)):
        assert len(told([*BULK, step("X", "1926-05-19", action=Action.UPDATE, changed=changed)])) == number


def test_kinds_are_told_of_each_for_itself() -> None:
    found = told([*BULK, step("X", "2062-05-19"), step("P", "2062-05-19", "payments")])
    assert [message.split()[1] for message in found] == ["invoice", "payment"]


def test_the_date_of_a_document_is_found_in_its_schema() -> None:
    assert {kind: date_field(kind) for kind in ("contacts", "items", "invoices", "payments", "credit_notes")} == {
        "contacts": "",
        "items": "",
        "invoices": "date",
        "payments": "date",
        "credit_notes": "date",
    }


def test_what_has_no_date_or_no_document_is_left_alone() -> None:
    orphan = Step(StepId("invoices", "X"), Action.ORPHANED)
    assert told([orphan, step("Y", "soon"), step("c", "2062-01-01", "contacts")]) == []


@given(st.lists(st.dates(), min_size=1), st.one_of(st.none(), st.dates()))
def test_the_middle_half_is_never_far_except_from_our_own_time(days: list[date], today: date | None) -> None:
    counts = Counter(days)
    first, last = usual_span(counts, None)
    middle = sorted(days)[len(days) // 2]
    assert first <= middle <= last
    assert usual_span(counts, today)[1] == last or len(days) < 4
