"""What a sandbox is set to: switches, faults, clock and tokens, by command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.command import command, files_below
from cli.live import serving
from importer.sandbox.books import Books
from importer.sandbox.clock import SystemClock
from importer.sandbox.prepared import TOKENS
from importer.sandbox.serving.faults import Kind
from importer.sandbox.switches import NAMES

SANDBOX = Path(".finzbooks", "sandbox.db")


def switch(name: str, *options: str) -> dict[str, Any]:
    shown = command("sandbox", "switches", "--format", "json", *options).json["switches"]
    found: dict[str, Any] = next(one for one in shown if one["name"] == name)
    return found


class TestSwitches:
    def test_all_of_them_are_listed_in_words_and_a_star_marks_what_is_set(self, folder: Path) -> None:
        assert command("sandbox", "set", "void_paid=unapplies").code == 0
        shown = command("sandbox", "switches").out
        assert all(f" {name}=" in shown for name in NAMES)
        assert [line for line in shown.splitlines() if line.startswith("*")] == ["* void_paid=unapplies  (or refused)"]
        assert "      the void of an invoice that is paid in part\n" in shown

    def test_as_json_each_has_its_value_its_default_and_its_values(self, folder: Path) -> None:
        command("sandbox", "set", "create_status=201")
        assert switch("create_status") == {
            "name": "create_status",
            "value": "201",
            "default": "200",
            "values": ["200", "201"],
            "about": "the HTTP status of a successful create",
        }

    def test_an_empty_value_is_the_default_again(self, folder: Path) -> None:
        set_ = command("sandbox", "set", "lock_seconds=60", "lock_date=2026-03-31", "id_form=uuid")
        assert set_.out.splitlines() == [
            "lock_seconds=60  (was 0)",
            "lock_date=2026-03-31  (was empty)",
            "id_form=uuid  (was prefixed)",
        ]
        back = command("sandbox", "set", "lock_seconds=", "lock_date=", "--format", "json")
        assert back.json == {"switches": {"id_form": "uuid"}}

    @pytest.mark.parametrize(
        ("wish", "told"),
        [
            ("create_staus=201", 'Did you mean "create_status"?'),
            ("create_status=202", "takes 200 or 201"),
            ("lock_date=31.3.2026", "takes a date such as 2026-03-31"),
            ("lock_seconds=-1", "takes whole seconds"),
            ("create_status", "NAME=VALUE"),
        ],
    )
    def test_what_cannot_be_set_is_wrong_usage_and_none_of_it_is_set(self, wish: str, told: str, folder: Path) -> None:
        ended = command("sandbox", "set", "id_form=uuid", wish)
        assert (ended.code, ended.out) == (2, "")
        assert told in ended.err
        assert files_below(folder) == set()

    def test_a_switch_given_twice_is_wrong_usage(self, folder: Path) -> None:
        assert command("sandbox", "set", "id_form=uuid", "id_form=prefixed").code == 2

    def test_looking_makes_no_books_and_says_that_there_are_none(self, folder: Path) -> None:
        for words in (["switches"], ["faults"], ["clock"], ["faults", "--clear"]):
            ended = command("sandbox", *words)
            assert ended.code == 0
            assert "There are no books at" in ended.err
        assert files_below(folder) == set()

    def test_a_run_with_sandbox_is_under_them(self, books: Path) -> None:
        command("sandbox", "set", "id_form=uuid")
        assert command("apply", "--sandbox", "--yes", "books.yaml").code == 0
        with_prefix = [line for line in command("state", "list", "--sandbox").out.splitlines() if "inv_" in line]
        assert not with_prefix


class TestWhichBooks:
    def test_the_folder_that_apply_is_given_will_do(self, folder: Path) -> None:
        (folder / "month").mkdir()
        command("sandbox", "set", "id_form=uuid", "--books", "month")
        assert files_below(folder) == {"month/.finzbooks/sandbox.db"}
        assert switch("id_form", "--books", "month")["value"] == "uuid"
        assert switch("id_form", "--books", "month/.finzbooks/sandbox.db")["value"] == "uuid"

    def test_in_a_project_they_are_beside_the_project_file(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "finzbooks.yaml").write_text("version: 1\n", encoding="utf-8")
        (folder / "month").mkdir()
        monkeypatch.chdir(folder / "month")
        command("sandbox", "set", "id_form=uuid")
        assert files_below(folder) == {"finzbooks.yaml", ".finzbooks/sandbox.db"}


class TestFaults:
    def test_they_are_added_listed_and_cleared(self, folder: Path) -> None:
        first = command("sandbox", "faults", "POST /payments close-after nth=3", "slow seconds=0.5 rate=0.25")
        assert first.out.splitlines() == [
            "to come: POST /payments close-after nth=3",
            "to come: slow rate=0.25 seconds=0.5",
        ]
        instead = command("sandbox", "faults", "--clear", "GET /contacts html", "--format", "json")
        assert instead.json == {"faults": ["GET /contacts html"]}
        assert command("sandbox", "faults", "--clear").out == "Nothing will go wrong.\n"

    @pytest.mark.parametrize("line", ["POST", "POST /payment close-after", "slow slower=1", ""])
    def test_a_line_that_is_no_fault_is_wrong_usage_and_none_is_added(self, line: str, folder: Path) -> None:
        ended = command("sandbox", "faults", "slow seconds=1", line)
        assert (ended.code, ended.out) == (2, "")
        assert "in quotes" in ended.err
        assert files_below(folder) == set()

    def test_the_help_tells_every_kind(self, folder: Path) -> None:
        shown = command("sandbox", "faults", "--help").out
        told = {line.split()[0] for line in shown.splitlines() if line.startswith("    ") and line.split()}
        assert set(Kind) <= told


class TestClock:
    def test_it_is_the_machines_until_it_is_put_and_goes_on_from_there(self, folder: Path) -> None:
        assert "as on this machine" in command("sandbox", "clock").out
        put = command("sandbox", "clock", "--to", "2027-03-31T23:00+05:30")
        assert put.out.startswith("2027-03-31 17:30:0")
        assert "2027-03-31 23:00:0" in put.out
        before = told_time()
        assert command("sandbox", "clock", "--advance", "1d12h").code == 0
        assert 129_600 <= (told_time() - before).total_seconds() < 129_660
        assert command("sandbox", "clock", "--advance", "-36h").code == 0
        assert 0 <= (told_time() - before).total_seconds() < 60
        assert "as on this machine" in command("sandbox", "clock", "--to", "now").out

    @pytest.mark.parametrize(("span", "told"), [("90m", "1h 30m ahead of"), ("-15s", "15s behind"), ("2d", "2d ahead")])
    def test_a_span_is_told_as_it_is_given(self, span: str, told: str, folder: Path) -> None:
        assert told in command("sandbox", "clock", "--advance", span).out

    @pytest.mark.parametrize(
        "wish",
        [
            ("--advance", "tomorrow"),
            ("--advance", "1.5d"),
            ("--advance", "99999d"),
            ("--to", "31.3.2026"),
            ("--to", "1970-01-01"),
            ("--advance", "1d", "--to", "now"),
        ],
        ids=" ".join,
    )
    def test_a_time_that_is_none_is_wrong_usage_and_the_clock_stays(self, wish: tuple[str, ...], folder: Path) -> None:
        ended = command("sandbox", "clock", *wish)
        assert (ended.code, ended.out) == (2, "")
        assert "as on this machine" in command("sandbox", "clock").out

    def test_a_run_with_sandbox_lives_in_that_time(self, books: Path) -> None:
        command("sandbox", "clock", "--to", "2027-04-01T12:00")
        assert command("apply", "--sandbox", "--yes", "books.yaml").code == 0
        shown = command("state", "list", "--sandbox", "--format", "json").json
        assert {one["updated"][:10] for one in shown} == {"2027-04-01"}

    @pytest.mark.parametrize(("year", "late"), [(2024, True), (2030, False)])
    def test_a_plan_takes_its_day_for_today(self, year: int, late: bool, books: Path) -> None:
        command("sandbox", "clock", "--to", f"{year}-01-01T12:00")
        planned = command("plan", "--sandbox", "books.yaml")
        assert planned.code == 0
        assert (f"dated after today, {year}-01-01" in planned.out) is late

    def test_a_server_that_is_running_goes_along(self, folder: Path) -> None:
        with serving(folder / "served.db") as live:
            org = live.org()
            command("sandbox", "clock", "--to", "2027-04-01T12:00", "--books", "served.db")
            made = org.send("POST", "/contacts", '{"contact_name": "Late Ltd", "contact_type": "CUSTOMER"}')
        assert made["contact"]["created_time"].startswith("2027-04-01T12:00")


def told_time() -> datetime:
    return datetime.fromisoformat(command("sandbox", "clock", "--format", "json").json["time"]).astimezone(UTC)


class TestTokens:
    def test_each_is_listed_with_what_it_may_do_and_where(self, folder: Path) -> None:
        shown = command("sandbox", "tokens").out
        for token in TOKENS:
            assert f"{token.secret}\n    {token.about}\n    org_sandbox_" in shown
        (listed,) = [one for one in tokens() if one["token"] == "aibk_pat_test_all_orgs"]
        assert set(listed["orgs"].values()) == {"Sandbox Traders", "Sandbox Branch Office"}

    def test_one_that_a_fault_has_revoked_is_marked_and_reset_lets_it_in_again(self, books: Path) -> None:
        command("sandbox", "faults", "revoke-token")
        assert command("apply", "--sandbox", "--yes", "books.yaml").code == 5
        assert "revoked by now" in command("sandbox", "tokens").out
        assert command("sandbox", "reset", "--yes").code == 0
        assert "revoked by now" not in command("sandbox", "tokens").out
        assert command("apply", "--sandbox", "--yes", "books.yaml").code == 0

    @pytest.mark.parametrize(
        ("token", "code", "why"),
        [
            ("aibk_pat_test_sandbox", 0, ""),
            ("aibk_pat_test_partner", 0, ""),
            ("aibk_pat_test_all_orgs", 5, "org-needed"),
            ("aibk_pat_test_expired", 5, "token-rejected"),
            ("aibk_pat_test_revoked", 5, "token-rejected"),
            ("aibk_pat_test_read_only", 0, ""),
        ],
    )
    def test_a_plan_gets_as_far_as_its_token_may(self, token: str, code: int, why: str, books: Path) -> None:
        with serving(books.parent / "served.db") as live:
            ended = command("plan", "books.yaml", env={"FINZBOOKS_BASE_URL": live.url, "FINZBOOKS_TOKEN": token})
        assert ended.code == code
        assert f"error[{why}]" in ended.err if why else ended.err == ""

    def test_the_token_of_several_organisations_works_in_each_that_is_named(self, books: Path) -> None:
        with serving(books.parent / "served.db") as live:
            (listed,) = [one for one in tokens("--books", "served.db") if one["token"] == "aibk_pat_test_all_orgs"]
            for number, org in enumerate(listed["orgs"]):
                env = {"FINZBOOKS_BASE_URL": live.url, "FINZBOOKS_TOKEN": listed["token"], "FINZBOOKS_ORG_ID": org}
                ended = command("apply", "books.yaml", "--yes", "--state", f"{number}.db", env=env)
                assert (ended.code, ended.out) == (0, "5 created, 1 application, 0 unchanged.\n")


def tokens(*options: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = command("sandbox", "tokens", "--format", "json", *options).json["tokens"]
    return listed


def test_books_of_another_version_name_the_way_out(folder: Path) -> None:
    SANDBOX.parent.mkdir()
    books = Books(SANDBOX, SystemClock())
    books.db.run("PRAGMA user_version = 99")
    books.close()
    ended = command("sandbox", "switches")
    assert ended.code == 5
    assert "of version 99" in ended.err
    assert "finz-import sandbox reset --all" in ended.err
    assert command("sandbox", "reset", "--yes").code == 5
    assert command("sandbox", "reset", "--all", "--yes").code == 0
    assert not list(SANDBOX.parent.iterdir())
