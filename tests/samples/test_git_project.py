"""The sample of books in git: its workflow is run step by step against a FinzBooks on a real socket."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from cli.command import environment
from cli.live import Live, Org, serving

from importer import __version__
from samples.actions import BASH, FILE, INSTALL, NOBODY, SOMEBODY, Forge, git
from samples.warm import ready

SAMPLE: Final = Path(__file__).resolve().parents[2] / "samples" / "git-project"
README: Final = (SAMPLE / "README.md").read_text("utf-8")
SCRIPT: Final = Path(".github/finzbooks-state.sh")
WORKFLOW: Final = yaml.safe_load((SAMPLE / FILE).read_text("utf-8"))
SHELLCHECK: Final = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or "shellcheck"
STEPS: Final = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
COUNTS: Final = {"contacts": 5, "items": 5, "invoices": 9, "payments": 7, "credit_notes": 2}
WAYS_OUT: Final = re.findall(r"^```\n(git pull\n.*?)^```$", README, re.DOTALL | re.MULTILINE)[0]
SCOPES: Final = re.findall(r"`(AIBooks\.\w+\.READ)`", README)  # those that a plan needs, as the README says

# What the second pull request edits: an address, a draft that is posted, an advance allocated, a credit note applied.
EDITS: Final = {
    "masters/contacts.yaml": ("accounts@filterhouse.example", "payables@filterhouse.example"),
    "2026-05/invoices.yaml": ("auto_approve: false", "auto_approve: true"),
    "2026-05/payments.csv": ("for the workshop in May,,\n", "for the workshop in May,NCR-2605-02,15000\n"),
    "2026-05/credit_notes.yaml": (
        "line_items: [{item: filter-blend, quantity: 5}]\n",
        "line_items: [{item: filter-blend, quantity: 5}]\n    applications: [{invoice: NCR-2605-01, amount: 2205}]\n",
    ),
}
# An invoice that passes every check, and that the server refuses: it names an item which the org does not have.
REFUSED: Final = """invoices:
  - key: NCR-2606-01
    customer: filter-house
    date: 2026-06-02
    line_items: [{item_id: it_of_another_org, name: Beans, quantity: 1, rate: 100}]
  - {key: NCR-2606-02, customer: filter-house, date: 2026-06-03, line_items: [{item: beans-aa, quantity: 1}]}
payments:
  - {key: UTR-2606-01, contact: filter-house, date: 2026-06-04, amount: 100,
     allocations: [{invoice: NCR-2606-01, amount: 100}]}
