"""``sandbox pull``: a rehearsal with the names, the roundings and the numbers of the live org. Another one plays it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from cli.command import Ended, command, files_below
from cli.live import TOKEN, Org, odd_server, read_sandbox, serving
from importer.sandbox.books import Books
from importer.sandbox.clock import SystemClock
from importer.sandbox.setup import Account, Branch, CostCenter, Currency, ExchangeRate, Setup, Tax, install

SANDBOX: Final = Path(".finzbooks") / "sandbox.db"
EIGHTEEN: Final = Tax("18", "Tax at eighteen", "INTRA_STATE", Decimal(9), Decimal(9), Decimal(18), Decimal(0))
MUMBAI: Final = Branch("br_1", "MUM", "Mumbai", "27AABCF9012G1ZU", "IN-MH", "Mumbai", True, "MUM", "BM")
SETUP: Final = Setup(
    taxes=(EIGHTEEN,),
    accounts=(
        Account("a1", "F1", "Fees", "INCOME"),
        Account("a2", "S1", "Domestic Sales", "SALES"),
        Account("a3", "", "Kotak 4711", "BANK"),
        Account("a4", "", "Till", "CASH"),
        Account("a5", "D1", "Sundry Debtors", "ACCOUNTS_RECEIVABLE"),
        Account("a6", "C1", "CGST payable", "GST_LIABILITY"),
        *(Account(f"e{number}", f"E{number}", f"Expense {number}", "EXPENSE") for number in range(220)),
    ),
    branches=(MUMBAI, replace(MUMBAI, id="br_2", code="PUN", name="Pune", is_default=False, invoice_prefix="PUN")),
    cost_centers=(CostCenter("cc_1", "Plant"),),
    currencies=(Currency("INR", "Rupee"), Currency("JPY", "Yen")),
    exchange_rates=(ExchangeRate("fx_1", "JPY", "INR", Decimal("0.56"), "2026-05-01", "RBI"),),
)
HISTORY: Final = """
defaults:
  invoices: {place_of_supply: IN-TS, auto_approve: true}
contacts:
  - {key: secretive, contact_name: Secretive Sisters}
invoices:
  - {key: OLD-1, customer: secretive, date: 2026-05-02, line_items: [{name: Work, quantity: 1, rate: 31415.13}]}
  - key: OLD-2
    customer: secretive
    date: 2026-05-03
    line_items:
      - {name: Work, quantity: 1, rate: 10.03, tax: Tax at eighteen}
      - {name: Work, quantity: 1, rate: 10.03, tax: Tax at eighteen}
  - key: OLD-3
    customer: secretive
    date: 2026-05-04
    place_of_supply: IN-MH
    line_items: [{name: Work, quantity: 1, rate: 10.03, tax: Tax at eighteen}]
"""
MANIFEST: Final = """
defaults:
  invoices: {auto_approve: true}
contacts:
  - {key: acme, contact_name: Acme}
items:
  - {key: w, name: Widget, sku: W, type: SERVICE, rate: 99.95, hsn_sac: 997331, tax: Tax at eighteen, account: Fees}
invoices:
  - {key: N-1, customer: acme, date: 2026-05-19, place_of_supply: IN-MH, line_items: [{item: w, quantity: 3}]}
  - {key: N-2, customer: acme, date: 2026-05-20, place_of_supply: IN-KA, branch: Pune, line_items: [
      {item: w, quantity: 1}, {name: More, quantity: 1, rate: 10.03, tax: Tax at eighteen},
      {name: More, quantity: 1, rate: 10.03, tax: Tax at eighteen}]}
payments:
  - {key: P-1, flow: INCOMING, contact: acme, date: 2026-05-21, amount: 100, mode: UPI, bank_account: Kotak 4711,
     allocations: [{invoice: N-1, amount: 100}]}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    """A live org that differs from a new sandbox in everything that a pull can bring, and that holds documents."""
    here = tmp_path_factory.mktemp("shop")
    with serving(here / "books.db") as server, contextlib.chdir(here):
        books = server.books
        install(books, SETUP)
        books.set_preferences(round_invoice_totals=True, rounding_method="up")
        wishes = {
            "tax_rounding": "document",
            "tax_parts": "each",
            "number_form": "calendar",
            "id_form": "uuid",
            "lookup_pages": "yes",
        }
        books.settings.set_switches({**wishes, "state_codes": "new"})
        org = Org(books, server.url, books.org_id, f"{TOKEN}_shop")
        books.add_token(org.token, tier="PARTNER")
        Path("history.yaml").write_text(HISTORY, "utf-8")
        assert command("apply", "--yes", "history.yaml", env=org.env).code == 0
        yield org


