"""The question before an apply, asked on a real terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.command import command, files_below
from cli.live import Org

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals there")
def test_ctrl_c_at_the_question_ends_at_once_and_leaves_nothing(books: Path, org: Org) -> None:
    import pty  # not there on Windows

    terminal, its_end = pty.openpty()
    environment = os.environ | org.env | {"PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "importer", "apply", "books.yaml"]
    with subprocess.Popen(words, stdin=its_end, stderr=its_end, stdout=subprocess.PIPE, env=environment) as run:
        os.close(its_end)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(terminal, 4096)
        time.sleep(1)  # a person takes as long; before the read has begun the signal would wait for the next key
        run.send_signal(signal.SIGINT)
        try:
            assert run.wait(20) == 130
        finally:
            run.kill()
    os.close(terminal)
    assert org.counts()["invoices"] == 0
    assert files_below(Path()) == {"books.yaml"}


@pytest.mark.parametrize("text", ["abc", "0", "9999", "1.5", "-3"])
def test_a_time_out_that_is_none_is_wrong_usage(books: Path, org: Org, text: str) -> None:
    ended = command("plan", "books.yaml", env={**org.env, "FINZBOOKS_TIMEOUT": text})
    assert ended.code == 2
    assert "FINZBOOKS_TIMEOUT" in ended.err


@pytest.mark.parametrize("text", ["abc", "0", "65", "1.5", "-3"])
def test_a_number_of_calls_in_flight_that_is_none_is_wrong_usage(books: Path, org: Org, text: str) -> None:
    ended = command("plan", "books.yaml", env={**org.env, "FINZBOOKS_IN_FLIGHT": text})
    assert ended.code == 2
    assert "FINZBOOKS_IN_FLIGHT" in ended.err
    assert command("apply", "--yes", "books.yaml", env={**org.env, "FINZBOOKS_IN_FLIGHT": "1"}).code == 0


def test_the_project_file_given_by_itself_is_told_apart_from_a_manifest(books: Path) -> None:
    Path("finzbooks.yaml").write_text("org_id: x\n", "utf-8")
    ended = command("validate", "finzbooks.yaml")
    assert (ended.code, ended.out.count("error[")) == (1, 1)
    assert "error[project-file]" in ended.out
