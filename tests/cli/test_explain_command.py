"""``finz-import explain``: every code can be asked for, and a mistyped one is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import command
from importer.checks.rules import NOT_APPLICABLE
from importer.explained.every import ENTRIES

pytestmark = pytest.mark.usefixtures("folder")

# Their fault is one of the folder and not of what stands in a file, so it is not shown what validate says.
OF_THE_FOLDER = {
    "unread-spreadsheet",
    "no-such-path",
    "empty-folder",
    "project-file",
    "nested-project",
    "include-matches-nothing",
}


@pytest.mark.parametrize("code", ENTRIES)
def test_every_code_is_explained(code: str) -> None:
    ended = command("explain", code)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{code}: {ENTRIES[code].title}\n")


def test_a_rule_is_shown_with_its_reason_its_examples_and_what_validate_says() -> None:
    told = command("explain", "g2").out
    assert "`rules: {G2: ...}`" in told
    assert 'books.yaml:4:13: error[G2]: the GSTIN "27AAPFU0939F1ZO"' in told
    assert told.index("Wrong") < told.index("27AAPFU0939F1ZO") < told.index("Right") < told.index("27AAPFU0939F1ZV")


@pytest.mark.parametrize("code", [code for code, entry in ENTRIES.items() if entry.wrong is not None])
def test_what_validate_says_of_the_wrong_example_is_shown_where_it_can_be(code: str) -> None:
    told = command("explain", code, "--format", "json").json
    assert (told["code"], bool(told["problems"])) == (code, code not in OF_THE_FOLDER)


def test_a_code_of_the_contract_says_that_rules_cannot_change_it() -> None:
    assert "`rules` cannot change it" in command("explain", "not-a-date").out


def test_a_code_without_an_example_says_why() -> None:
    assert "No example: it takes a device or a named pipe." in command("explain", "not-a-file").out


def test_without_a_code_all_are_listed_in_a_line_each() -> None:
    ended = command("explain")
    assert (ended.code, ended.err) == (0, "")
    listed = [line.split()[0] for line in ended.out.splitlines() if line.startswith("  ")]
    assert listed == list(ENTRIES)


def test_the_list_as_json_has_the_same_codes() -> None:
    codes = command("explain", "--format", "json").json["codes"]
    assert [one["code"] for one in codes] == list(ENTRIES)
    assert set(codes[0]) == {"code", "title", "subject", "level"}


def test_an_unknown_code_is_wrong_usage_and_the_nearest_one_is_named() -> None:
    ended = command("explain", "not-a-dat")
    assert (ended.code, ended.out) == (2, "")
    assert "Did you mean not-a-date?" in ended.err


def test_a_code_of_finzbooks_itself_is_said_to_be_one() -> None:
    ended = command("explain", "validation.invalid_value")
    assert ended.code == 2
    assert "/docs/errors" in ended.err


def test_a_rule_that_is_not_applied_says_why() -> None:
    ended = command("explain", "g7")
    assert (ended.code, ended.out) == (0, f"G7: Not applied. {NOT_APPLICABLE['G7']}\n")


def test_a_rule_that_the_contract_keeps_names_its_codes() -> None:
    assert command("explain", "m2", "--format", "json").json["not_reported"].endswith(": not-an-amount.")


def test_validate_leads_there_where_there_are_problems(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("contcats: []\n", "utf-8")
    (folder / "right.yaml").write_text("contacts:\n  - {key: acme, contact_name: Acme}\n", "utf-8")
    leads = "For more about a code: finz-import explain CODE\n"
    assert command("validate", "wrong.yaml").out.endswith(leads)
    assert leads not in command("validate", "wrong.yaml", "--format", "json").out
    assert leads not in command("validate", "right.yaml").out
