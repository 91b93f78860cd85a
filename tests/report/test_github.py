from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model import Action, Change, Drift, Place, Problem, Severity, StepId
from importer.outcome import Failure, Outcome, Report, Status
from importer.plan.value import Calls, Money, Plan, Step
from importer.report.github import Checkout, github_commands, github_lines, github_plan_lines, github_report_lines

PLACE = Place("books/m.yaml", 3, 7, 4)
SPOT = "file=books/m.yaml,line=3,endLine=3,col=7,endColumn=10"
PROBLEM = Problem("unknown-field", "There is no field `x`.", PLACE, "Remove it.")


class Command(NamedTuple):
    """A workflow command as the runner takes it apart (actions/runner, ActionCommand.cs)."""

    name: str
    properties: dict[str, str]
    data: str


def understood(line: str) -> Command:
    assert "\n" not in line
    assert "\r" not in line
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    name, _, listed = head.partition(" ")
    pairs = [pair.split("=", 1) for pair in listed.split(",") if pair]
    properties = {one[0]: unescaped(one[1], ":", ",") for one in pairs if len(one) == 2}
    return Command(name, properties, unescaped(data))


def unescaped(text: str, *also: str) -> str:
    for token in ("\r", "\n", *also, "%"):
        text = text.replace(f"%{ord(token):02X}", token)
    return text


def first(lines: Any) -> Command:
    return understood(next(iter(lines)))


def plan_of(*steps: Step) -> Plan:
    return Plan("org_1", steps, 0, Money(), Calls())


# Problems.


def test_a_problem_is_a_command_with_its_place_and_its_help() -> None:
    assert list(github_lines([PROBLEM])) == [
        f"::error {SPOT},title=unknown-field::books/m.yaml:3:7: There is no field `x`.%0Ahelp: Remove it.",
        "1 error",
    ]


@pytest.mark.parametrize(
    ("severity", "name"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "notice")]
)
def test_each_severity_has_its_command(severity: Severity, name: str) -> None:
    assert list(github_lines([replace(PROBLEM, severity=severity)]))[1] == f"1 {name}"
    assert first(github_lines([replace(PROBLEM, severity=severity)])).name == name


def test_a_problem_of_one_character_ends_where_it_begins() -> None:
    spot = first(github_lines([replace(PROBLEM, place=Place("m.yaml", 1, 1))])).properties
    assert (spot["col"], spot["endColumn"]) == ("1", "1")


def test_a_problem_without_a_place_has_a_title_only() -> None:
    assert next(github_lines([Problem("bad", "It is bad.", None)])) == "::error title=bad::It is bad."


def test_percent_signs_and_ends_of_lines_are_escaped_in_the_message() -> None:
    one = Problem("bad", "100% of a, b: c", None, "d%0A")
    assert next(github_lines([one])) == "::error title=bad::100%25 of a, b: c%0Ahelp: d%250A"


def test_colons_and_commas_are_escaped_in_the_name_of_a_file() -> None:
    line = next(github_lines([replace(PROBLEM, place=Place("CC:/a,b/100%.yaml", 1, 1))]))
    assert line.startswith("::error file=CC%3A/a%2Cb/100%25.yaml,line=1,")


@pytest.mark.parametrize(
    "name",
    [
        "books/2026-05/my invoices, May: draft 100%.csv",
        "\u092c\u0939\u0940/\u8acb\u6c42\u66f8.yaml",
        " leading and trailing .yaml",
        "a=b::c.yaml",
    ],
)
def test_a_file_of_any_name_and_its_place_come_through(name: str) -> None:
    one = replace(PROBLEM, place=Place(name, 12, 5, 3), cell="row 11, column gst_no")
    command = first(github_lines([one]))
    spot = {"file": name, "line": "12", "endLine": "12", "col": "5", "endColumn": "7"}
    assert command.properties == {**spot, "title": "unknown-field"}
    assert command.data.splitlines()[:2] == [f"{name}:12:5: There is no field `x`.", "row 11, column gst_no"]


