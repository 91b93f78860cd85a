"""``-v`` ends with where the time went and which calls were sent: on stderr, and never in a result."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest

from cli.command import Ended, command
from cli.live import Org
from importer.cli.stages import Stages

LINE = re.compile(r"^  (?P<stage>[a-z ]+?) +(?P<seconds>[0-9,]+\.[0-9]{2}) s", re.MULTILINE)
COMMANDS = (("validate",), ("plan", "--sandbox"), ("apply", "--sandbox", "--yes"))


def stages(ended: Ended) -> list[str]:
    return [found["stage"] for found in LINE.finditer(ended.err)]


def calls(ended: Ended) -> dict[str, int]:
    lines = ended.err.partition("Calls:\n")[2].splitlines()
    pairs = (line.strip().rsplit(maxsplit=1) for line in lines)
    return {label.strip(): int(number.replace(",", "")) for label, number in pairs}


def test_validate_reads_and_checks(books: Path) -> None:
    ended = command("validate", "-v", books.name)
    assert stages(ended) == ["read", "check"]
    assert "  5 documents in 1 file\n" in ended.err
    assert calls(ended) == {}


def test_a_plan_made_offline_sends_nothing(books: Path) -> None:
    ended = command("plan", "--offline", "-v", books.name)
    assert stages(ended) == ["read", "check", "plan"]
    assert calls(ended) == {}


def test_an_apply_tells_every_call_that_it_sent(books: Path, org: Org) -> None:
    ended = command("apply", "--yes", "-v", books.name, env=org.env)
    assert ended.code == 0
    assert stages(ended) == ["read", "check", "plan", "in flight", "journal"]
    sent = calls(ended)
    assert sent["POST /credit_notes/{id}/apply-to-invoice"] == 1
    assert list(sent.values()) == sorted(sent.values(), reverse=True)
    assert f"  {sum(sent.values())} calls\n" in ended.err


def test_the_stages_are_told_of_input_with_errors_as_well(folder: Path) -> None:
    (folder / "m.yaml").write_text("contacts: [{key: a}]\n", encoding="utf-8")
    for words in COMMANDS:
        ended = command(*words, "-v", "m.yaml")
        assert ended.code == 1
        assert stages(ended) == ["read", "check"]


@pytest.mark.parametrize("words", COMMANDS)
def test_json_on_stdout_stays_alone(words: tuple[str, ...], books: Path) -> None:
    ended = command(*words, "-v", "--format", "json", books.name)
    assert ended.json
    assert "Time:" in ended.err


def test_without_it_nothing_of_this_is_told(books: Path) -> None:
    for words in COMMANDS:
        ended = command(*words, books.name)
        assert "Time:" not in ended.err + ended.out


def test_what_is_measured_inside_of_a_stage_counts_there_alone(capsys: pytest.CaptureFixture[str]) -> None:
    measured = Stages()
    began = time.perf_counter()
    with measured("plan"):
        with measured("read"):
            time.sleep(0.05)
        time.sleep(0.02)
    whole = time.perf_counter() - began
    measured.tell()
    seconds = {found["stage"]: float(found["seconds"]) for found in LINE.finditer(capsys.readouterr().err)}
    assert seconds["read"] >= 0.05
    assert seconds["plan"] + seconds["read"] <= whole + 0.01


class Calling:
    """A client that has waited and flown for some seconds."""

    def __init__(self) -> None:
        self.sent = Counter({"GET /contacts": 2})
        self.waited = 0.0
        self.flown = 0.0


@pytest.mark.parametrize(("sandbox", "told"), [(True, "on the sandbox's clock: nobody waited"), (False, "")])
def test_waiting_and_calls_count_by_themselves_and_not_in_the_plan_around_them(
    sandbox: bool, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    measured, client = Stages(), Calling()
    with measured("plan"), measured.of_calls(client, sandbox=sandbox):
        client.waited, client.flown = 60.0, 1.5
    measured.tell()
    lines = capsys.readouterr().err.splitlines()
    assert lines[1:4] == [
        "  plan                        0.00 s",
        f"  waiting for the window     60.00 s  {told}".rstrip(),
        "  in flight                   1.50 s  2 calls",
    ]
