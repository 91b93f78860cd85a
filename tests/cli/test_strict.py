"""``--strict``: every warning counts as an error, for validate, plan and apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import command, files_below
from cli.live import Org

BAD_CHECK = "contacts: [{key: a, contact_name: A, contact_type: CUSTOMER, gst_no: 27AAPFU0939F1ZO}]\n"  # G2
COMMANDS = (["validate"], ["plan", "--offline"], ["plan", "--sandbox"], ["apply", "--sandbox", "--yes"])


def severities(folder: Path, level: str, *words: str) -> tuple[int, list[tuple[str, str]]]:
    """How a run with the rule at ``level`` ends, and its problems."""
    (folder / "finzbooks.yaml").write_text(f"rules: {{G2: {level}}}\n", encoding="utf-8")
    (folder / "m.yaml").write_text(BAD_CHECK, encoding="utf-8")
    ended = command("validate", "--format", "json", *words, "m.yaml")
    return ended.code, [(one["code"], one["severity"]) for one in ended.json["problems"]]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_warning_of_reading_ends_in_1_and_nothing_is_done(words: list[str], books: Path) -> None:
    (books.parent / "later.yaml").write_text("", encoding="utf-8")
    before = files_below(books.parent)
    ended = command(*words, "--strict", ".")
    assert (ended.code, ended.problems) == (1, [("later.yaml:1:1", "empty-file")])
    assert files_below(books.parent) == before
    assert command(*words, ".").code == 0


@pytest.mark.parametrize(
    ("level", "ends", "told"),
    [("error", 1, "error"), ("warning", 1, "error"), ("info", 0, "info"), ("off", 0, None)],
)
def test_a_rule_that_the_project_makes_a_warning_is_an_error_and_no_other_level_moves(
    folder: Path, level: str, ends: int, told: str | None
) -> None:
    found = [] if told is None else [("G2", told)]
    assert severities(folder, level, "--strict") == (ends, found)
    assert severities(folder, "warning") == (0, [("G2", "warning")])


def test_a_good_manifest_stays_good(books: Path) -> None:
    ended = command("validate", "--strict", "books.yaml")
    assert (ended.code, ended.out) == (0, "")
    assert command("apply", "--strict", "--sandbox", "--yes", "books.yaml").code == 0


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_date_to_come_counts_in_every_command(words: list[str], folder: Path) -> None:
    text = (
        "contacts: [{key: a, contact_name: A, contact_type: CUSTOMER}]\n"
        "invoices: [{key: I-1, customer: a, date: 2999-01-01, place_of_supply: IN-KA, "
        "line_items: [{name: Work, quantity: 1, rate: 100}]}]\n"
    )
    (folder / "m.yaml").write_text(text, encoding="utf-8")
    ended = command(*words, "--strict", "m.yaml")
    assert (ended.code, [code for _, code in ended.problems]) == (1, ["D2"])
    assert command(*words, "m.yaml").code == 0


def test_a_saved_plan_takes_no_other_options_and_so_not_this_one(books: Path, org: Org) -> None:
    assert command("plan", "--strict", "--out", "p.json", "books.yaml", env=org.env).code == 0
    ended = command("apply", "--plan", "p.json", "--strict", "--yes", env=org.env)
    assert (ended.code, "A saved plan holds its PATHs and options." in ended.err) == (2, True)
    assert command("apply", "--plan", "p.json", "--yes", env=org.env).code == 0
