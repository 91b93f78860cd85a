"""The README runs: its sessions print what they show, its manifest is sound, its commands and codes exist."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from importer.cli.main import COMMANDS
from importer.errors import EXIT_CODES, PENDING

ROOT: Final = Path(__file__).parents[1]
README: Final = (ROOT / "README.md").read_text("utf-8")
SESSIONS: Final = re.findall(r"^```console\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
LIVE: Final = next(session for session in SESSIONS if "export " in session)
# Ids that the books give are others on every machine.
IDS: Final = re.compile(r"\b(org_sandbox|ct|it|inv|pay|cn)_[0-9a-f]{16,32}\b")
VARIABLE: Final = re.compile(r'(FINZBOOKS_[A-Z_]+) ?= ?"?([^"\s]+)')
FINZ: Final = [sys.executable, "-m", "importer"]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder as the README has it: the samples, and the files that its sessions show."""
    # The README's first command leaves a state and sandbox books beside the sample that it applies.
    leftovers = shutil.ignore_patterns(".finzbooks", "*.db", "*.db-*", "*.db.lock")
    shutil.copytree(ROOT / "samples", tmp_path / "samples", ignore=leftovers)
    shutil.copy(ROOT / "samples" / "quickstart" / "books.yaml", tmp_path)
    for session in SESSIONS:
        for command, shown in commands(session):
            if command.startswith("cat "):
                (tmp_path / command.removeprefix("cat ")).write_text(shown + "\n", "utf-8")
    return tmp_path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[dict[str, str]]:
    """``sandbox serve`` over HTTP, and the environment that it tells to use."""
    command = [*FINZ, "sandbox", "serve", "--port", "0", "--books", str(tmp_path / "served.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as served:
        assert served.stdout is not None
        told = [served.stdout.readline() for _ in range(4)]
        yield dict(VARIABLE.findall("".join(told)))
        served.terminate()


def commands(session: str) -> Iterator[tuple[str, str]]:
    """Each command of a session, with what it prints."""
    for block in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, output = block.partition("\n")
        yield command, output.strip("\n")


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    """What a command of the README prints on stdout; nothing on a pipe is a terminal, so there are no colours."""
    words = shlex.split(command)
    assert words[0] == "finz-import"
    own = {name: value for name, value in os.environ.items() if not name.startswith("FINZBOOKS_")}
    done = subprocess.run(
        [*FINZ, *words[1:]],
        cwd=folder,
        env=own | environment | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.stdout.strip("\n")


def test_every_session_prints_what_the_readme_shows(desk: Path, server: dict[str, str]) -> None:
    org = json.loads(run("finz-import plan books.yaml --format json", desk, server))["org_id"]
    for session in SESSIONS:
        environment = server | {"FINZBOOKS_ORG_ID": org} if session is LIVE else {}
        for command, shown in commands(session):
            if command.startswith("finz-import "):
                assert IDS.sub("ID", run(command, desk, environment)) == IDS.sub("ID", shown), command
            else:
                assert command.startswith(("cat ", "export ")), command


def test_the_manifest_of_the_readme_is_sound_and_says_what_it_plans(desk: Path) -> None:
    (written,) = re.findall(r"^```yaml\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    (desk / "readme.yaml").write_text(written, "utf-8")
    plan = json.loads(run("finz-import plan readme.yaml --sandbox --format json", desk, {}))
    assert plan["summary"]["create"] == 4
    assert plan["money"] == {"billed": "14160.00", "received": "14160.00", "credited": "0.00", "outstanding": "0.00"}


def test_every_command_is_in_the_readme() -> None:
    for name in COMMANDS:
        assert f"`finz-import {name}" in README


def test_every_exit_code_is_in_the_readme() -> None:
    table = {int(code) for code in re.findall(r"^\| ([0-9]+) \|", README, re.MULTILINE)}
    assert table == {0, PENDING, *EXIT_CODES.values()}


def test_the_two_commands_stand_where_ci_looks_for_them() -> None:
    for name in ("main-job", "tests"):
        (block,) = re.findall(rf"<!-- {name} -->\n```\n(.+)\n```\n<!-- /{name} -->", README)
        assert block.startswith("python3 -m venv .venv && ")
        assert f"between {name})" in (ROOT / ".ci" / "run").read_text("utf-8")