@pytest.mark.parametrize(
    ("file", "folder", "named"),
    [
        ("m.yaml", "/work", "m.yaml"),
        ("m.yaml", "/work/books", "books/m.yaml"),
        ("./2026/m.yaml", "/work/books", "books/2026/m.yaml"),
        ("../m.yaml", "/work/books/2026", "books/m.yaml"),
        ("work/m.yaml", "/", "m.yaml"),
        ("/work/books/m.yaml", "/work/books", "books/m.yaml"),
        ("/work/repo/../m.yaml", "/tmp", "m.yaml"),
        ("D:/work/m.yaml", "D:/", "m.yaml"),
        ("books/m.yaml", "D:/work", "books/m.yaml"),
    ],
)
def test_a_file_is_named_from_the_root_of_the_repository(file: str, folder: str, named: str) -> None:
    checkout = Checkout(folder, ("/work", "D:/work"))
    place = Place(file, 1, 1)
    step = Step(StepId("contacts", "acme"), Action.CONFLICT, place=place)
    outcome = Outcome(StepId("contacts", "acme"), Status.FAILED, "", place)
    for lines in (
        github_lines([replace(PROBLEM, place=place)], checkout),
        github_plan_lines(plan_of(step), checkout),
        github_report_lines(Report([outcome]), checkout),
    ):
        assert first(lines).properties["file"] == named


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("../m.yaml", "/work"),
        ("../../m.yaml", "/work/books"),
        ("..", "/work"),
        (".", "/work"),
        ("m.yaml", "/tmp"),
        ("m.yaml", "/workshop"),
        ("/tmp/m.yaml", "/work/books"),
        ("C:/work/m.yaml", "/work"),
    ],
)
def test_a_file_outside_of_the_repository_is_named_in_the_message_alone(file: str, folder: str) -> None:
    command = first(github_lines([replace(PROBLEM, place=Place(file, 3, 7))], Checkout(folder, ("/work",))))
    assert command.properties == {"title": "unknown-field"}
    assert command.data.startswith(f"{file}:3:7: There is no field")


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\x1b", "\n"])
def test_a_name_that_would_turn_a_line_around_is_escaped_and_annotates_nothing(mark: str) -> None:
    line = next(github_lines([replace(PROBLEM, place=Place(f"a{mark}b.yaml", 3, 7))]))
    assert mark not in line
    assert understood(line).properties == {"title": "unknown-field"}
    assert understood(line).data.startswith(f"a\\u{ord(mark):04x}b.yaml:3:7: ")


def test_no_text_turns_the_line_around() -> None:
    step = Step(StepId("contacts", "acme"), Action.CONFLICT, changes=(Change("notes", None, "a\u202eb"),))
    assert "notes: nothing -> a\ufffdb" in first(github_plan_lines(plan_of(step))).data


def test_a_file_is_named_as_git_names_it() -> None:
    assert first(github_lines([replace(PROBLEM, place=Place("./m.yaml", 1, 1))])).properties["file"] == "m.yaml"


@given(st.text(), st.text(min_size=1), st.text())
def test_a_command_is_taken_apart_into_what_was_put_in(message: str, code: str, help: str) -> None:
    problem = Problem(code, message, PLACE, help)
    line = next(github_lines([problem]))
    command = understood(line)
    line.encode()
    assert command.properties["title"] == shown(code)
    told = f"\nhelp: {problem.help}" if help else ""
    assert command.data == shown(f"books/m.yaml:3:7: {problem.message}{told}")


