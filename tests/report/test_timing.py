"""The last lines of ``-v``: a line for each stage that there was, and for each endpoint that was called."""

from __future__ import annotations

from importer.checks.incremental import CHECK, READ
from importer.report.timing import IN_FLIGHT, JOURNAL, PLAN, WAITING, Stage, timing_lines


def test_stages_stand_in_the_order_of_a_run_whatever_the_order_they_were_measured_in() -> None:
    stages = [Stage(JOURNAL, 0.5), Stage(WAITING, 120.0), Stage(IN_FLIGHT, 3.25, "41 calls"), Stage(PLAN, 1.0)]
    lines = list(timing_lines([*stages, Stage(CHECK, 0.25), Stage(READ, 1234.5, "3 documents in 1 file")], {}))
    assert lines == [
        "Time:",
        "  read                    1,234.50 s  3 documents in 1 file",
        "  check                       0.25 s",
        "  plan                        1.00 s",
        "  waiting for the window    120.00 s",
        "  in flight                   3.25 s  41 calls",
        "  journal                     0.50 s",
    ]


def test_what_there_was_not_is_left_out() -> None:
    assert list(timing_lines([Stage(READ, 0.1)], {"GET /contacts": 0})) == [
        "Time:",
        "  read                        0.10 s",
    ]


def test_the_most_called_endpoint_comes_first_and_equal_ones_by_name() -> None:
    calls = {"GET /whoami": 1, "GET /contacts": 1, "POST /credit_notes/{id}/apply-to-invoice": 1200}
    assert list(timing_lines([], calls))[1:] == [
        "Calls:",
        "  POST /credit_notes/{id}/apply-to-invoice    1,200",
        "  GET /contacts                                   1",
        "  GET /whoami                                     1",
    ]