"""


pytestmark = pytest.mark.skipif(os.name == "nt", reason="the jobs of the workflow run on Linux")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("live") / "books.db") as server:
        yield server


@pytest.fixture(scope="module")
def finz_import() -> Iterator[str]:
    with ready(SAMPLE) as text:
        yield text


def forge_in(folder: Path, org: Org, finz_import: str) -> Forge:
    """A repository made of the sample, with the id of its organisation put in as the README says."""
    files = {
        path.relative_to(SAMPLE).as_posix(): path.read_text("utf-8")
        for path in sorted(SAMPLE.rglob("*"))
        if path.is_file() and ".finzbooks" not in path.parts and ".state.db" not in path.name
    }
    project, found = re.subn(r"^# org_id: .*$", f"org_id: {org.id}", files["finzbooks.yaml"], flags=re.MULTILINE)
    assert found == 1
    reader = f"{org.token}_reader"
    org.books.add_token(reader, orgs=(org.id,), scopes=SCOPES, tier="PARTNER")
    made = Forge(folder, org, finz_import, reader)
    made.begin({**files, "finzbooks.yaml": project})
    return made


@pytest.fixture
def forge(live: Live, finz_import: str, tmp_path: Path) -> Forge:
    return forge_in(tmp_path, live.org(), finz_import)


def edited(forge: Forge) -> dict[str, str]:
    texts = {}
    for name, (before, after) in EDITS.items():
        assert forge.text(name).count(before) == 1
        texts[name] = forge.text(name).replace(before, after)
    return texts


OTHERS: Final = {"id": 1, "login": "github-actions[bot]", "body": "Coverage: 98 %"}


class Story:
    """The first two merges, each with its pull request."""

    def __init__(self, forge: Forge) -> None:
        self.forge = forge
        forge.comments = [OTHERS]
        self.first = forge.push()
        self.counts = forge.org.counts()
        forge.commit("Spell a name otherwise", {"2026-05/note.txt": "no manifest\n"}, branch="idle")
        self.idle = forge.pull_request("idle")
        self.idle_comments = list(forge.comments)
        forge.commit("Post, allocate, apply", edited(forge), branch="edits")
        self.proposed = forge.pull_request("edits")
        self.untouched = forge.org.counts() == self.counts and len(forge.states()) == 1
        forge.merge("edits")
        self.second = forge.push()
        self.third = forge.push()


@pytest.fixture(scope="module")
def story(live: Live, finz_import: str, tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(forge_in(tmp_path_factory.mktemp("story"), live.org(), finz_import))


class TestTheFirstMerge:
    def test_books_everything(self, story: Story) -> None:
        assert story.first.green, story.first.out
        assert story.counts == COUNTS
        assert "28 created, 1 application, 0 unchanged." in story.first.steps["Apply"].out

    def test_needs_no_branch_of_a_state(self, story: Story) -> None:
        assert story.first.steps["Fetch the state"].out.startswith("There is no branch finzbooks-state yet")

    def test_stores_the_state(self, story: Story) -> None:
        state = story.forge.states()[0]
        for key in ("filter-house", "NCR-2604-01", "HDFCN26050700418", "NCR-CN-2605-02"):
            assert f'"{key}"' in state
        assert story.forge.org.token not in state

    def test_shows_its_plan_in_the_summary_of_the_run(self, story: Story) -> None:
        assert "      billed       1,67,892.00\n" in story.first.summary

    def test_leaves_no_artifact(self, story: Story) -> None:
        assert story.first.artifacts == {}


class TestAPullRequest:
    def test_is_planned_in_one_comment_that_the_next_push_replaces(self, story: Story) -> None:
        assert len(story.idle_comments) == len(story.forge.comments) == 2
        assert "Nothing to do: 28 documents unchanged." in story.idle_comments[1]["body"]

    def test_leaves_the_comments_of_others_alone(self, story: Story) -> None:
        assert story.forge.comments[0] == OTHERS

    def test_is_green_with_changes_and_without(self, story: Story) -> None:
        assert story.idle.green, story.idle.out
        assert story.proposed.green, story.proposed.out

    def test_shows_what_merging_it_would_do(self, story: Story) -> None:
        body = story.forge.comments[1]["body"]
        assert "### What merging this would do to the books" in body
        for words in ("NCR-2605-04", "HDFCN26050700418", "15,000.00", "NCR-CN-2605-02", "2,205.00"):
            assert words in body
        assert "::" not in body
        assert body in story.proposed.summary

    def test_writes_nothing(self, story: Story) -> None:
        assert story.untouched

    def test_needs_only_the_scopes_that_the_readme_names(self) -> None:
        assert len(SCOPES) == len(set(SCOPES)) == 9
        assert all(scope.endswith(".READ") for scope in SCOPES)

    def test_with_a_mistake_is_red_and_annotated_at_its_line(self, forge: Forge) -> None:
        text = forge.text("2026-05/payments.csv").replace("NCR-2605-01,40000", "NCR-2605-0l,40000")
        line = next(at for at, row in enumerate(text.splitlines(), 1) if "NCR-2605-0l" in row)
        forge.commit("Mistype", {"2026-05/payments.csv": text}, branch="wrong")
        ran = forge.pull_request("wrong")
        assert ran.failed == ["Check the manifests"]
        assert f"\n::error file=2026-05/payments.csv,line={line}," in "\n" + ran.steps["Check the manifests"].out
        (comment,) = forge.comments
        assert "### There is no plan for the newest commit" in comment["body"]
        assert "(https://github.example/nandi/books/actions/runs/4711)" in comment["body"]

    def test_of_a_fork_is_checked_without_secrets(self, forge: Forge) -> None:
        forge.read_token = ""
        ran = forge.pull_request("main")
        assert ran.green, ran.out
        assert ran.steps["Check the manifests"].outcome == "success"
        assert ran.steps["Plan"].outcome == ran.steps["Say so in the pull request"].outcome == "skipped"
        assert forge.comments == []

    def test_is_red_when_nobody_answers(self, forge: Forge) -> None:
        forge.org.books.add_token(forge.read_token, orgs=(forge.org.id,), revoked=True)
        ran = forge.pull_request("main")
        assert (ran.failed, ran.steps["Plan"].code) == (["Plan"], 5)
        assert "token" in forge.comments[0]["body"]


class TestTheSecondMerge:
    def test_does_what_was_proposed(self, story: Story) -> None:
        assert story.second.green, story.second.out
        assert story.forge.org.counts() == COUNTS
        invoices = listed(story.forge.org, "invoices")
        assert "DRAFT" not in [one["status"] for one in invoices]
        assert money(story.forge.org)["NCR-2605-02"] == 24190 - 15000
        assert money(story.forge.org)["NCR-2605-01"] == 46725 - 40000 - 2205
        assert [one["email"] for one in listed(story.forge.org, "contacts")].count("payables@filterhouse.example") == 1

    def test_adds_one_commit_with_a_small_diff(self, story: Story) -> None:
        before, after = (set(state.splitlines()) for state in story.forge.states())
        assert 0 < len(before - after) <= 4
        assert 0 < len(after - before) <= 7

    def test_is_signed_by_the_machine_and_names_the_commit(self, story: Story) -> None:
        head = git(story.forge.origin, "log", "-1", "--format=%h %s", "main").strip()
        told = git(story.forge.origin, "log", "-1", "--format=%an: %s", "finzbooks-state").strip()
        assert told == f"github-actions[bot]: State after {head}"

    def test_leaves_main_alone(self, story: Story) -> None:
        assert git(story.forge.origin, "rev-parse", "main") == git(story.forge.desk, "rev-parse", "main")

    def test_once_more_changes_and_stores_nothing(self, story: Story) -> None:
        assert story.third.green, story.third.out
        assert "0 created, 28 unchanged." in story.third.steps["Apply"].out
        assert story.third.steps["Store the state"].out == "The state is as it was fetched.\n"


class Trouble:
    """A first merge of which one invoice is refused, and the merge that mends it."""

    def __init__(self, forge: Forge) -> None:
        self.forge = forge
        forge.commit("June", {"2026-06/june.yaml": REFUSED})
        self.ran = forge.push()
        self.states = forge.states()
        self.counts = forge.org.counts()
        mended = REFUSED.replace("item_id: it_of_another_org, name: Beans", "name: Beans")
        forge.commit("Mend", {"2026-06/june.yaml": mended})
        self.mended = forge.push()
        name = "2026-04/invoices.csv"
        forge.commit("Change what is booked", {name: forge.text(name).replace("beans-pb,10", "beans-pb,11")}, "late")
        self.late = forge.pull_request("late")


@pytest.fixture(scope="module")
def trouble(live: Live, finz_import: str, tmp_path_factory: pytest.TempPathFactory) -> Trouble:
    return Trouble(forge_in(tmp_path_factory.mktemp("trouble"), live.org(), finz_import))


class TestAMergeThatFails:
    def test_is_red_and_annotated(self, trouble: Trouble) -> None:
        assert (trouble.ran.failed, trouble.ran.steps["Apply"].code) == (["Apply"], 4)
        assert "\n::error file=2026-06/june.yaml,line=5," in trouble.ran.steps["Apply"].out

    def test_stores_what_was_booked_all_the_same(self, trouble: Trouble) -> None:
        (state,) = trouble.states
        assert '"NCR-2606-02"' in state
        assert trouble.counts == COUNTS | {"invoices": COUNTS["invoices"] + 1}

    def test_keeps_what_failed_with_the_reasons(self, trouble: Trouble) -> None:
        assert list(trouble.ran.artifacts) == ["failed-1"]
        failed = yaml.safe_load(trouble.ran.artifacts["failed-1"])
        assert [one["key"] for one in failed["invoices"]] == ["NCR-2606-01"]
        assert "not_found.resource" in trouble.ran.artifacts["failed-1"]

    def test_goes_on_once_it_is_mended(self, trouble: Trouble) -> None:
        assert trouble.mended.green, trouble.mended.out
        assert "2 created, 29 unchanged." in trouble.mended.steps["Apply"].out


class TestAPullRequestWithAConflict:
    def test_is_red_and_says_what_to_do(self, trouble: Trouble) -> None:
        assert (trouble.late.failed, trouble.late.steps["Plan"].code) == (["Plan"], 1)
        assert "\n::error file=2026-04/invoices.csv,line=" in trouble.late.steps["Plan"].out
        assert "void it in FinzBooks and use a new key" in " ".join(trouble.forge.comments[0]["body"].split())


class TestAStateThatIsLost:
    def test_when_the_machine_died_nothing_is_booked_twice(self, forge: Forge) -> None:
        forge.push(until="Apply")
        assert forge.org.counts() == COUNTS
        assert forge.states() == []
        again = forge.push()
        assert again.green, again.out
        assert forge.org.counts() == COUNTS
        assert "0 created, 28 adopted, 0 unchanged." in again.steps["Apply"].out

        forge.commit("Edit", edited(forge))
        assert forge.push(until="Apply").green
        forget_answers(forge.org)
        booked = money(forge.org)
        assert booked["NCR-2605-01"] == 46725 - 40000 - 2205
        suspicious = forge.push()
        assert suspicious.failed == ["Plan"]
        assert "finz-import state accept credit_notes NCR-CN-2605-02" in suspicious.steps["Plan"].out
        assert "allocated there already" in suspicious.steps["Plan"].out

        done = at_home(forge, WAYS_OUT)
        assert done.returncode == 0, done.stdout
        after = forge.push()
        assert after.green, after.out
        assert money(forge.org) == booked
        assert forge.org.counts() == COUNTS

    def test_when_it_cannot_be_pushed_the_run_is_red_and_keeps_it(self, forge: Forge) -> None:
        slept = forge.folder / "slept"
        forge.stubs["sleep"] = f'#!/bin/sh\necho "$1" >> "{slept}"\n'
        hook = forge.origin / "hooks" / "update"
        hook.write_text('#!/bin/sh\ntest "$1" != refs/heads/finzbooks-state\n', "utf-8")
        hook.chmod(0o755)
        ran = forge.push()
        assert ran.failed == ["Store the state"]
        assert "::error title=state-not-stored::The state could not be pushed" in ran.steps["Store the state"].out
        assert list(ran.artifacts) == ["finzbooks-state-1"]
        assert slept.read_text("utf-8").split() == ["0", "2", "8", "30"]

        hook.unlink()
        (forge.desk / "finzbooks.state.jsonl").write_text(ran.artifacts["finzbooks-state-1"], "utf-8", newline="\n")
        assert at_home(forge, "finz-import state import finzbooks.state.jsonl .").returncode == 0
        assert at_home(forge, "bash .github/finzbooks-state.sh store").returncode == 0
        assert forge.states() == [ran.artifacts["finzbooks-state-1"]]

    def test_when_another_was_stored_meanwhile_that_one_is_not_lost(self, forge: Forge) -> None:
        def intrude(clone: Path) -> None:
            blob = git(clone, "hash-object", "-w", "requirements.txt").strip()
            tree = subprocess.run(
                ["git", "mktree"],
                input=f"100644 blob {blob}\tfinzbooks.state.jsonl\n",
                cwd=clone,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            commit = git(clone, "commit-tree", tree, "-m", "Somebody else").strip()
            git(clone, "push", "--quiet", "origin", f"{commit}:refs/heads/finzbooks-state")

        ran = forge.push(before={"Store the state": intrude})
        assert ran.failed == ["Store the state"]
        assert "Another run has stored a state meanwhile" in ran.steps["Store the state"].out
        assert list(ran.artifacts) == ["finzbooks-state-1"]
        assert forge.states() == [f"finzbooks-importer=={__version__}\n"]

    def test_when_the_branch_cannot_be_looked_for_that_is_no_first_run(self, forge: Forge) -> None:
        forge.origin.rename(forge.folder / "away.git")
        done = at_home(forge, "bash .github/finzbooks-state.sh fetch")
        assert done.returncode == 1
        assert "::error title=state-not-fetched::" in done.stdout


def at_home(forge: Forge, script: str) -> subprocess.CompletedProcess[str]:
    """``script`` on a person's machine, in their clone."""
    env = environment(forge.org.env) | NOBODY | SOMEBODY | {"PATH": forge.path()}
    return subprocess.run(
        [*BASH, "-c", script],
        cwd=forge.desk,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )


