from __future__ import annotations

from importer.delivery.settle import Fate, Recovered, Recovery
from importer.model import Place, StepId
from importer.outcome import Failure, Outcome, Report, Status
from importer.report.outcome import report_lines, report_value
from importer.report.style import Style

PLAIN = Style()
PLACE = Place("m.yaml", 9, 3)
FAILURE = Failure("validation.invalid_value", "It is wrong.", "date", PLACE, "Mend it.")
DONE = Outcome(StepId("invoices", "I-1"), Status.CREATED, "inv_1", PLACE)
APPLIED = Outcome(StepId("credit_notes", "CN-1", "I-1#1"), Status.APPLIED, "cn_1", PLACE)
FAILED = Outcome(StepId("invoices", "I-2"), Status.FAILED, "", PLACE, FAILURE)
NOT_APPLIED = Outcome(StepId("credit_notes", "CN-2", "I-2#1"), Status.SKIPPED, "", None, Failure("needs-failed", "No."))


def test_a_run_without_trouble_is_one_line() -> None:
    report = Report([DONE, APPLIED], unchanged=12000)
    assert list(report_lines(report, PLAIN)) == ["1 created, 1 application, 12,000 unchanged."]


def test_what_failed_comes_with_its_place_and_its_help() -> None:
    assert list(report_lines(Report([DONE, FAILED, NOT_APPLIED]), PLAIN)) == [
        "m.yaml:9: failed invoice I-2 [validation.invalid_value]: It is wrong.",
        "    help: Mend it.",
        "skipped credit note CN-2 I-2#1 [needs-failed]: No.",
        "1 created, 0 unchanged, 1 failed, 1 skipped.",
    ]


def test_of_thousands_that_were_skipped_for_one_reason_the_first_are_shown_and_the_rest_counted() -> None:
    report = Report([FAILED, *[NOT_APPLIED] * 3000])
    shown = list(report_lines(report, PLAIN))
    assert shown[-2:] == [
        "... and 2,980 more skipped (-v shows all)",
        "0 created, 0 unchanged, 1 failed, 3,000 skipped.",
    ]
    assert len(shown) == 2 + 20 + 2
    assert len(list(report_lines(report, PLAIN, details=True))) == 2 + 3000 + 1


def test_an_interrupted_run_says_how_to_go_on() -> None:
    assert "run apply again" in "\n".join(report_lines(Report(interrupted=True), PLAIN))


def test_a_run_that_cannot_go_on_says_why() -> None:
    report = Report(broken=Failure("auth.revoked_token", "The token is revoked."))
    assert next(report_lines(report, PLAIN)) == "stopped [auth.revoked_token]: The token is revoked."


def test_the_value_has_the_keys_of_the_contract() -> None:
    value = report_value(Report([DONE, FAILED], unchanged=3))
    assert value == {
        "summary": {"created": 1, "adopted": 0, "updated": 0, "unchanged": 3, "failed": 1, "skipped": 0},
        "operations": [
            {
                "status": "created",
                "kind": "invoices",
                "key": "I-1",
                "id": "inv_1",
                "file": "m.yaml",
                "line": 9,
                "error": None,
            },
            {
                "status": "failed",
                "kind": "invoices",
                "key": "I-2",
                "id": None,
                "file": "m.yaml",
                "line": 9,
                "error": {
                    "code": "validation.invalid_value",
                    "message": "It is wrong.",
                    "field": "date",
                    "file": "m.yaml",
                    "line": 9,
                    "help": "Mend it.",
                },
            },
        ],
    }


def test_an_application_is_told_from_its_document_and_not_counted_as_one() -> None:
    value = report_value(Report([APPLIED]))
    assert value["operations"][0]["part"] == "I-1#1"
    assert set(value["summary"].values()) == {0}


def test_an_interruption_and_a_broken_run_show_in_the_value() -> None:
    assert report_value(Report(interrupted=True))["interrupted"] is True
    broken = report_value(Report(broken=Failure("auth.revoked_token", "The token is revoked.")))
    assert broken["broken"]["code"] == "auth.revoked_token"


def test_what_was_settled_first_is_in_the_value_where_something_was_open() -> None:
    one = Recovered(DONE.id, "create", "2026-05-19T10:00:00Z", Fate.SETTLED, "Found.", "inv_1", PLACE)
    value = report_value(Report(unchanged=1), Recovery([one]))
    assert value["settled"]["summary"] == {"settled": 1, "not_done": 0, "open": 0}
    assert [call["key"] for call in value["settled"]["operations"]] == ["I-1"]
    assert "settled" not in report_value(Report(unchanged=1))
