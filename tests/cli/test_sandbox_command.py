from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.command import command, environment, started
from importer.cli.sandbox import said
from importer.sandbox.serving.server import listen

NO_SIGNALS = pytest.mark.skipif(os.name == "nt", reason="a console interrupt cannot be sent to one process there")
LINES = 8
VARIABLE = re.compile(r'(FINZBOOKS_[A-Z_]+) ?= ?"?([^"\s]+)')


@contextlib.contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], list[str]]]:
    """A server in a process of its own, and what it says."""
    with started("sandbox", "serve", "--port", "0", *options, folder=folder) as serving:
        assert serving.stdout is not None
        try:
            yield serving, [serving.stdout.readline().decode() for _ in range(LINES)]
        finally:
            serving.kill()


@NO_SIGNALS
def test_serve_says_what_to_set_and_that_is_enough_to_apply(books: Path) -> None:
    with served(books.parent) as (serving, told):
        env = dict(VARIABLE.findall("".join(told)))
        first = command("apply", "--yes", "books.yaml", env=env)
        again = command("apply", "--yes", "books.yaml", env=env)
        serving.send_signal(signal.SIGINT)
        rest, err = serving.communicate(timeout=20)
    assert set(env) == {"FINZBOOKS_BASE_URL", "FINZBOOKS_TOKEN", "FINZBOOKS_ORG_ID"}
    assert (first.code, first.out) == (0, "5 created, 1 application, 0 unchanged.\n")
    assert (again.code, again.out) == (0, "0 created, 5 unchanged.\n")
    assert told[-1].startswith("Ctrl-C ends it; the books stay in")
    assert (serving.returncode, rest, err) == (0, b"", b"")
    assert (books.parent / ".finzbooks" / "sandbox.db").exists()


@NO_SIGNALS
def test_the_lines_can_be_pasted_and_the_curl_line_works_as_printed(folder: Path) -> None:
    with served(folder) as (_, told):
        curl = next(line.strip() for line in told if "curl" in line)
        assert [line for line in told if line.startswith("  export FINZBOOKS_")] == told[1:4]
        if shutil.which("curl") is None:
            pytest.skip("there is no curl here")
        done = subprocess.run(
            ["curl", "-s", *shlex.split(curl)[1:]], env=environment(None), capture_output=True, check=True
        )
    assert b'"code":0' in done.stdout
    assert b'"org_sandbox_' in done.stdout


def test_on_windows_the_lines_are_those_of_powershell() -> None:
    told = list(said("http://127.0.0.1:8000", Path("sandbox.db"), "org_1", windows=True))
    assert len(told) == LINES
    assert told[1] == '  $env:FINZBOOKS_BASE_URL = "http://127.0.0.1:8000/api/public/v1"'
    assert told[2] == '  $env:FINZBOOKS_TOKEN = "aibk_pat_test_sandbox"'
    assert told[3] == '  $env:FINZBOOKS_ORG_ID = "org_1"'
    assert told[5].startswith("  curl.exe -H ")
    assert told[6].endswith(" http://127.0.0.1:8000/_sandbox")


@NO_SIGNALS
def test_it_ends_well_when_it_is_told_to_terminate(folder: Path) -> None:
    with served(folder) as (serving, _):
        serving.terminate()
        rest, err = serving.communicate(timeout=20)
    assert (serving.returncode, rest, err) == (0, b"", b"")
    assert not list(folder.rglob("*-wal"))  # the books were closed


@NO_SIGNALS
def test_it_serves_with_the_switches_and_faults_that_are_given(folder: Path) -> None:
    options = ("--set", "create_status=201", "--set", "list_rows=short", "--fault", "POST /payments slow seconds=0.5")
    with served(folder, *options):
        pass
    assert set_ones(folder) == {"create_status": "201", "list_rows": "short"}
    assert command("sandbox", "faults").out == "to come: POST /payments slow seconds=0.5\n"


def set_ones(folder: Path) -> dict[str, str]:
    shown = command("sandbox", "switches", "--format", "json").json["switches"]
    return {one["name"]: one["value"] for one in shown if one["value"] != one["default"]}


@pytest.mark.parametrize(
    "option",
    [("--set", "create_status=299"), ("--set", "nonsense=1"), ("--set", "create_status"), ("--fault", "POST nonsense")],
)
def test_a_switch_or_fault_that_is_none_is_wrong_usage_and_nothing_is_made(
    option: tuple[str, str], folder: Path
) -> None:
    ended = command("sandbox", "serve", "--port", "0", *option)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error[usage]: ")
    assert not list(folder.iterdir())


def test_an_address_that_others_can_reach_is_warned_of(folder: Path) -> None:
    with listen("0.0.0.0", 0) as taken:
        open_to_all = command("sandbox", "serve", "--host", "0.0.0.0", "--port", taken.getsockname()[1])
    assert open_to_all.err.startswith("warning: 0.0.0.0 is not this machine alone.")
    assert "may read and write these books" in open_to_all.err


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_in_use_is_refused_and_a_local_one_is_not_warned_of(host: str, folder: Path) -> None:
    with listen(host, 0) as taken:
        ended = command("sandbox", "serve", "--host", host, "--port", taken.getsockname()[1])
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[sandbox-failed]: ")


def test_a_file_that_is_not_the_sandboxs_is_refused_and_kept(books: Path) -> None:
    before = books.read_bytes()
    for words in (["serve", "--port", "0"], ["set", "create_status=201"], ["reset", "--yes"], ["tokens"]):
        ended = command("sandbox", *words, "--books", "books.yaml")
        assert (ended.code, ended.out) == (5, "")
        assert ended.err.startswith("error[sandbox-failed]: ")
        assert books.read_bytes() == before


def test_the_sandbox_keeps_its_books_between_runs_and_its_state_apart(books: Path) -> None:
    assert command("apply", "--sandbox", "--yes", "books.yaml").code == 0
    assert {path.name for path in books.parent.iterdir()} >= {".finzbooks", "finzbooks.sandbox.state.db"}
    assert not (books.parent / "finzbooks.state.db").exists()
    (books.parent / "finzbooks.sandbox.state.db").unlink()
    ended = command("apply", "--sandbox", "--yes", "books.yaml")
    assert (ended.code, ended.out) == (0, "0 created, 5 adopted, 0 unchanged.\n")


def test_no_org_of_the_environment_stands_in_the_way_of_the_sandbox(books: Path) -> None:
    ended = command("apply", "--sandbox", "--yes", "books.yaml", env={"FINZBOOKS_ORG_ID": "org_live"})
    assert ended.code == 0


def test_the_help_names_every_command_with_what_it_is_for(folder: Path) -> None:
    shown = command("sandbox", "--help").out
    for name in ("clock", "faults", "pull", "reset", "serve", "set", "switches", "tokens"):
        assert re.search(rf"^  {name} +\S.*[^.]\.$", shown, re.MULTILINE), name


def test_a_port_that_is_taken_is_told_and_nothing_is_set(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = command("sandbox", "serve", "--port", port, "--set", "create_status=201", "--fault", "html")
    assert ended.code == 5
    assert "--port 0 takes a free one" in ended.err
    listed = command("sandbox", "switches", "--format", "json").out
    assert '"now": "201"' not in listed
    assert command("sandbox", "faults").out == "Nothing will go wrong.\n"
