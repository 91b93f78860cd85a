"""Names of taxes, accounts and banks that only the org can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import command, files_below
from cli.live import Org


def rename(old: str, new: str) -> None:
    books = Path("books.yaml")
    text = books.read_text("utf-8")
    assert old in text
    books.write_text(text.replace(old, new), encoding="utf-8")


NAMES = [
    ("tax: GST 18% ", "tax: GST 19% ", "books.yaml:37:10", "GST 18%"),
    ("account: Consulting Revenue", "account: Consulting Revenues", "books.yaml:38:14", "Consulting Revenue"),
    ("bank_account: HDFC Current", "bank_account: HDFC Curent", "books.yaml:55:19", "HDFC Current"),
]


@pytest.mark.parametrize("words", [["plan"], ["apply", "--yes"]], ids=" ".join)
@pytest.mark.parametrize(("old", "new", "place", "candidate"), NAMES)
def test_a_name_that_the_org_does_not_have_is_an_error_at_its_line(
    words: list[str], old: str, new: str, place: str, candidate: str, books: Path, org: Org
) -> None:
    rename(old, new)
    assert command("validate", "books.yaml").code == 0  # nobody was asked
    ended = command(*words, "books.yaml", env=org.env)
    assert (ended.code, ended.problems) == (1, [(place, "unknown-name")])
    assert candidate in ended.out.partition("help:")[2]
    assert "^^^" in ended.out
    assert sum(org.counts().values()) == 0
    assert files_below(books.parent) == {"books.yaml"}


def test_all_of_them_come_at_once_and_as_json(books: Path, org: Org) -> None:
    for old, new, _, _ in NAMES:
        rename(old, new)
    ended = command("apply", "--yes", "--format", "json", "books.yaml", env=org.env)
    assert ended.code == 1
    assert [(f"{one['file']}:{one['line']}:{one['column']}", one["code"]) for one in ended.json["problems"]] == [
        (place, "unknown-name") for _, _, place, _ in NAMES
    ]


def test_a_name_that_two_accounts_share_is_ambiguous_and_shows_both_ids(books: Path, org: Org) -> None:
    db = org.books.db
    with db.transaction():
        db.run(
            "INSERT INTO accounts (id, org, code, name, account_type) VALUES ('acc_twin', ?, '4019', ?, 'INCOME')",
            (org.id, "Consulting Revenue"),
        )
    ended = command("apply", "--yes", "books.yaml", env=org.env)
    assert (ended.code, ended.problems) == (1, [("books.yaml:38:14", "ambiguous-name")])
    assert "acc_twin" in ended.out
    assert "account_id" in ended.out
    assert sum(org.counts().values()) == 0


def test_a_code_serves_as_well_as_a_name(books: Path, org: Org) -> None:
    rename("account: Consulting Revenue", "account: 4010")
    rename("bank_account: HDFC Current", "bank_account: 1010")
    assert command("apply", "--yes", "books.yaml", env=org.env).code == 0


def test_a_payment_without_a_bank_is_an_error_where_the_org_has_several(books: Path, org: Org) -> None:
    rename("    bank_account: HDFC Current", "    # bank_account: HDFC Current")
    ended = command("apply", "--yes", "books.yaml", env=org.env)
    assert (ended.code, ended.problems) == (1, [("books.yaml:49:5", "bank-account-needed")])
    assert "ICICI Current" in ended.out.partition("help:")[2]
    assert sum(org.counts().values()) == 0
