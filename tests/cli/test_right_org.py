"""Exit code 5: it is not certain that this is the org that is meant, or that anybody wants this."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Final

import pytest

from cli.command import Ended, command, files_below
from cli.live import Live, Org
from importer.state.files import open_for_reading, open_for_writing

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


OTHER: Final = "org_of_somebody_else"
NO_SAY, RIGHT, WRONG = "none", "right", "wrong"
SAYS: Final = (NO_SAY, RIGHT, WRONG)
# What is said by environment, project and state; how apply is asked; whether the token may use several orgs.
CASES: Final = [
    pytest.param(*says, asked, multi, id=f"{'-'.join(says)} {asked}{' multi' if multi else ''}")
    for *says, asked, multi in product(SAYS, SAYS, SAYS, ("yes", "nobody", "prompt"), (False, True))
    if not (multi and asked == "nobody")  # the token is looked at before anybody is asked
]


def expected(environment: str, project: str, state: str, asked: str, multi: bool) -> str:
    """The code of the refusal, or "" where the org is written to: the rules of the rail, one after the other."""
    if multi and environment == project == NO_SAY:
        return "org-needed"  # the state does not choose among the orgs of a token
    if WRONG in (environment, project, state):
        return "wrong-org"
    if asked == "nobody":
        return "not-confirmed"
    if asked == "yes" and RIGHT not in (environment, project, state):
        return "org-not-named"
    return ""


def lay_out(org: Org, says: dict[str, str], multi: bool, other: Org) -> dict[str, str]:
    """Project file and state as the case wants them in the current folder; the environment to run in."""
    ids = {RIGHT: org.id, WRONG: OTHER}
    if multi:
        org.books.add_token(org.token, orgs=(org.id, other.id), multi_org=True, tier="PARTNER")
    if says["project"] != NO_SAY:
        Path("finzbooks.yaml").write_text(f"org_id: {ids[says['project']]}\n", "utf-8")
    if says["state"] != NO_SAY:
        with open_for_writing(Path("finzbooks.state.db")) as store:
            store.bind(ids[says["state"]])
    named = says["environment"] != NO_SAY
    return {**org.env, "FINZBOOKS_ORG_ID": ids[says["environment"]]} if named else org.without("FINZBOOKS_ORG_ID")


def apply(asked: str, env: dict[str, str]) -> Ended:
    words = ["apply", "books.yaml", *(["--yes"] if asked == "yes" else [])]
    return command(*words, env=env, terminal=asked == "prompt", typed="y\n" if asked == "prompt" else "")


def remembered() -> int:
    """How many documents the state knows."""
    store = open_for_reading(Path("finzbooks.state.db"))
    if store is None:
        return 0
    with store:
        return len(list(store.receipts()))


@pytest.fixture(scope="module")
def bystander(live: Live) -> Org:
    """An org that a token may use and nobody means."""
    return live.org()


@pytest.mark.parametrize(("environment", "project", "state", "asked", "multi"), CASES)
def test_the_org_is_written_to_only_when_all_that_is_said_means_it(
    environment: str, project: str, state: str, asked: str, multi: bool, folder: Path, org: Org, bystander: Org
) -> None:
    Path("books.yaml").write_text("contacts: [{key: acme, contact_name: Acme}]\n", "utf-8")
    env = lay_out(org, {"environment": environment, "project": project, "state": state}, multi, bystander)
    code = expected(environment, project, state, asked, multi)
    ended = apply(asked, env)
    if code:
        assert (ended.code, ended.out) == (5, "")
        assert f"error[{code}]" in ended.err
    else:
        assert ended.code == 0, ended.err
    written = 0 if code else 1
    assert (org.count("contacts"), bystander.count("contacts"), remembered()) == (written, 0, written)


@pytest.mark.parametrize("asked", ["yes", "prompt"])
@pytest.mark.parametrize("named", ["environment", "project"])
def test_two_orgs_of_one_token_are_told_apart(named: str, asked: str, books: Path, org: Org, bystander: Org) -> None:
    """The worst case: the token may write to both, and the two that name one name different ones."""
    org.books.add_token(org.token, orgs=(org.id, bystander.id), multi_org=True, tier="PARTNER")
    Path("finzbooks.yaml").write_text(f"org_id: {bystander.id if named == 'project' else org.id}\n", "utf-8")
    ended = apply(asked, {**org.env, "FINZBOOKS_ORG_ID": org.id if named == "project" else bystander.id})
    assert (ended.code, ended.out) == (5, "")
    assert "error[wrong-org]" in ended.err and org.id in ended.err and bystander.id in ended.err
    assert (org.counts(), bystander.counts()) == (EMPTY, EMPTY)


@pytest.mark.parametrize(("environment", "project"), list(product(SAYS, SAYS)))
def test_the_sandbox_passes_over_what_names_an_org(environment: str, project: str, folder: Path, org: Org) -> None:
    Path("books.yaml").write_text("contacts: [{key: acme, contact_name: Acme}]\n", "utf-8")
    env = lay_out(org, {"environment": environment, "project": project, "state": WRONG}, False, org)
    assert command("apply", "--sandbox", "--yes", "books.yaml", env=env).code == 0
    assert (org.count("contacts"), remembered()) == (0, 0)


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