def forget_answers(org: Org) -> None:
    """A day later: the server no longer remembers what it answered under which key."""
    org.books.db.run("DELETE FROM answers")


def money(org: Org) -> dict[str, Decimal]:
    """What is open on each invoice."""
    return {one["reference_number"]: one["balance"] for one in listed(org, "invoices")}


class TestTheRails:
    def test_without_the_variable_nothing_is_planned_or_applied(self, forge: Forge) -> None:
        forge.org = Org(forge.org.books, forge.org.url, "", forge.org.token)
        ran = forge.push()
        assert ran.failed == ["Plan"]
        assert "Set the variable FINZBOOKS_ORG_ID" in ran.steps["Plan"].out
        assert ran.steps["Apply"].outcome == "skipped"
        assert forge.pull_request("main").failed == ["Plan"]

    def test_a_token_of_another_org_is_refused(self, forge: Forge, live: Live) -> None:
        other = live.org()
        forge.org = Org(other.books, other.url, forge.org.id, other.token)
        ran = forge.push()
        assert (ran.failed, ran.steps["Plan"].code) == (["Plan"], 5)
        assert other.count("contacts") == 0


class TestTheWorkflow:
    def test_pins_each_action_to_a_major_version(self) -> None:
        used = [step["uses"] for step in STEPS if "uses" in step]
        assert used
        for action in used:
            assert re.fullmatch(r"actions/[a-z-]+@v[1-9]\d*", action)

    def test_installs_the_importer_of_this_version_in_each_job(self) -> None:
        for job in WORKFLOW["jobs"].values():
            assert [step.get("run") for step in job["steps"]].count(INSTALL) == 1
        assert (SAMPLE / "requirements.txt").read_text("utf-8") == f"finzbooks-importer=={__version__}\n"

    def test_gives_each_job_the_rights_that_it_needs(self) -> None:
        assert WORKFLOW["permissions"] == {"contents": "read"}
        plan, apply = WORKFLOW["jobs"]["plan"], WORKFLOW["jobs"]["apply"]
        assert plan["permissions"] == {"contents": "read", "pull-requests": "write"}
        assert apply["permissions"] == {"contents": "write"}

    def test_runs_on_pull_requests_and_on_main_only(self) -> None:
        assert WORKFLOW[True] == {"pull_request": None, "push": {"branches": ["main"]}}  # YAML 1.1 reads `on` so

    def test_never_runs_two_applies_at_once_and_cancels_none(self) -> None:
        group = WORKFLOW["jobs"]["apply"]["concurrency"]
        assert group == {"group": "finzbooks-apply", "cancel-in-progress": False}
        assert "${{" not in group["group"]

    def test_gives_the_token_that_writes_to_no_pull_request(self) -> None:
        assert "secrets.FINZBOOKS_TOKEN" not in str(WORKFLOW["jobs"]["plan"])
        assert WORKFLOW["jobs"]["apply"]["environment"] == "finzbooks"

    def test_has_the_steps_and_artifacts_that_the_readme_speaks_of(self) -> None:
        names = [step["name"] for step in STEPS if "name" in step]
        told = re.findall(r"^\| ((?:Fetch|Find|Plan|Apply|Store)[^|(.]*)", README, re.MULTILINE)
        assert len(told) == 8
        for words in told:
            assert any(name.startswith(words.strip()) for name in names), words
        artifacts = [step["with"]["name"] for step in STEPS if "upload-artifact" in step.get("uses", "")]
        for name in artifacts:
            assert f"`{name.replace('${{ github.run_attempt }}', '1')}`" in README

    def test_hands_the_signal_of_a_cancelled_run_to_the_importer(self) -> None:
        (apply,) = (step["run"] for step in STEPS if step.get("name") == "Apply")
        assert apply.startswith("exec finz-import apply ")
        assert "\n" not in apply.strip()

    def test_has_sound_scripts(self) -> None:
        scripts = [step["run"] for step in STEPS if "run" in step]
        for script in (*scripts, (SAMPLE / SCRIPT).read_text("utf-8")):
            done = subprocess.run(
                [SHELLCHECK, "--shell=bash", "-"], input=script, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout


def listed(org: Org, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = org.get(f"/{kind}", per_page="200")[kind]
    return rows
