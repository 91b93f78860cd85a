from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from cli.command import command, started
from importer.sandbox.serving.server import listen


@pytest.mark.skipif(os.name == "nt", reason="a console interrupt cannot be sent to one process there")
def test_serve_says_what_to_set_and_that_is_enough_to_apply(books: Path) -> None:
    with started("sandbox", "serve", "--port", "0", folder=books.parent) as serving:
        assert serving.stdout is not None
        said = [serving.stdout.readline().decode() for _ in range(4)]
        env = dict(line.strip().split("=", 1) for line in said if "=" in line)
        try:
            planned = command("plan", "--format", "json", "books.yaml", env=env).json
            first = command("apply", "--yes", "books.yaml", env={**env, "FINZBOOKS_ORG_ID": planned["org_id"]})
            again = command("apply", "--yes", "books.yaml", env=env)
        finally:
            serving.send_signal(signal.SIGINT)
            rest, err = serving.communicate(timeout=20)
    assert set(env) == {"FINZBOOKS_BASE_URL", "FINZBOOKS_TOKEN"}
    assert (first.code, first.out) == (0, "5 created, 1 application, 0 unchanged.\n")
    assert (again.code, again.out) == (0, "0 created, 5 unchanged.\n")
    assert "Ctrl-C ends it; the books stay in" in "".join(said)
    assert (serving.returncode, rest, err) == (0, b"", b"")
    assert (books.parent / ".finzbooks" / "sandbox.db").exists()


def test_an_address_in_use_is_refused(folder: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        ended = command("sandbox", "serve", "--port", taken.getsockname()[1])
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[sandbox-failed]: ")


def test_a_file_that_is_not_the_sandboxs_is_refused_and_kept(books: Path) -> None:
    before = books.read_bytes()
    ended = command("sandbox", "serve", "--port", "0", "--books", "books.yaml")
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
