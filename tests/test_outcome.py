"""importer/outcome.py: how a run is counted."""

from __future__ import annotations

import pytest

from importer.model import StepId
from importer.outcome import Failure, Outcome, Report, Status

NOTE, PART = StepId("credit_notes", "CN-1"), StepId("credit_notes", "CN-1", "ORDER-1#1")


def test_a_run_that_did_nothing_counts_nothing_and_wrote_nothing() -> None:
    report = Report(unchanged=7)
    assert report.counts() == {"created": 0, "adopted": 0, "updated": 0, "unchanged": 7, "failed": 0, "skipped": 0}
    assert report.bad == []
    assert not report.wrote


def test_documents_are_counted_and_an_application_only_where_it_went_wrong() -> None:
    report = Report([Outcome(NOTE, Status.CREATED), Outcome(PART, Status.APPLIED)])
    assert report.counts()["created"] == 1
    assert sum(report.counts().values()) == 1
    report = Report([Outcome(NOTE, Status.CREATED), Outcome(PART, Status.FAILED)])
    assert (report.counts()["created"], report.counts()["failed"]) == (1, 1)


def test_an_adopted_application_is_not_a_document() -> None:
    assert Report([Outcome(PART, Status.ADOPTED)]).counts()["adopted"] == 0


@pytest.mark.parametrize(
    ("status", "bad"),
    [(status, status in (Status.FAILED, Status.SKIPPED)) for status in Status],
)
def test_what_failed_or_was_skipped_is_bad_and_all_else_was_written(status: Status, bad: bool) -> None:
    report = Report([Outcome(NOTE, status)])
    assert (report.bad == report.outcomes) is bad
    assert report.wrote is not bad


def test_one_thing_done_among_failures_was_written() -> None:
    assert Report([Outcome(NOTE, Status.FAILED), Outcome(NOTE, Status.ADOPTED)]).wrote


@pytest.mark.parametrize(
    ("outcome", "wrote"),
    [
        (Outcome(StepId("invoices", "I"), Status.FAILED, failure=Failure("validation.failed", "No.")), False),
        (Outcome(StepId("invoices", "I"), Status.FAILED, failure=Failure("no-answer", "Who knows.")), True),
        (
            Outcome(
                StepId("invoices", "I"), Status.FAILED, "inv_1", failure=Failure("books-differ", "x"), stops_kind=True
            ),
            True,
        ),
    ],
)
def test_a_run_wrote_when_what_failed_is_or_may_be_in_the_books(outcome: Outcome, wrote: bool) -> None:
    assert Report([outcome]).wrote is wrote
