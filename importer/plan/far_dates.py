"""Documents whose date is far from the others: a year that was mistyped puts them into another year's books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import Final, NamedTuple

from importer import schema
from importer.manifest.typed import day
from importer.model import Action
from importer.plan.phrases import documents, first_few
from importer.plan.value import Note, Step

CODE: Final = "far-date"

FAR: Final = 400  # days: a year, and the weeks in which its late bills come in
# A migration of years is wide by itself: what lies three times the width of its middle half beyond that half is far.
WIDTHS: Final = 3
FEWEST: Final = 4  # dates that have a middle half
LONGEST_AGO: Final = 30 * 365  # days: nobody's open books reach back so far, yet 26 may have become 1926


class Dated(NamedTuple):
    step: Step
    date: date


def far_dates(steps: Iterable[Step], today: date | None) -> Iterator[Note]:
    """At most three notes for each kind: dated after ``today``, long before the others, and long after them.

    The others are all documents of the kind, unchanged ones as well; told of are those whose date this plan brings.
    A plan that is old as a whole, such as a migration of last year, is not unusual. Without ``today`` nothing is late.
    """
    by_kind: dict[str, list[Dated]] = {}
    read: dict[str, date | None] = {}
    for step in steps:
        field = date_field(step.id.kind)
        text = step.document.fields.get(field) if field and step.document is not None and not step.id.part else None
        if isinstance(text, str):
            if text not in read:
                read[text] = _read(text)
            if (found := read[text]) is not None:
                by_kind.setdefault(step.id.kind, []).append(Dated(step, found))
    for kind, dated in by_kind.items():
        new = [one for one in dated if _brings_date(one.step)]
        if new:
            yield from _of_kind(kind, dated, new, today)


@cache
def date_field(kind: str) -> str:
    """The field with the date of a document: the first date of its schema; "" where it has none."""
    return next((one.name for one in schema.fields(kind).values() if one.type == "date" and len(one.path) == 1), "")


def _read(text: str) -> date | None:
    try:
        return day(text)
    except ValueError:
        return None


def _brings_date(step: Step) -> bool:
    field = date_field(step.id.kind)
    return step.action is Action.CREATE or (
        step.action is Action.UPDATE and any(change.path == field for change in step.changes)
    )


def _of_kind(kind: str, dated: Sequence[Dated], new: Sequence[Dated], today: date | None) -> Iterator[Note]:
    counts = Counter(one.date for one in dated)
    first, last = usual_span(counts, today)
    late = [one for one in new if today is not None and one.date > today]
    yield from _note(kind, late, f"dated after today, {today}")
    told = {one.step.id for one in late}
    span = _span_words(counts, first, last)
    yield from _note(kind, [one for one in new if one.date < first], f"dated long before {span}")
    after = [one for one in new if one.date > last and one.step.id not in told]
    yield from _note(kind, after, f"dated long after {span}")


def usual_span(counts: Counter[date], today: date | None) -> tuple[date, date]:
    """First and last date that is not far from the others. ``counts`` has how many documents each date has."""
    first, last = date.min, date.max
    if counts.total() >= FEWEST:
        low, high = _quartile(counts, 1), _quartile(counts, 3)
        margin = max(timedelta(FAR), WIDTHS * (high - low))
        first, last = _moved(low, -margin), _moved(high, margin)
    elif today is not None and any(one >= _moved(today, -timedelta(FAR)) for one in counts):
        first = _moved(today, -timedelta(FAR))
    return (first if today is None else max(first, _moved(today, -timedelta(LONGEST_AGO)))), last


def _quartile(counts: Counter[date], number: int) -> date:
    days = sorted(counts)
    wanted = counts.total() * number // 4
    return next(one for one, below in zip(days, accumulate(counts[one] for one in days), strict=True) if below > wanted)


def _moved(day: date, by: timedelta) -> date:
    """``day`` moved, within the days that there are."""
    try:
        return day + by
    except OverflowError:
        return date.min if by < timedelta(0) else date.max


def _span_words(counts: Counter[date], first: date, last: date) -> str:
    usual = [one for one in counts if first <= one <= last]
    if not usual:
        return "our time"
    low, high = min(usual), max(usual)
    return f"the others ({low})" if low == high else f"the others ({low} to {high})"


def _note(kind: str, found: Sequence[Dated], words: str) -> Iterator[Note]:
    if not found:
        return
    named = first_few([f"{one.step.id.key} ({one.date})" for one in found])
    yield Note(
        CODE,
        f"{documents(len(found), kind)} {'is' if len(found) == 1 else 'are'} {words}: {named}.",
        tuple(one.step.id for one in found),
        found[0].step.place,
    )
