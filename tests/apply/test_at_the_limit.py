"""A whole apply takes what the windows of the API take, and no longer: in virtual time, with answers that are slow."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from api.virtual_time import EPOCH

from apply.limited import LIMITS, bound, made, world
from apply.manifests import contact, invoice, manifest, note


def needed(number: int) -> dict[str, int]:
    """The calls that ``made(number)`` takes in an empty org: fewer there are none in the API that say as much."""
    bulks = math.ceil(2 * number / 50)
    return {
        # Whose token it is, and the org's lists that names are looked up in.
        **dict.fromkeys(("GET /whoami", "GET /bank_accounts"), 1),
        # One look in each list that is empty; customers who are not there have no invoices and no notes.
        **dict.fromkeys(("GET /contacts", "GET /items", "GET /payments"), 1),
        "POST /contacts": number,
        "POST /items": 20,
        "POST /bulk/invoices": bulks,
        "POST /payments": number,
        "POST /credit_notes": number,
        # The balance before tells afterwards whether a lost application was done (design, section 6, item 5).
        "GET /invoices/{id}": number,
        "POST /credit_notes/{id}/apply-to-invoice": number,
    }


@pytest.mark.parametrize(
    ("tier", "latency", "in_flight"),
    [(tier, latency, 16) for tier in LIMITS for latency in (0.02, 0.2)] + [("DEFAULT", 1.0, 16), ("PARTNER", 1.0, 64)],
)
def test_an_apply_takes_its_windows_and_at_most_3_in_100_more(
    tier: str, latency: float, in_flight: int, tmp_path: Path
) -> None:
    limit = LIMITS[tier]
    here, wire = world(tmp_path, tier, latency)
    number = limit * 2 // 5  # two windows and a part of a third
    assert here.apply(made(number), in_flight=in_flight).bad == []
    least = bound(here.sent.total(), limit, latency, in_flight)
    took = here.clock.now() - EPOCH
    assert took <= least * 1.03, f"{took / least:.3f} of the bound, {least:.1f} s"
    assert wire.answers[429] == 0
    assert dict(here.sent) == needed(number)


def test_with_few_calls_in_flight_and_slow_answers_the_connections_are_the_bound(tmp_path: Path) -> None:
    here, _ = world(tmp_path, "PARTNER", 1.0)
    assert here.apply(made(400), in_flight=16).bad == []
    least = here.sent.total() / 16  # seconds: 16 calls a second, of the 50 that the window would take
    assert least <= here.clock.now() - EPOCH <= least * 1.06


@pytest.mark.parametrize("others", [1, 3])
def test_beside_a_second_user_at_most_one_call_of_a_window_is_refused_and_none_is_fatal(
    others: int, tmp_path: Path
) -> None:
    here, wire = world(tmp_path, "DEFAULT", 0.2, others)
    assert here.apply(made(300)).bad == []
    assert max(wire.refused.values(), default=0) <= 1, wire.refused
    here.is_whole(made(300))


def test_what_others_wait_for_leaves_first_so_that_the_window_is_full_to_the_end(tmp_path: Path) -> None:
    """Of 590 customers the last one in the file has an invoice with a note: its calls are not left for an empty end."""
    here, _ = world(tmp_path, "DEFAULT", 1.0)
    number = 590
    documents = manifest(
        contacts=[contact(f"c{at}") for at in range(number)],
        invoices=[invoice("I-1", customer=f"c{number - 1}")],
        credit_notes=[note("N-1", "10", customer=f"c{number - 1}", on="I-1")],
    )
    assert here.apply(documents).bad == []
    calls = here.sent.total()
    assert calls < 600
    # A first call of each kind goes alone: whoami, the looks, and the first customer; the rest fills the connections.
    assert here.clock.now() - EPOCH <= math.ceil(calls / 16) + 4
