from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from importer.sandbox.books import Books
from importer.sandbox.prepared import TOKENS, prepared_ones
from importer.sandbox.serving.routes import ROUTES
from sandbox.client import Api, HandClock

READ_ONLY = "aibk_pat_test_read_only"
READS = sorted(path for method, path in ROUTES if method == "GET" and "{id}" not in path)
WRITES = sorted((method, path) for method, path in ROUTES if method != "GET")


def test_all_of_them_are_in_new_books_and_two_organisations(books: Books) -> None:
    found = prepared_ones(books.db, books.clock.now())
    assert [one.token for one in found] == [token.secret for token in TOKENS]
    assert {name for one in found for name in one.orgs.values()} == {"Sandbox Traders", "Sandbox Branch Office"}
    assert all(next(iter(one.orgs)) == books.org_id for one in found)
    assert [one.token for one in found if not one.accepted] == ["aibk_pat_test_expired", "aibk_pat_test_revoked"]


def test_the_second_organisation_sees_nothing_of_the_first(books: Books, api: Api) -> None:
    contact = api.contact()
    (both,) = [one for one in prepared_ones(books.db, 0.0) if len(one.orgs) == 2]
    own, other = both.orgs
    assert own == books.org_id
    assert api.send("GET", f"/contacts/{contact}?organization_id={own}", token=both.token).status_code == 200
    assert api.send("GET", f"/contacts/{contact}?organization_id={other}", token=both.token).status_code == 404
    assert len(api.send("GET", f"/taxes?organization_id={other}", token=both.token).json()["taxes"]) == 7


@pytest.mark.parametrize("path", READS)
def test_the_read_only_token_may_read(path: str, api: Api) -> None:
    assert api.send("GET", path, token=READ_ONLY).status_code != 403


@pytest.mark.parametrize(("method", "path"), WRITES, ids=map(" ".join, WRITES))
def test_the_read_only_token_may_not_write(method: str, path: str, api: Api) -> None:
    refused = api.refused(method, path.format(id="x"), {}, token=READ_ONLY)[:2]
    assert refused in ((403, "auth.insufficient_scope"), (405, "method.not_allowed"))


@pytest.mark.parametrize("why", ["expired", "revoked"])
def test_what_is_not_let_in_is_told_why(why: str, api: Api) -> None:
    status, code, _ = api.refused("GET", "/whoami", token=f"aibk_pat_test_{why}")
    assert (status, code) == (401, f"auth.{why}_token")


def test_a_token_that_was_revoked_in_a_rehearsal_is_let_in_after_a_reset(books: Books, api: Api) -> None:
    books.add_token("aibk_pat_test_partner", revoked=True)
    (spoilt,) = [one for one in prepared_ones(books.db, 0.0) if one.refused_by_now]
    assert spoilt.token == "aibk_pat_test_partner"
    books.reset()
    assert not [one for one in prepared_ones(books.db, 0.0) if one.refused_by_now]
    assert len({org["name"] for org in books.db.rows("SELECT name FROM orgs")}) == 2


def test_a_clock_that_another_process_puts_is_followed(tmp_path: Path, clock: HandClock) -> None:
    path, other = tmp_path / "sandbox.db", HandClock()
    with contextlib.closing(Books(path, clock)) as here, contextlib.closing(Books(path, other)) as there:
        before = here.clock.now()
        there.put_clock(3600.0)
        assert here.clock.now() == before + 3600.0 == there.clock.now()
        here.put_clock(-600.0)
        assert there.clock.now() == before + 3000.0 == here.clock.now()
    with contextlib.closing(Books(path, HandClock())) as later:
        assert later.clock.now() == before + 3000.0
