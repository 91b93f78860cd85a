"""What goes where: results to stdout, all else to stderr; text for people, JSON for machines."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from cli.command import command
from cli.live import Org

EXPECTED = Path(__file__).parent / "expected"
ESCAPE = "\x1b["
COUNTS = {"create", "adopt", "update", "unchanged", "conflict", "orphaned", "pending"}
OPERATION = {"action", "kind", "key", "id", "depends_on", "changes", "file", "line"}
AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}")


def test_the_plan_of_the_quickstart_reads_as_expected(books: Path, org: Org) -> None:
    ended = command("plan", "books.yaml", env=org.env)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.replace(org.id, "ORG") == (EXPECTED / "quickstart-plan.txt").read_text("utf-8")


def test_the_offline_plan_of_the_quickstart_reads_as_expected(books: Path) -> None:
    ended = command("plan", "--offline", "books.yaml")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (EXPECTED / "quickstart-plan-offline.txt").read_text("utf-8")


def test_the_problems_of_a_file_read_as_expected(folder: Path) -> None:
    text = "contacts:\n\t- key: acme\n"
    (folder / "tabs.yaml").write_text(text, encoding="utf-8")
    text = "contacts:\n  - {key: acme, contact_nmae: Acme}\n  - {key: acme, contact_name: \u0905\u092c\u0915}\n"
    (folder / "typos.yaml").write_text(text, encoding="utf-8")
    ended = command("validate", ".")
    assert ended.code == 1
    assert ended.out == (EXPECTED / "problems.txt").read_text("utf-8")


class TestJson:
    def test_of_a_plan_has_the_keys_of_the_contract(self, books: Path, org: Org) -> None:
        value = command("plan", "--format", "json", "books.yaml", env=org.env).json
        assert set(value) >= {"format_version", "org_id", "summary", "calls", "money", "operations"}
        assert (value["format_version"], value["org_id"]) == (1, org.id)
        assert set(value["summary"]) == COUNTS
        assert set(value["calls"]) == {"total", "by_endpoint", "seconds"}
        assert value["calls"]["total"] == sum(value["calls"]["by_endpoint"].values())
        money = {"billed": "14160.00", "received": "14060.00", "credited": "100.00", "outstanding": "0.00"}
        assert value["money"] == money
        assert all(set(one) >= OPERATION for one in value["operations"])
        assert [(one["action"], one["key"], one["line"]) for one in value["operations"]] == [
            ("create", "acme", 20),
            ("create", "widget-pro", 31),
            ("create", "ORDER-99031", 41),
            ("create", "UTR-1234567", 49),
            ("create", "CN-1", 61),
            ("apply", "CN-1", 70),
        ]
        application = value["operations"][-1]
        assert (application["target"], application["amount"]) == ("invoices/ORDER-99031", "100.00")
        assert application["depends_on"] == ["credit_notes/CN-1", "invoices/ORDER-99031"]

    def test_of_an_offline_plan_says_null_for_what_nobody_knows(self, books: Path) -> None:
        value = command("plan", "--offline", "--format", "json", "books.yaml").json
        assert value["org_id"] is None
        assert value["money"]["received"] == "14060.00"
        assert value["money"]["billed"] is None or AMOUNT.fullmatch(value["money"]["billed"])

    def test_of_an_apply_has_the_keys_of_the_contract(self, books: Path, org: Org) -> None:
        value = command("apply", "--yes", "--format", "json", "books.yaml", env=org.env).json
        assert set(value["summary"]) == {"created", "adopted", "updated", "unchanged", "failed", "skipped"}
        assert value["summary"]["created"] == 5
        assert all(set(one) >= {"status", "kind", "key", "id", "error", "file", "line"} for one in value["operations"])
        assert [one["status"] for one in value["operations"]].count("created") == 5
        assert all(one["id"] and one["error"] is None for one in value["operations"])

    def test_of_a_good_manifest_says_that_there_are_no_problems(self, books: Path) -> None:
        ended = command("validate", "--format", "json", "books.yaml")
        assert (ended.code, ended.json, ended.err) == (0, {"problems": []}, "")

    def test_of_an_apply_that_conflicts_keep_from_sending_is_that_of_an_apply(self, books: Path, org: Org) -> None:
        assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
        books.write_text(books.read_text("utf-8").replace("quantity: 1  ", "quantity: 2  "), encoding="utf-8")
        ended = command("apply", "--yes", "--format", "json", "books.yaml", env=org.env)
        assert ended.code == 1
        assert (ended.json["summary"]["created"], ended.json["summary"]["failed"]) == (0, 1)
        (conflict,) = ended.json["operations"]
        assert (conflict["status"], conflict["error"]["code"]) == ("failed", "edit-of-document")
        assert command("plan", "--format", "json", "books.yaml", env=org.env).json["summary"]["conflict"] == 1

    def test_of_an_apply_without_changes_parses(self, books: Path, org: Org) -> None:
        assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
        ended = command("apply", "--yes", "--format", "json", "books.yaml", env=org.env)
        assert (ended.json["summary"]["unchanged"], ended.json["operations"]) == (5, [])

    def test_keeps_letters_of_every_script(self, folder: Path) -> None:
        (folder / "m.yaml").write_text("contacts: [{key: \u0905, name: x}]\n", encoding="utf-8")
        ended = command("validate", "--format", "json", "m.yaml")
        assert "\u0905" in ended.out
        assert ended.json["problems"]


class TestColours:
    @pytest.mark.parametrize("words", [["plan", "--offline"], ["validate"]], ids=" ".join)
    def test_are_for_terminals_only(self, words: list[str], books: Path) -> None:
        books.write_text(books.read_text("utf-8") + "  - {key: x}\n" * (words == ["validate"]), encoding="utf-8")
        assert ESCAPE not in command(*words, "books.yaml").out
        assert ESCAPE in command(*words, "books.yaml", terminal=True).out

    def test_are_off_with_the_option(self, books: Path) -> None:
        assert ESCAPE not in command("plan", "--offline", "--no-color", "books.yaml", terminal=True).out

    def test_are_off_with_the_variable(self, books: Path) -> None:
        ended = command("plan", "--offline", "books.yaml", terminal=True, env={"NO_COLOR": "1"})
        assert ESCAPE not in ended.out

    def test_stay_on_with_an_empty_variable(self, books: Path) -> None:
        # https://no-color.org: when present and not an empty string.
        assert ESCAPE in command("plan", "--offline", "books.yaml", terminal=True, env={"NO_COLOR": ""}).out

    def test_are_never_in_json(self, books: Path) -> None:
        assert ESCAPE not in command("plan", "--offline", "--format", "json", "books.yaml", terminal=True).out


class TestProgress:
    def test_is_a_bar_on_a_terminal(self, books: Path, org: Org) -> None:
        ended = command("apply", "--yes", "books.yaml", env=org.env, terminal=True)
        assert "Applying 6/6" in ended.err
        assert ended.out == "5 created, 1 application, 0 unchanged.\n"

    @pytest.mark.parametrize("flag", ["-q", "--quiet"])
    def test_is_left_out_when_quiet(self, flag: str, books: Path, org: Org) -> None:
        ended = command("apply", "--yes", flag, "books.yaml", env=org.env, terminal=True)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out == "5 created, 1 application, 0 unchanged.\n"

    def test_is_left_out_for_a_file_and_for_json(self, books: Path, org: Org) -> None:
        assert command("apply", "--yes", "books.yaml", "--format", "json", env=org.env, terminal=True).err == ""

    def test_of_the_sandbox_tells_the_time_that_the_live_one_would_take(self, books: Path) -> None:
        ended = command("apply", "--yes", "--sandbox", "books.yaml")
        assert re.fullmatch(r"[0-9]+ calls; at the API's pace they wait 0 s for the rate limit\.\n", ended.err)
        books.write_text(books.read_text("utf-8").replace("1 MG Road", "2 MG Road"), encoding="utf-8")
        assert command("apply", "--yes", "--sandbox", "-q", "books.yaml").err == ""

    def test_a_quiet_validate_of_good_input_says_nothing(self, books: Path) -> None:
        ended = command("validate", "-q", "books.yaml")
        assert (ended.code, ended.out, ended.err) == (0, "", "")
        assert command("validate", "books.yaml").err == "5 documents in 1 file: no errors.\n"


class TestVerbose:
    def test_shows_every_step_of_a_long_plan(self, folder: Path) -> None:
        rows = "".join(f"c{number},Customer {number}\n" for number in range(30))
        (folder / "contacts.csv").write_text("key,contact_name\n" + rows, encoding="utf-8")
        short = command("plan", "--offline", "contacts.csv").out
        assert "+ create" not in short
        assert "30 to create" in short
        assert command("plan", "--offline", "-v", "contacts.csv").out.count("+ create contact") == 30


def test_a_plan_says_what_it_costs_before_anything_is_sent(books: Path, org: Org) -> None:
    planned = command("plan", "--format", "json", "books.yaml", env=org.env).json["calls"]
    assert planned["seconds"] == -(-planned["total"] * 60 // 3000)
    writes = {name: number for name, number in planned["by_endpoint"].items() if not name.startswith("GET")}
    assert sum(writes.values()) == 6


def test_a_plan_in_the_end_writes_nothing_at_all(books: Path, org: Org) -> None:
    assert command("plan", "--detailed-exitcode", "books.yaml", env=org.env).code == 3
    assert sum(org.counts().values()) == 0
    assert [path.name for path in books.parent.iterdir()] == ["books.yaml"]


def test_every_amount_in_json_is_text_with_two_decimals(books: Path, org: Org) -> None:
    value = command("plan", "--format", "json", "books.yaml", env=org.env).json
    amounts = [*value["money"].values(), *(one["amount"] for one in value["operations"] if "amount" in one)]
    assert len(amounts) == 8
    assert all(AMOUNT.fullmatch(amount) and Decimal(amount) >= 0 for amount in amounts)
