"""A first careful slice of a migration: --target and --limit, of a plan, an apply and a saved plan."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from cli.command import Ended, command
from cli.live import Org

PLAN: Final = Path("p.json")
KINDS: Final = ("contacts", "items", "invoices", "payments", "credit_notes")
# Two sales that share nothing but the item, and a customer who has bought nothing.
SALES: Final = """
defaults: {invoices: {place_of_supply: IN-KA, auto_approve: true}}
contacts:
  - {key: acme, contact_name: Acme Corp}
  - {key: beta, contact_name: Beta Works}
  - {key: idle, contact_name: Idle Hands}
items:
  - {key: work, name: Work, rate: 100}
invoices:
  - {key: A-1, customer: acme, date: 2026-05-19, line_items: [{item: work, quantity: 1}]}
  - {key: B-1, customer: beta, date: 2026-05-19, line_items: [{item: work, quantity: 2}]}
payments:
  - {key: UTR-A, flow: INCOMING, contact: acme, date: 2026-05-20, amount: 60, mode: UPI, bank_account: HDFC Current,
     allocations: [{invoice: A-1, amount: 60}]}
credit_notes:
  - {key: CN-B, customer: beta, date: 2026-05-21, line_items: [{name: Back, quantity: 1, rate: 40}],
     applications: [{invoice: B-1, amount: 40}]}
