"""What cannot be read of an org, told by what it holds: preferences, and the sides that the sandbox's switches take.

Pure. The examples are rows as the API answers them; what an example says is never stretched, so that most of them say
nothing, and what they do not tell stays untold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from importer.sandbox.amounts_by_example import Row, Told, told_rounding, told_tax
from importer.sandbox.body import RENAMED
from importer.sandbox.exact_json import parse_day

NUMBER: Final = re.compile(r"(?P<prefix>.+)-(?P<year>[0-9]{4})-[0-9]+")
UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PREFIXED: Final = re.compile(r"[a-z]{1,12}_.+")
ZONES: Final = {timedelta(0): "utc", timedelta(hours=5, minutes=30): "ist"}
# A timestamp further in the future than clocks differ was not written in UTC.
SLACK: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of an org's lists. ``now`` is its server's time, in Unix seconds."""

    invoices: Sequence[Row] = ()
    contacts: Sequence[Row] = ()
    branches: Sequence[Row] = ()
    taxes: Sequence[Row] = ()
    now: float = 0
    ids: Sequence[str] = ()  # of any of its lists


def tell(examples: Examples) -> tuple[Told, ...]:
    """Every preference and switch that examples can tell, whether these do or not."""
    return (
        *told_rounding(examples.invoices),
        *told_tax(examples.invoices, examples.taxes, examples.branches),
        told_number_form(examples.invoices),
        told_state_codes(examples),
        told_list_rows(examples.invoices),
        told_id_form(examples),
        told_time_zone(examples),
    )


def told_number_form(invoices: Iterable[Row]) -> Told:
    """``number_form`` (fiscal, calendar), from numbers whose year agrees with the invoice's date in one way only."""
    votes = [forms[0] for row in invoices if len(forms := _forms(row)) == 1]
    if not votes:
        return Told("number_form", "", 0, "no invoice number holds a year that is the one or the other")
    if len(set(votes)) > 1:
        return Told("number_form", "", 0, "the invoices are numbered both by financial and by calendar year")
    year = "financial" if votes[0] == "fiscal" else "calendar"
    return Told("number_form", votes[0], len(votes), f"invoices are numbered by {year} year")


def _forms(row: Row) -> list[str]:
    """The forms that the number of an invoice may have: none, one, or both."""
    day = parse_day(row["date"]) if isinstance(row.get("date"), str) else None
    found = NUMBER.fullmatch(_word(row.get("invoice_number")))
    if day is None or found is None:
        return []
    begins = day.year - (day.month < 4)  # the Indian financial year begins in April
    years = {"fiscal": f"{begins % 100:02d}{(begins + 1) % 100:02d}", "calendar": f"{day.year:04d}"}
    return [form for form, year in years.items() if year == found["year"]]


def prefixes(invoices: Iterable[Row], branches: Sequence[Row]) -> dict[str, tuple[str, int]]:
    """Branch id -> the prefix that all its invoice numbers have, and how many; branches whose numbers differ are not
    there. An invoice that names no branch is the only branch's, where there is only one.
    """
    seen: dict[str, list[str]] = {}
    sole = _word(branches[0].get("branch_id")) if len(branches) == 1 else ""
    for row in invoices:
        found = NUMBER.fullmatch(_word(row.get("invoice_number")))
        branch = _word(row.get("branch_id")) or sole
        if found is not None and branch and _forms(row):
            seen.setdefault(branch, []).append(found["prefix"])
    return {branch: (found[0], len(found)) for branch, found in seen.items() if len(set(found)) == 1}


def told_state_codes(examples: Examples) -> Told:
    """``state_codes`` (old, new, both), from the renamed states that branches, contacts and invoices name."""
    old = new = 0
    for code in _states(examples):
        old += code.removeprefix("IN-") in RENAMED
        new += code.removeprefix("IN-") in RENAMED.values()
    if not old and not new:
        return Told("state_codes", "", 0, "nobody is in one of the four renamed states")
    value = "both" if old and new else "old" if old else "new"
    return Told("state_codes", value, old + new, f"of the renamed states, the {value} spelling is used")


def _states(examples: Examples) -> Iterator[str]:
    yield from (_word(branch.get("state")) for branch in examples.branches)
    yield from (_word(invoice.get("place_of_supply")) for invoice in examples.invoices)
    for contact in examples.contacts:
        yield _word(contact.get("place_of_contact"))
        for name in ("billing_address", "shipping_address"):
            address = contact.get(name)
            if isinstance(address, dict):
                yield _word(address.get("state_code"))


def told_list_rows(invoices: Sequence[Row]) -> Told:
    """``list_rows`` (full, short): an invoice has a line at least, so that a row without any is a short one."""
    full = [bool(row.get("line_items")) for row in invoices]
    if not full or len(set(full)) > 1:
        why = "some rows of the list have lines and some have none" if full else "there is no invoice"
        return Told("list_rows", "", 0, why)
    return Told("list_rows", "full" if full[0] else "short", len(full), f"lists show {'' if full[0] else 'no '}lines")


def told_id_form(examples: Examples) -> Told:
    """``id_form`` (prefixed, uuid), where all ids are of the one form."""
    ids = [_word(row.get("invoice_id")) for row in examples.invoices]
    ids += [_word(row.get("contact_id")) for row in examples.contacts]
    # Taxes and accounts may have been made otherwise than documents: they speak only where no document does.
    ids = [one for one in ids if one] or [one for one in examples.ids if one]
    for value, pattern in (("uuid", UUID), ("prefixed", PREFIXED)):
        if ids and all(pattern.fullmatch(one) for one in ids):
            return Told("id_form", value, len(ids), "ids are UUIDs" if value == "uuid" else "ids have a prefix")
    return Told("id_form", "", 0, "the ids are not all of one known form" if ids else "there are no ids")


def told_time_zone(examples: Examples) -> Told:
    """``time_zone`` (utc, ist), where it is certain: a stamp names its zone, or lies in the future unless it is IST."""
    votes = [
        zone
        for row in (*examples.invoices, *examples.contacts)
        for name in ("created_time", "last_modified_time")
        if (zone := _zone(row.get(name), examples.now))
    ]
    if not votes:
        return Told("time_zone", "", 0, "no timestamp proves its zone")
    if len(set(votes)) > 1:
        return Told("time_zone", "", 0, "the timestamps are of several zones")
    return Told("time_zone", votes[0], len(votes), f"timestamps are in {votes[0].upper()}")


def _zone(stamp: Any, now: float) -> str:
    try:
        moment = datetime.fromisoformat(_word(stamp))
    except ValueError:
        return ""
    offset = moment.utcoffset()
    if offset is not None:
        return ZONES.get(offset, "")
    ahead = (moment - datetime(1970, 1, 1)) - timedelta(seconds=now)  # noqa: DTZ001  (as UTC, as the stamp is read)
    return "ist" if SLACK < ahead < SLACK + timedelta(hours=5, minutes=30) else ""


def _word(value: Any) -> str:
    """Text of an id, number or code, whatever it came as; "" for what is none."""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