@pytest.fixture
def here(shop: Org, folder: Path) -> Org:
    """The live org, and an empty folder."""
    return shop


def pulled(org: Org, *words: object) -> Any:
    ended = command("sandbox", "pull", "--format", "json", *words, env=org.env)
    assert (ended.code, ended.err) == (0, "")
    return ended.json


def refused(ended: Ended) -> str:
    """The code of a refusal, which says nothing on stdout."""
    assert (ended.code, ended.out) == (5, "")
    return ended.err.partition("]")[0].removeprefix("error[")


def learned(value: Any) -> dict[str, str]:
    return {one["name"]: one["value"] for one in value["learned"]}


@contextlib.contextmanager
def sandbox_books() -> Iterator[Books]:
    with contextlib.closing(Books(SANDBOX, SystemClock())) as books:
        yield books


def in_sandbox(sql: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(SANDBOX)) as db:
        return db.execute(sql).fetchall()


def count_accounts(org: Org) -> int:
    return int(org.books.db.value("SELECT count(*) FROM accounts WHERE org = ?", (org.id,)))


def sums(invoices: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """What the invoices of the manifest come to, by their reference."""
    shown = ("sub_total", "tax_total", "round_off", "total", "balance", "status")
    found = {one["reference_number"]: tuple(one[name] for name in shown) for one in invoices}
    return {reference: values for reference, values in found.items() if reference.startswith("N-")}


def test_a_manifest_with_the_names_of_the_live_org_comes_to_the_same_in_the_sandbox(here: Org) -> None:
    Path("books.yaml").write_text(MANIFEST, "utf-8")
    without = command("apply", "--sandbox", "--yes", "books.yaml")
    assert (without.code, without.out.count("unknown-name")) == (1, 6)
    pulled(here)
    rehearsed = command("apply", "--sandbox", "--yes", "books.yaml")
    assert (rehearsed.code, rehearsed.out) == (0, "5 created, 0 unchanged.\n")
    made = read_sandbox(SANDBOX, "/invoices")["invoices"]
    done = command("apply", "--yes", "books.yaml", env=here.env)
    assert (done.code, done.out) == (0, "5 created, 0 unchanged.\n")
    assert sums(made) == sums(here.get("/invoices")["invoices"])
    assert {key: values[3] for key, values in sums(made).items()} == {"N-1": 354, "N-2": 142}
    assert {one["invoice_number"] for one in made} == {"MUM-2026-0001", "PUN-2026-0001"}
    assert {one["invoice_id"].count("-") for one in made} == {4}
    postings = "SELECT account_id FROM postings JOIN entries ON entries.id = entry_id"
    assert {"a1", "a2", "a3", "a5", "a6"} <= {row[0] for row in in_sandbox(postings)}


def test_every_list_comes_whole_with_its_ids(here: Org) -> None:
    value = pulled(here)
    with sandbox_books() as books:
        for table in ("taxes", "branches", "cost_centers", "currencies", "exchange_rates"):
            own = f"SELECT * FROM {table} WHERE org = ? ORDER BY 1"
            there = [{**row, "org": ""} for row in map(dict, here.books.db.rows(own, (here.id,)))]
            assert [{**row, "org": ""} for row in map(dict, books.db.rows(own, (books.org_id,)))] == there
            assert value["copied"][table] == len(there)
    accounts = {row[0] for row in in_sandbox("SELECT id FROM accounts")}
    assert {one.id for one in SETUP.accounts} <= accounts
    assert (value["copied"]["accounts"], value["copied"]["bank_accounts"]) == (count_accounts(here), 2)


def test_what_invoices_tell_is_set_and_said_with_the_examples_it_rests_on(here: Org) -> None:
    value = pulled(here)
    assert learned(value) == {
        "round_invoice_totals": "on",
        "rounding_method": "up",
        "tax_rounding": "document",
        "tax_parts": "each",
        "number_form": "calendar",
        "state_codes": "new",
        "list_rows": "full",
        "id_form": "uuid",
    }
    assert {one["name"] for one in value["at_default"]} == {"time_zone"}
    assert all(one["examples"] > 0 and one["why"] for one in value["learned"])
    with sandbox_books() as books:
        now = books.switches
        assert (now.tax_rounding, now.number_form, now.state_codes, now.id_form) == (
            *("document", "calendar", "new", "uuid"),
        )
        org = books.db.row("SELECT round_totals, rounding_method FROM orgs WHERE is_default")
    assert org is not None
    assert tuple(org) == (1, "up")


def test_the_text_says_what_was_copied_learned_and_made_up(here: Org) -> None:
    ended = command("sandbox", "pull", env=here.env)
    assert (ended.code, ended.err) == (0, "")
    lists = f"1 tax, {count_accounts(here)} accounts, 2 bank accounts, 2 branches, 1 cost centre, 2 currencies, "
    assert f"Copied from organisation {here.id} into {SANDBOX}: {lists}1 exchange rate.\n" in ended.out
    assert "\n  rounding_method=up by " in ended.out
    assert " examples: no other way leads to all of the totals\n" in ended.out
    assert "\n  time_zone=utc: no timestamp proves its zone\n" in ended.out
    assert "Made, since no account" not in ended.out  # the live org made them once, and they were copied


def test_accounts_that_the_org_has_not_are_made_and_told(here: Org, live: Any) -> None:
    other = live.org()
    with other.books.db.transaction():
        other.books.db.run("DELETE FROM accounts WHERE org = ? AND role IN ('round_off', 'cess')", (other.id,))
    value = pulled(other)
    assert [(one["role"], one["name"]) for one in value["made"]] == [
        ("cess", "Output Cess (sandbox)"),
        ("round_off", "Round Off (sandbox)"),
    ]
    assert {"role": "receivable", "name": "Accounts Receivable"}.items() <= value["posts_to"][0].items()
    made = in_sandbox("SELECT name FROM accounts WHERE role IN ('round_off', 'cess') AND name LIKE '%(sandbox)'")
    assert len(made) == 2


def test_another_pull_replaces_the_last_one_and_what_was_learned_from_it(here: Org, live: Any) -> None:
    pulled(here)
    value = pulled(live.org())
    assert learned(value) == {"id_form": "prefixed"}
    assert in_sandbox("SELECT name FROM taxes WHERE name = 'Tax at eighteen'") == []
    with sandbox_books() as books:
        assert (books.switches.tax_rounding, books.switches.number_form) == ("line", "fiscal")
        org = books.db.row("SELECT round_totals, rounding_method FROM orgs WHERE is_default")
    assert org is not None
    assert tuple(org) == (0, "nearest")


def test_no_document_person_amount_or_token_gets_into_the_file(here: Org) -> None:
    assert here.count("invoices") >= 2
    pulled(here)
    held = b"".join(path.read_bytes() for path in sorted(SANDBOX.parent.iterdir()))
    assert b"Tax at eighteen" in held
    for secret in ("Secretive", "OLD-1", "31415", here.token, here.id):
        assert secret.encode() not in held
    for table in ("contacts", "items", "invoices", "payments", "credit_notes", "entries", "postings", "answers"):
        assert in_sandbox(f"SELECT count(*) FROM {table}") == [(0,)]
    # A number stands in SQLite's own form in the file: no column may hold it either.
    tables = [name for (name,) in in_sandbox("SELECT name FROM sqlite_master WHERE type = 'table'")]
    values = {value for table in tables for row in in_sandbox(f"SELECT * FROM {table}") for value in row}
    assert not values & {3141513, 31415.13, "31415.13", 31416, 3141600, "31416"}


def test_the_sandbox_keeps_its_own_org_and_tokens(here: Org) -> None:
    with sandbox_books() as books:
        before = books.org_id, in_sandbox("SELECT * FROM tokens ORDER BY digest")
    pulled(here)
    with sandbox_books() as books:
        assert (books.org_id, in_sandbox("SELECT * FROM tokens ORDER BY digest")) == before
        assert books.org_id != here.id


class TestBooksThatHoldDocuments:
    @pytest.fixture(autouse=True)
    def rehearsed(self, books: Path) -> None:
        assert command("apply", "--sandbox", "--yes", "books.yaml").code == 0

    def test_are_refused_before_anybody_is_asked(self, here: Org) -> None:
        ended = command("sandbox", "pull", env={**here.env, "FINZBOOKS_BASE_URL": "http://127.0.0.1:9/none"})
        assert refused(ended) == "sandbox-failed"
        assert "1 contact, 1 item, 1 invoice, 1 payment, 1 credit note" in ended.err
        assert "finz-import sandbox reset" in ended.err
        assert in_sandbox("SELECT count(*) FROM invoices") == [(1,)]

    def test_are_emptied_first_with_reset_and_their_state_goes_as_well(self, here: Org) -> None:
        assert Path("finzbooks.sandbox.state.db").exists()
        ended = command("sandbox", "pull", "--reset", "--yes", "--format", "json", env=here.env)
        assert (ended.code, ended.json["copied"]["taxes"]) == (0, 1)
        assert "is empty" in ended.err
        assert in_sandbox("SELECT count(*) FROM invoices") == [(0,)]
        assert not Path("finzbooks.sandbox.state.db").exists()

    def test_are_not_emptied_when_nobody_agrees(self, here: Org) -> None:
        assert refused(command("sandbox", "pull", "--reset", env=here.env)) == "not-confirmed"
        ended = command("sandbox", "pull", "--reset", env=here.env, terminal=True, typed="n\n")
        assert ended.code == 5
        assert in_sandbox("SELECT count(*) FROM invoices") == [(1,)]
        assert in_sandbox("SELECT name FROM taxes WHERE name = 'Tax at eighteen'") == []

    def test_are_emptied_when_somebody_does(self, here: Org) -> None:
        ended = command("sandbox", "pull", "--reset", env=here.env, terminal=True, typed="y\n")
        assert ended.code == 0
        assert in_sandbox("SELECT name FROM taxes WHERE name = 'Tax at eighteen'") == [("Tax at eighteen",)]

    def test_are_kept_when_the_live_org_cannot_be_read(self, here: Org) -> None:
        env = {**here.env, "FINZBOOKS_TOKEN": "aibk_pat_nobody"}
        assert refused(command("sandbox", "pull", "--reset", "--yes", env=env)) == "token-rejected"
        assert in_sandbox("SELECT count(*) FROM invoices") == [(1,)]


def test_the_sandbox_itself_is_not_taken_for_the_live_org(folder: Path) -> None:
    with serving(SANDBOX) as server:
        prepared = Org(server.books, server.url, server.books.org_id, "aibk_pat_test_partner")
        other = server.org()
        for org in (prepared, other):
            before = len(in_sandbox("SELECT * FROM accounts"))
            assert refused(command("sandbox", "pull", env=org.env)) == "wrong-org"
            assert len(in_sandbox("SELECT * FROM accounts")) == before


class TestWhoMayNot:
    def test_without_a_token_is_refused_and_nothing_is_made(self, here: Org) -> None:
        assert refused(command("sandbox", "pull", env=here.without("FINZBOOKS_TOKEN"))) == "no-token"
        assert files_below(Path()) == set()

    def test_with_the_token_of_another_org_than_is_meant_is_refused(self, here: Org) -> None:
        Path("finzbooks.yaml").write_text("org_id: org_of_somebody\n", "utf-8")
        assert refused(command("sandbox", "pull", env=here.without("FINZBOOKS_ORG_ID"))) == "wrong-org"

    @pytest.mark.parametrize("missing", ["taxes", "accounts", "branches"])
    def test_read_what_is_needed_is_refused_and_nothing_is_made(self, live: Any, folder: Path, missing: str) -> None:
        org = live.org()
        readable = {"taxes", "accounts", "branches"} - {missing}
        org.books.add_token(org.token, orgs=(org.id,), scopes=[f"AIBooks.{one}.READ" for one in readable])
        ended = command("sandbox", "pull", env=org.env)
        assert refused(ended) == "lookup-failed"
        assert f"AIBooks.{missing}.READ" in ended.err
        assert files_below(Path()) == set()

    def test_read_the_rest_gets_the_rest_left_as_it_is_and_told(self, live: Any, folder: Path) -> None:
        org = live.org()
        scopes = [f"AIBooks.{one}.READ" for one in ("taxes", "accounts", "branches")]
        org.books.add_token(org.token, orgs=(org.id,), scopes=scopes, tier="PARTNER")
        value = pulled(org)
        lists = {"bank_accounts", "cost_centers", "currencies", "exchange_rates", "invoices", "contacts"}
        assert set(value["refused"]) == lists
        assert "[auth.insufficient_scope]" in value["refused"]["currencies"]
        assert set(value["copied"]) == {"taxes", "accounts", "bank_accounts", "branches"}
        assert len(in_sandbox("SELECT * FROM currencies WHERE org = (SELECT id FROM orgs WHERE is_default)")) == 4
        said = command("sandbox", "pull", env=org.env).out
        assert "The sandbox's own cost centres stay: " in said
        assert "Nothing could be learned from invoices: " in said


def body(**fields: Any) -> tuple[int, str]:
    return 200, json.dumps({"code": 0, "message": "success", **fields})


GONE: Final = (404, json.dumps({"code": "not_found.resource", "message": "There is no such list."}))
DENIED: Final = (403, json.dumps({"code": "auth.insufficient_scope", "message": "Not for you."}))
# Ids as numbers, numbers as text, and as little as there can be.
BARE: Final = {
    "/whoami": body(token={"token_id": "t", "org_id": 4711}),
    "/taxes": body(taxes=[{"tax_id": 1, "name": "T", "igst": "18.00"}, {"tax_id": 2, "name": "Odd", "cgst": "?"}]),
    "/accounts": body(accounts=[{"account_id": 1, "name": "Fees", "account_type": "income"}, {"account_id": 2}]),
    "/bank_accounts": body(bank_accounts=[{"bank_account_id": 9, "account_name": "Axis"}, {"account_id": 2}]),
    "/branches": body(branches=[{"branch_id": 3, "name": "Nagpur", "gstin": "27AABCF9012G1ZU"}, {"branch_id": 4}]),
    "/cost_centers": GONE,
    "/currencies": body(currencies=["USD", "INR"]),
    "/exchange_rates": body(exchange_rates=[{"exchange_rate_id": 1, "rate": 0}, {}]),
    "/invoices": body(invoices=[{"invoice_id": 5, "total": 17.5, "sub_total": 17.5, "tax_total": 0}, {}]),
    "/contacts": DENIED,
    "": GONE,
}


def env_of(url: str) -> dict[str, str]:
    return {"FINZBOOKS_BASE_URL": url, "FINZBOOKS_TOKEN": "aibk_pat_live_RECOGNISABLE"}


class TestAnotherServer:
    def test_is_only_read_from(self, folder: Path) -> None:
        with odd_server(BARE) as odd:
            assert command("sandbox", "pull", env=env_of(odd.url)).code == 0
        assert {one.partition(" ")[0] for one in odd.asked} == {"GET"}
        assert len(odd.asked) == len(BARE)  # currencies twice, and nobody asks for ""

    def test_may_leave_out_whatever_the_rehearsal_can_do_without(self, folder: Path) -> None:
        with odd_server(BARE) as odd:
            value = command("sandbox", "pull", "--format", "json", env=env_of(odd.url)).json
        assert learned(value) == {"round_invoice_totals": "off", "list_rows": "short"}
        assert set(value["refused"]) == {"cost_centers", "contacts"}
        shown = {path: read_sandbox(SANDBOX, f"/{path}")[path] for path in ("taxes", "bank_accounts", "branches")}
        assert [(one["tax_id"], one["cgst"], one["igst"]) for one in shown["taxes"]] == [("1", 9, 18)]
        assert {(one["account_id"], one["name"]) for one in shown["bank_accounts"]} == {("9", "Axis"), ("2", "2")}
        branches = {one["branch_id"]: one for one in shown["branches"]}
        assert [(branches[one]["state"], branches[one]["is_default"]) for one in "34"] == [
            ("IN-MH", True),
            ("IN-KA", False),
        ]
        enabled = read_sandbox(SANDBOX, "/currencies")["currencies"]
        assert [(one["currency_code"], one["name"]) for one in enabled] == [("INR", "Indian Rupee"), ("USD", "USD")]
        assert value["notes"] == [
            "Left out: the tax Odd: its percentages cannot be read.",
            "The branch 4 does not say its state: it is in IN-KA in the sandbox.",
            "No branch says that it is the default one: Nagpur is in the sandbox.",
            "Left out: the exchange rate 1: its currencies, rate or date cannot be read.",
        ]

    @pytest.mark.parametrize(
        "answer", [(200, "<html>portal</html>"), GONE, DENIED, (401, GONE[1]), body(other=[])], ids=repr
    )
    @pytest.mark.parametrize("path", ["/taxes", "/accounts", "/branches"])
    def test_that_answers_anything_else_for_what_is_needed_is_refused(
        self, path: str, answer: tuple[int, str], folder: Path
    ) -> None:
        with odd_server({**BARE, path: answer}) as odd:
            assert refused(command("sandbox", "pull", env=env_of(odd.url))) == "lookup-failed"
        assert files_below(Path()) == set()