"""
ALL: Final = {"contacts": 3, "items": 1, "invoices": 2, "payments": 1, "credit_notes": 1}


@pytest.fixture
def sales(folder: Path) -> Path:
    (folder / "m.yaml").write_text(SALES, "utf-8")
    return folder / "m.yaml"


def plan(org: Org, *words: object) -> Ended:
    return command("plan", "m.yaml", *words, env=org.env)


def apply(org: Org, *words: object) -> Ended:
    return command("apply", "--yes", "m.yaml", *words, env=org.env)


def planned(org: Org, *words: object) -> set[str]:
    """What a plan would do something for, as KIND/KEY."""
    ended = plan(org, "--format", "json", *words)
    assert ended.code == 0, ended.err
    return {f"{one['kind']}/{one['key']}" for one in ended.json["operations"]}


def may_create(org: Org, *kinds: str) -> None:
    """From now on the token may read everything, and create only these."""
    readable = ("contacts", "items", "taxes", "accounts", "invoices", "payments", "creditnotes", "branches")
    scopes = [f"AIBooks.{one}.READ" for one in (*readable, "bankaccounts")]
    scopes += [f"AIBooks.{one}.CREATE" for one in kinds]
    org.books.add_token(org.token, orgs=(org.id,), scopes=scopes, tier="PARTNER")


def known(org: Org) -> set[tuple[str, str]]:
    """Kind and key of every document that the state knows."""
    ended = command("state", "list", "m.yaml", "--format", "json", env=org.env)
    return {(one["kind"], one["key"]) for one in ended.json}


def counts(**given: int) -> dict[str, int]:
    return {**dict.fromkeys(KINDS, 0), **given}


class TestATarget:
    def test_comes_with_what_it_needs_and_nothing_else(self, sales: Path, org: Org) -> None:
        assert planned(org, "--target", "payments/UTR-A") == {
            "contacts/acme",
            "items/work",
            "invoices/A-1",
            "payments/UTR-A",
        }
        ended = apply(org, "--target", "payments/UTR-A")
        assert (ended.code, ended.out) == (0, "4 created, 0 unchanged.\n")
        assert org.counts() == counts(contacts=1, items=1, invoices=1, payments=1)

    def test_comes_with_its_own_applications(self, sales: Path, org: Org) -> None:
        assert apply(org, "--target", "credit_notes/CN-B").out == "4 created, 1 application, 0 unchanged.\n"
        (invoice,) = org.get("/invoices")["invoices"]
        assert (invoice["reference_number"], invoice["balance"]) == ("B-1", 160)

    def test_may_be_given_several_times(self, sales: Path, org: Org) -> None:
        words = ("--target", "contacts/idle", "--target", "contacts/beta", "--target", "contacts/idle")
        assert apply(org, *words).out == "2 created, 0 unchanged.\n"
        assert org.counts() == counts(contacts=2)

    @pytest.mark.parametrize("word", ["invoices/A-1", "invoice/A-1", "invoices/ A-1 "])
    def test_is_found_as_people_write_it(self, sales: Path, org: Org, word: str) -> None:
        assert "invoices/A-1" in planned(org, "--target", word)

    @pytest.mark.parametrize("key", ["2026/05/A 1", "Müller & Söhne", "०१/क", "a/b/"])
    def test_may_have_slashes_blanks_and_any_letters_in_its_key(self, folder: Path, org: Org, key: str) -> None:
        text = f'contacts: [{{key: "{key}", contact_name: One}}, {{key: other, contact_name: Two}}]\n'
        (folder / "m.yaml").write_text(text, "utf-8")
        assert planned(org, "--target", f"contacts/{key}") == {f"contacts/{key}"}

    def test_in_letters_of_two_code_points_is_the_same(self, folder: Path, org: Org) -> None:
        (folder / "m.yaml").write_text('contacts: [{key: "caf\u00e9", contact_name: One}]\n', "utf-8")
        assert planned(org, "--target", "contacts/cafe\u0301") == {"contacts/caf\u00e9"}

    @pytest.mark.parametrize("word", ["contacts/nobody", "invoices/acme"])
    @pytest.mark.parametrize("words", [["plan"], ["plan", "--offline"], ["apply", "--yes"]], ids=" ".join)
    def test_that_is_in_no_file_is_wrong_usage(self, sales: Path, org: Org, words: list[str], word: str) -> None:
        ended = command(*words, "m.yaml", "--target", word, env=org.env)
        assert (ended.code, ended.out) == (2, "")
        assert f"There is no {word} in the given files." in ended.err
        assert org.counts() == counts()

    @pytest.mark.parametrize("word", ["bills/X", "acme", "contacts/", "contacts/  ", "/acme", ""])
    def test_that_names_nothing_is_wrong_usage_before_anybody_is_asked(self, sales: Path, word: str) -> None:
        for words in (["plan"], ["apply", "--yes"]):
            ended = command(*words, "m.yaml", "--target", word)
            assert (ended.code, ended.out) == (2, "")
            assert f'"{word}" names no document.' in ended.err and "KIND/KEY" in ended.err

    def test_that_is_in_the_books_has_nothing_to_be_done(self, sales: Path, org: Org) -> None:
        assert apply(org, "--target", "contacts/idle").code == 0
        ended = apply(org, "--target", "contacts/idle")
        assert (ended.code, ended.out) == (0, "0 created, 1 unchanged.\n")

    def test_leaves_a_conflict_elsewhere_alone(self, sales: Path, org: Org) -> None:
        assert apply(org, "--target", "invoices/A-1").code == 0
        sales.write_text(
            SALES.replace("A-1, customer: acme, date: 2026-05-19", "A-1, customer: acme, date: 2026-05-18"), "utf-8"
        )
        assert plan(org).code == 1
        ended = apply(org, "--target", "credit_notes/CN-B")
        assert (ended.code, ended.out) == (0, "3 created, 1 application, 0 unchanged.\n")
        assert apply(org, "--target", "payments/UTR-A").code == 1, "what it needs is in conflict"


class TestALimit:
    @pytest.mark.parametrize("limit", [1, 2, 3, 5])
    def test_again_and_again_reaches_everything_and_never_writes_more(self, sales: Path, org: Org, limit: int) -> None:
        for _ in range(9):
            before = sum(org.counts().values())
            ended = apply(org, "--limit", limit)
            assert ended.code == 0, ended.out
            assert sum(org.counts().values()) - before <= limit
            if sum(org.counts().values()) == before:
                break
        assert org.counts() == ALL
        assert plan(org).out == "Nothing to do: 8 documents unchanged.\n"

    def test_in_which_everything_fits_changes_nothing(self, sales: Path, org: Org) -> None:
        assert plan(org, "--limit", 8).out == plan(org).out
        assert apply(org, "--limit", 1000).code == 0
        assert org.counts() == ALL

    def test_takes_whole_chains_first(self, sales: Path, org: Org) -> None:
        assert planned(org, "--limit", 4) in (
            {"contacts/acme", "items/work", "invoices/A-1", "payments/UTR-A"},
            {"contacts/beta", "items/work", "invoices/B-1", "credit_notes/CN-B"},
        )

    @pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5"])
    @pytest.mark.parametrize("words", [["plan"], ["apply", "--yes"]], ids=" ".join)
    def test_below_one_is_wrong_usage(self, sales: Path, org: Org, words: list[str], limit: str) -> None:
        ended = command(*words, "m.yaml", "--limit", limit, env=org.env)
        assert (ended.code, ended.out) == (2, "")
        assert "--limit" in ended.err
        assert org.counts() == counts()

    def test_narrows_what_the_targets_left(self, sales: Path, org: Org) -> None:
        words = ("--target", "contacts/idle", "--target", "payments/UTR-A", "--limit", 1)
        assert len(planned(org, *words)) == 1
        assert apply(org, *words).out == "1 created, 0 unchanged.\n"
        for _ in range(5):
            assert apply(org, *words).code == 0
        assert org.counts() == counts(contacts=2, items=1, invoices=1, payments=1)


class TestWhatIsLeft:
    def test_is_told_in_text(self, sales: Path, org: Org) -> None:
        ended = plan(org, "--target", "contacts/idle")
        assert "Only a part: 7 more documents with something to be done are left for later" in ended.out

    def test_is_told_in_json(self, sales: Path, org: Org) -> None:
        assert plan(org, "--target", "contacts/idle", "--format", "json").json["left_out"] == 7
        assert plan(org, "--limit", 4, "--format", "json").json["left_out"] == 4
        assert plan(org, "--format", "json").json.get("left_out", 0) == 0

    def test_is_told_also_when_the_slice_itself_is_done(self, sales: Path, org: Org) -> None:
        assert apply(org, "--target", "contacts/idle").code == 0
        ended = plan(org, "--target", "contacts/idle")
        assert ended.out.startswith("Nothing to do: 1 document unchanged.\nOnly a part: 7 more documents")

    def test_is_told_at_the_end_of_an_apply_unless_it_is_quiet(self, sales: Path, org: Org) -> None:
        told = "Left for later by --target or --limit: 7 more documents.\n"
        assert apply(org, "--target", "contacts/idle").err == told
        assert apply(org, "--target", "contacts/idle").err == told, "also when the slice is done"
        assert apply(org, "--target", "contacts/idle", "-q").err == ""
        assert apply(org, "--limit", "7").err == ""

    def test_is_not_counted_in_money_and_calls(self, sales: Path, org: Org) -> None:
        whole, part = (plan(org, *words, "--format", "json").json for words in ((), ("--target", "invoices/B-1")))
        assert (whole["money"]["billed"], part["money"]["billed"]) == ("300.00", "200.00")
        assert (part["money"]["received"], part["money"]["credited"]) == ("0.00", "0.00")
        assert part["calls"]["total"] < whole["calls"]["total"]


class TestASavedSlice:
    def test_is_applied_and_nothing_else(self, sales: Path, org: Org) -> None:
        assert plan(org, "--target", "payments/UTR-A", "--out", PLAN).code == 0
        ended = command("apply", "--plan", PLAN, "--yes", env=org.env)
        assert (ended.code, ended.out) == (0, "4 created, 0 unchanged.\n")
        assert org.counts() == counts(contacts=1, items=1, invoices=1, payments=1)

    @pytest.mark.parametrize("narrowed", [["--limit", "4"], ["--limit", "2"], ["--target", "payments/UTR-A"]])
    def test_that_goes_on_takes_no_further_documents(self, sales: Path, org: Org, narrowed: list[str]) -> None:
        ended = plan(org, *narrowed, "--out", PLAN, "--format", "json")
        reviewed = {(one["kind"], one["key"]) for one in ended.json["operations"]}
        may_create(org, "items")
        words = ("apply", "--plan", PLAN, "--yes")
        assert command(*words, env=org.env).code == 4
        may_create(org, "items", "contacts", "invoices")
        assert command(*words, env=org.env).code in (0, 4)
        org.books.add_token(org.token, orgs=(org.id,), tier="PARTNER")
        command(*words, env=org.env)
        assert "plan-done" in command(*words, env=org.env).err
        assert known(org) == reviewed

    def test_is_bound_to_documents_beyond_it_as_well(self, sales: Path, org: Org) -> None:
        """What one document of the books is taken for depends on all of the files."""
        assert plan(org, "--target", "contacts/idle", "--out", PLAN).code == 0
        sales.write_text(SALES.replace("Beta Works", "Beta Word"), "utf-8")
        ended = command("apply", "--plan", PLAN, "--yes", env=org.env)
        assert (ended.code, ended.out) == (5, "")
        assert "changed: contacts/beta." in ended.err
