"""Exit code 5: it is not certain that this is the org that is meant, or that anybody wants this."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import command, files_below
from cli.live import Live, Org

EMPTY = {"contacts": 0, "items": 0, "invoices": 0, "payments": 0, "credit_notes": 0}
ONE_OF_EACH = dict.fromkeys(EMPTY, 1)


def refused(org: Org, env: dict[str, str], *words: str) -> str:
    """The code with which a run is refused; it wrote nothing, and kept no state."""
    ended = command(*words, "books.yaml", env=env)
    assert (ended.code, ended.out) == (5, "")
    assert org.counts() == EMPTY
    assert files_below(Path()) == {"books.yaml"}
    return ended.err.partition("]")[0].removeprefix("error[")


@pytest.mark.parametrize("words", [["plan"], ["apply", "--yes"], ["apply"]], ids=" ".join)
class TestAnyRun:
    def test_without_a_token_is_refused(self, words: list[str], books: Path, org: Org) -> None:
        assert refused(org, org.without("FINZBOOKS_TOKEN"), *words) == "no-token"

    def test_with_blanks_for_a_token_is_refused(self, words: list[str], books: Path, org: Org) -> None:
        assert refused(org, {**org.env, "FINZBOOKS_TOKEN": "  "}, *words) == "no-token"

    def test_with_a_token_that_nobody_knows_is_refused(self, words: list[str], books: Path, org: Org) -> None:
        assert refused(org, {**org.env, "FINZBOOKS_TOKEN": "aibk_pat_nobody"}, *words) == "token-rejected"

    def test_with_a_revoked_token_is_refused(self, words: list[str], books: Path, org: Org) -> None:
        org.books.add_token(org.token, orgs=(org.id,), revoked=True)
        assert refused(org, org.env, *words) == "token-rejected"

    def test_with_the_token_of_another_org_is_refused(self, words: list[str], books: Path, org: Org) -> None:
        assert refused(org, {**org.env, "FINZBOOKS_ORG_ID": "org_of_somebody_else"}, *words) == "wrong-org"

    def test_with_a_token_of_several_orgs_has_to_be_told_which(
        self, words: list[str], books: Path, org: Org, live: Live
    ) -> None:
        org.books.add_token(org.token, orgs=(org.id, live.org().id), multi_org=True, tier="PARTNER")
        assert refused(org, org.without("FINZBOOKS_ORG_ID"), *words) == "org-needed"

    def test_at_an_address_that_is_none_is_refused(self, words: list[str], books: Path, org: Org) -> None:
        assert refused(org, {**org.env, "FINZBOOKS_BASE_URL": "api.finzbooks.com"}, *words) == "bad-base-url"


def test_a_token_that_cannot_be_a_header_is_refused(books: Path, org: Org) -> None:
    assert refused(org, {**org.env, "FINZBOOKS_TOKEN": "aibk_pat_\u201cquoted\u201d"}, "plan") in {
        "no-token",
        "token-rejected",
    }


def test_with_yes_and_no_org_named_it_is_refused(books: Path, org: Org) -> None:
    assert refused(org, org.without("FINZBOOKS_ORG_ID"), "apply", "--yes") == "org-not-named"


def test_without_yes_and_without_a_terminal_it_is_refused(books: Path, org: Org) -> None:
    assert refused(org, org.env, "apply") == "not-confirmed"


def test_a_plan_needs_no_org_named(books: Path, org: Org) -> None:
    ended = command("plan", "books.yaml", env=org.without("FINZBOOKS_ORG_ID"))
    assert ended.code == 0
    assert org.id in ended.out
    assert org.counts() == EMPTY


def test_a_token_of_several_orgs_writes_to_the_one_that_is_named(books: Path, org: Org, live: Live) -> None:
    other = live.org()
    org.books.add_token(org.token, orgs=(org.id, other.id), multi_org=True, tier="PARTNER")
    assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
    assert (org.counts(), other.counts()) == (ONE_OF_EACH, EMPTY)


def test_the_state_names_the_org_from_the_second_run_on(books: Path, org: Org) -> None:
    assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
    books.write_text(books.read_text("utf-8").replace("1 MG Road", "2 MG Road"), encoding="utf-8")
    ended = command("apply", "--yes", "books.yaml", env=org.without("FINZBOOKS_ORG_ID"))
    assert (ended.code, ended.out) == (0, "0 created, 1 updated, 4 unchanged.\n")


@pytest.mark.parametrize("words", [["plan"], ["apply", "--yes"]], ids=" ".join)
def test_a_state_of_another_org_refuses_the_run(words: list[str], books: Path, org: Org, live: Live) -> None:
    assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
    other = live.org()
    ended = command(*words, "books.yaml", env=other.env)
    assert (ended.code, ended.out) == (5, "")
    assert "error[wrong-org]" in ended.err
    assert org.id in ended.err
    assert other.counts() == EMPTY


class TestThePrompt:
    def test_shows_plan_and_org_and_applies_on_yes(self, books: Path, org: Org) -> None:
        ended = command("apply", "books.yaml", env=org.env, terminal=True, typed="y\n")
        assert ended.code == 0
        assert f"Apply this to organisation {org.id}? [y/N]" in ended.err
        assert "14,160.00" in ended.err
        assert org.counts() == ONE_OF_EACH

    def test_needs_no_org_named_since_a_person_sees_it(self, books: Path, org: Org) -> None:
        env = org.without("FINZBOOKS_ORG_ID")
        assert command("apply", "books.yaml", env=env, terminal=True, typed="y\n").code == 0

    @pytest.mark.parametrize("typed", ["n\n", "\n"])
    def test_sends_nothing_unless_the_answer_is_yes(self, books: Path, org: Org, typed: str) -> None:
        ended = command("apply", "books.yaml", env=org.env, terminal=True, typed=typed)
        assert (ended.code, ended.out) == (5, "")
        assert "error[not-confirmed]" in ended.err
        assert org.counts() == EMPTY

    def test_that_is_closed_is_an_interruption(self, books: Path, org: Org) -> None:
        assert command("apply", "books.yaml", env=org.env, terminal=True, typed="").code == 130
        assert org.counts() == EMPTY

    def test_is_left_out_when_there_is_nothing_to_do(self, books: Path, org: Org) -> None:
        assert command("apply", "--yes", "books.yaml", env=org.env).code == 0
        assert command("apply", "books.yaml", env=org.env).code == 0

    def test_of_the_sandbox_says_so(self, books: Path) -> None:
        ended = command("apply", "--sandbox", "books.yaml", terminal=True, typed="y\n")
        assert "Apply this to the sandbox?" in ended.err
        assert ended.code == 0
