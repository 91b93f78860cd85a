"""Exit code 5: there is no server, or it is not FinzBooks, or it does not let itself be read."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.command import command, files_below
from cli.live import TOKEN, odd_server
from importer.cli import session
from importer.sandbox.clock import SkippingClock

WHOAMI = json.dumps(
    {
        "code": 0,
        "message": "success",
        "token": {"token_id": "t1", "org_id": "org_1", "user_id": "u1", "tier": "DEFAULT"},
    }
)
PAGE = "<!doctype html><title>Please log in</title>"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[SkippingClock]]:
    """The clocks of the runs: nobody waits on them, and they say how long it would have been."""
    made: list[SkippingClock] = []

    def clock() -> SkippingClock:
        made.append(SkippingClock())
        return made[-1]

    monkeypatch.setattr(session, "RealClock", clock)
    yield made


@contextmanager
def dead() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield f"http://127.0.0.1:{port}/api"


def env(url: str) -> dict[str, str]:
    return {"FINZBOOKS_BASE_URL": url, "FINZBOOKS_TOKEN": TOKEN, "FINZBOOKS_ORG_ID": "org_1"}


@pytest.mark.parametrize("words", [["plan"], ["apply", "--yes"]], ids=" ".join)
def test_a_dead_server_is_given_up_within_thirty_seconds(
    words: list[str], books: Path, clock: list[SkippingClock]
) -> None:
    with dead() as url:
        ended = command(*words, "books.yaml", env=env(url))
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[no-server]: ")
    assert 0 < clock[0].skipped < 30
    assert files_below(books.parent) == {"books.yaml"}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, PAGE, "not-finzbooks"),
        (200, "{}", "not-finzbooks"),
        (200, '{"code": 0, "message": "success"}', "not-finzbooks"),
        (404, PAGE, "not-finzbooks"),
        (302, "", "not-finzbooks"),
        (307, PAGE, "not-finzbooks"),
        (401, PAGE, "token-rejected"),
        (503, PAGE, "no-server"),
    ],
)
def test_a_server_that_is_not_finzbooks_is_refused_by_what_it_answers(
    status: int, body: str, code: str, books: Path, clock: list[SkippingClock]
) -> None:
    with odd_server({"": (status, body)}) as odd:
        ended = command("apply", "--yes", "books.yaml", env=env(odd.url))
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith(f"error[{code}]: ")
    assert set(odd.asked) == {"GET /api/public/v1/whoami"}
    assert files_below(books.parent) == {"books.yaml"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, PAGE),
        (200, PAGE),
        (302, ""),
        (401, '{"code": "auth.revoked_token", "message": "Revoked."}'),
        (403, '{"code": "auth.insufficient_scope", "message": "READ is missing."}'),
        (200, '{"code": 0, "message": "success"}'),
    ],
)
@pytest.mark.parametrize("words", [["plan"], ["apply", "--yes"]], ids=" ".join)
def test_books_that_cannot_be_read_are_not_written(
    status: int, body: str, words: list[str], books: Path, clock: list[SkippingClock]
) -> None:
    with odd_server({"/whoami": (200, WHOAMI), "": (status, body)}) as odd:
        ended = command(*words, "books.yaml", env=env(odd.url))
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error[lookup-failed]: ")
    assert all(call.startswith("GET ") for call in odd.asked)
    assert files_below(books.parent) == {"books.yaml"}


def test_validate_and_an_offline_plan_ask_nobody(books: Path) -> None:
    with odd_server({"": (500, "")}) as odd:
        assert command("validate", "books.yaml", env=env(odd.url)).code == 0
        assert command("plan", "--offline", "books.yaml", env=env(odd.url)).code == 0
    assert odd.asked == []


def test_the_sandbox_asks_nobody_else(books: Path) -> None:
    with odd_server({"": (500, "")}) as odd:
        assert command("apply", "--sandbox", "--yes", "books.yaml", env=env(odd.url)).code == 0
    assert odd.asked == []