def shown(text: str) -> str:
    """Without what a terminal or UTF-8 would stumble over."""
    odd = {chr(one) for one in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))} - {"\t", "\n", "\r"}
    odd |= {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
    return "".join("\N{REPLACEMENT CHARACTER}" if one in odd else one for one in text)


def test_a_message_that_looks_like_a_command_stays_a_message() -> None:
    command = first(github_lines([Problem("a::b", "::add-mask::y", None, "::stop-commands::z")]))
    assert command == Command("error", {"title": "a::b"}, "::add-mask::y\nhelp: ::stop-commands::z")


def test_the_other_place_of_a_contradiction_is_told() -> None:
    one = replace(PROBLEM, related=(Place("n.yaml", 1, 2),))
    assert first(github_lines([one])).data.splitlines()[1] == "see also n.yaml:1:2"


def test_problems_come_in_the_order_of_the_files() -> None:
    places = [Place("b.yaml", 1, 1), Place("a.yaml", 10, 1), Place("a.yaml", 2, 1)]
    *lines, _ = github_lines([replace(PROBLEM, place=place) for place in places])
    found = [understood(line).properties for line in lines]
    assert [(one["file"], one["line"]) for one in found] == [("a.yaml", "2"), ("a.yaml", "10"), ("b.yaml", "1")]


def test_what_was_told_before_is_counted_and_not_told_again() -> None:
    warned = [replace(PROBLEM, severity=Severity.WARNING)] * 2
    assert len(list(github_commands(warned))) == 2
    for lines in (
        github_lines([], before=warned),
        github_plan_lines(plan_of(), before=warned),
        github_report_lines(Report([]), before=warned),
    ):
        assert list(lines) == ["2 warnings"]


def test_no_problems_are_a_line_that_says_so() -> None:
    assert list(github_lines([])) == ["no problems"]


def test_problems_that_github_hides_are_counted() -> None:
    warning = replace(PROBLEM, severity=Severity.WARNING)
    *lines, total = github_lines([*[PROBLEM] * 1200, *[warning] * 2])
    assert len(lines) == 1202
    assert total == "1,200 errors, 2 warnings (GitHub shows 10 of each beside the files; the log has all)"
    assert list(github_lines([*[PROBLEM] * 10, warning]))[-1] == "10 errors, 1 warning"


# Plans.


def test_a_conflict_is_an_error_that_shows_what_differs() -> None:
    step = Step(
        StepId("invoices", "I-1"),
        Action.CONFLICT,
        place=PLACE,
        changes=(Change("line_items[0].rate", "100", "120"), Change("notes", None, "x")),
        reason="It is posted.",
        help="Void it.",
        code="edit-of-document",
    )
    command = first(github_plan_lines(plan_of(step)))
    assert (command.name, command.properties["title"]) == ("error", "edit-of-document")
    assert command.data.splitlines() == [
        "books/m.yaml:3:7: invoice I-1: conflict: It is posted.",
        "rate of line 1: 100 -> 120",
        "notes: nothing -> x",
        "help: Void it.",
    ]


def test_drift_shows_all_three_sides() -> None:
    drift = (Drift("contact_name", "Acme", None, "Acme Corp"), Drift("tags", ["a"], True, 3))
    step = Step(StepId("contacts", "acme"), Action.CONFLICT, reason="Changed.", code="drift", drift=drift)
    assert first(github_plan_lines(plan_of(step))).data.splitlines()[1:] == [
        "contact_name: Acme when last applied, nothing in the books, Acme Corp in the manifest",
        'tags: ["a"] when last applied, true in the books, 3 in the manifest',
    ]


@pytest.mark.parametrize(
    ("action", "name"), [(Action.PENDING, "warning"), (Action.ORPHANED, "notice"), (Action.ADOPT, "notice")]
)
def test_what_else_is_unusual_in_a_plan_is_told(action: Action, name: str) -> None:
    step = Step(StepId("contacts", "acme"), action, place=PLACE, reason="Because.")
    command = first(github_plan_lines(plan_of(step)))
    assert (command.name, command.properties["line"], command.properties["title"]) == (name, "3", action.value)
    assert command.data == f"books/m.yaml:3:7: contact acme: {action.value}: Because."


def test_an_adoption_names_what_it_adopts() -> None:
    step = Step(StepId("contacts", "acme"), Action.ADOPT, remote_id="ct_1", reason="the same GSTIN")
    assert first(github_plan_lines(plan_of(step))).data == (
        "contact acme: adopt: found in the books as ct_1: the same GSTIN"
    )


def test_what_is_usual_in_a_plan_is_no_annotation() -> None:
    usual = [Action.CREATE, Action.UPDATE, Action.APPROVE, Action.APPLY, Action.SETTLE]
    steps = [Step(StepId("invoices", "I-1"), action, place=PLACE) for action in usual]
    found_done = Step(StepId("credit_notes", "CN-1", "I-1#1"), Action.ADOPT, place=PLACE)
    assert list(github_plan_lines(plan_of(*steps, found_done))) == ["no problems"]


# Reports.


def test_what_failed_is_an_error_and_what_was_skipped_a_warning() -> None:
    failed = Outcome(StepId("invoices", "I-2"), Status.FAILED, "", None, Failure("x", "Wrong.", "date", PLACE, "Mend."))
    skipped = Outcome(StepId("credit_notes", "CN", "I-2#1"), Status.SKIPPED, "", PLACE, Failure("needs-failed", "No."))
    done = Outcome(StepId("contacts", "acme"), Status.CREATED, "ct_1", PLACE)
    assert list(github_report_lines(Report([failed, skipped, done]))) == [
        f"::error {SPOT},title=x::books/m.yaml:3:7: invoice I-2 failed: Wrong.%0Ahelp: Mend.",
        f"::warning {SPOT},title=needs-failed::books/m.yaml:3:7: credit note CN I-2#1 skipped: No.",
        "1 error, 1 warning",
    ]


def test_a_failure_without_a_reason_is_told_all_the_same() -> None:
    report = Report([Outcome(StepId("invoices", "I-2"), Status.FAILED)])
    assert next(github_report_lines(report)) == "::error title=failed::invoice I-2 failed"


def test_a_run_that_stopped_is_an_error_and_an_interrupted_one_a_warning() -> None:
    report = Report(broken=Failure("auth.revoked_token", "The token is revoked."), interrupted=True)
    broken, interrupted, total = github_report_lines(report)
    assert broken == "::error title=auth.revoked_token::The run stopped: The token is revoked."
    assert understood(interrupted).name == "warning"
    assert total == "1 error, 1 warning"


def test_a_run_without_trouble_has_no_annotations() -> None:
    done = Outcome(StepId("contacts", "acme"), Status.CREATED, "ct_1", PLACE)
    assert list(github_report_lines(Report([done], unchanged=3))) == ["no problems"]
