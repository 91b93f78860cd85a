"""The token is a secret: it is in no output and in no file, however a run ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import command
from cli.live import TOKEN, Org, odd_server


def holders(folder: Path, secret: str) -> list[str]:
    """The files below ``folder`` that hold ``secret``, in any encoding a log may have."""
    forms = [secret.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    return [
        path.as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


@pytest.mark.parametrize("words", [[], ["-v"], ["--format", "json"]], ids=" ".join)
def test_it_is_in_no_output_and_no_file_of_a_whole_run(words: list[str], books: Path, org: Org, tmp_path: Path) -> None:
    runs = [
        ["plan", "books.yaml", *words],
        ["apply", "--yes", "books.yaml", *words],
        ["apply", "--yes", "--sandbox", "books.yaml", *words],
        ["state", "list", "books.yaml"],
        ["state", "show", "invoices", "ORDER-99031", "books.yaml"],
        ["state", "export", "books.yaml"],
    ]
    for run in runs:
        ended = command(*run, env=org.env)
        assert ended.code == 0
        assert TOKEN not in ended.out + ended.err
    assert (books.parent / "finzbooks.state.db").exists()
    assert holders(tmp_path, TOKEN) == []


def test_the_search_would_find_it(tmp_path: Path) -> None:
    (tmp_path / "leak.db").write_bytes(b"\x00\x01" + TOKEN.encode() + b"\x00")
    assert holders(tmp_path, TOKEN) == [(tmp_path / "leak.db").as_posix()]


@pytest.mark.parametrize("where", ["message", "code", "field", "page"])
def test_a_server_that_repeats_it_does_not_bring_it_out(where: str, books: Path, tmp_path: Path) -> None:
    body = {"code": "auth.invalid_token", "message": "no", "field": "x"} | {where: f"Bearer {TOKEN}"}
    text = f"<p>{TOKEN}" if where == "page" else str(body).replace("'", '"')
    with odd_server({"": (401, text)}) as odd:
        env = {"FINZBOOKS_BASE_URL": odd.url, "FINZBOOKS_TOKEN": TOKEN, "FINZBOOKS_ORG_ID": "org_1"}
        ended = command("apply", "--yes", "-v", "books.yaml", env=env)
    assert ended.code == 5
    assert TOKEN not in ended.out + ended.err
    assert holders(tmp_path, TOKEN) == []


def test_a_token_in_the_address_is_refused_and_not_shown(books: Path) -> None:
    env = {"FINZBOOKS_BASE_URL": f"https://user:{TOKEN}@api.finzbooks.com/", "FINZBOOKS_TOKEN": TOKEN}
    ended = command("plan", "books.yaml", env=env)
    assert ended.code == 5
    assert TOKEN not in ended.out + ended.err


def test_a_token_in_place_of_the_org_id_is_neither_shown_nor_sent_in_an_address(books: Path) -> None:
    with odd_server({"": (500, "")}) as odd:
        env = {"FINZBOOKS_BASE_URL": odd.url, "FINZBOOKS_TOKEN": TOKEN, "FINZBOOKS_ORG_ID": TOKEN}
        ended = command("plan", "books.yaml", env=env)
    assert (ended.code, odd.asked) == (5, [])
    assert ended.err.startswith("error[wrong-org]: FINZBOOKS_ORG_ID holds the token.")
    assert TOKEN not in ended.out + ended.err
