"""Every sample runs as it stands: applied twice on the sandbox, over the command."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.command import SAMPLES, Ended, command, files_below
from cli.live import read_sandbox, trial_balance

MANIFESTS = {
    "git-project": SAMPLES / "git-project",
    "online-retail": SAMPLES / "online-retail" / "books",
    "quickstart": SAMPLES / "quickstart",
}
KINDS = ("contacts", "items", "invoices", "payments", "credit_notes")


def documents(sample: Path) -> int:
    """How many documents ``sample`` holds, counted without the importer."""
    number = 0
    for path in sorted(sample.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(sample).parts) or path.name == "finzbooks.yaml":
            continue
        if path.suffix == ".yaml":
            content = yaml.safe_load(path.read_text("utf-8"))
            number += sum(len(content.get(kind, ())) for kind in KINDS)
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                number += len({row["key"] for row in csv.DictReader(file)})
    return number


class Applied:
    """A sample that was applied twice; where its sandbox lies, and how both runs ended."""

    def __init__(self, name: str, folder: Path) -> None:
        self.sample = MANIFESTS[name]
        self.folder = folder
        self.before = files_below(SAMPLES)
        self.validated = command("validate", self.sample)
        self.planned = self._run("plan")
        self.first = self._run("apply", "--yes")
        self.second = self._run("apply", "--yes")

    def _run(self, *words: str) -> Ended:
        words = (*words, "--sandbox", "--format", "json", "--state", str(self.folder / "s.db"))
        return command(*words, self.sample)

    @property
    def sandbox(self) -> Path:
        return self.folder / ".finzbooks" / "sandbox.db"


@pytest.fixture(scope="module", params=sorted(MANIFESTS))
def applied(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    yield Applied(request.param, tmp_path_factory.mktemp(request.param))


def test_every_sample_is_here() -> None:
    assert {path.name for path in SAMPLES.iterdir() if path.is_dir()} == set(MANIFESTS)


def test_it_is_valid(applied: Applied) -> None:
    assert applied.validated.code == 0
    assert applied.validated.problems == []


def test_the_plan_creates_everything(applied: Applied) -> None:
    assert applied.planned.code == 0
    assert applied.planned.json["summary"]["create"] == documents(applied.sample)


def test_the_first_apply_creates_everything_and_nothing_fails(applied: Applied) -> None:
    assert applied.first.code == 0
    summary = applied.first.json["summary"]
    assert summary.pop("created") == documents(applied.sample)
    assert set(summary.values()) == {0}


def test_the_second_apply_changes_nothing(applied: Applied) -> None:
    assert applied.second.code == 0
    summary = applied.second.json["summary"]
    assert summary.pop("unchanged") == documents(applied.sample)
    assert set(summary.values()) == {0}
    assert applied.second.json["operations"] == []


def test_nothing_is_written_beside_the_sample(applied: Applied) -> None:
    assert files_below(SAMPLES) == applied.before


def test_the_books_balance(applied: Applied) -> None:
    debit, credit = trial_balance(applied.sandbox)
    assert debit == credit > 0


def test_the_money_of_the_plan_is_the_money_in_the_books(applied: Applied) -> None:
    money = applied.planned.json["money"]
    invoices, payments, notes = (all_of(applied.sandbox, kind) for kind in ("invoices", "payments", "credit_notes"))
    posted = [one for one in invoices if one["status"] != "DRAFT"]
    assert Decimal(money["billed"]) == sum(Decimal(one["total"]) for one in posted)
    assert Decimal(money["received"]) == sum(Decimal(one["amount"]) for one in payments)
    assert Decimal(money["credited"]) == sum(Decimal(one["total"]) for one in notes)


@pytest.mark.parametrize("applied", ["quickstart"], indirect=True)
def test_the_invoice_of_the_quickstart_is_settled_to_the_paisa(applied: Applied) -> None:
    (invoice,) = all_of(applied.sandbox, "invoices")
    assert (invoice["total"], invoice["balance"], invoice["status"]) == (Decimal(14160), Decimal(0), "PAID")


@pytest.mark.parametrize("applied", ["online-retail"], indirect=True)
def test_the_totals_of_a_retail_day_are_those_of_its_converter(applied: Applied) -> None:
    summary = json.loads((SAMPLES / "online-retail" / "summary.json").read_text("utf-8"))
    assert applied.planned.json["money"] == summary["money"]
    assert documents(applied.sample) == sum(summary["documents"].values())
    assert {kind: len(all_of(applied.sandbox, kind)) for kind in KINDS} == summary["documents"]


def all_of(sandbox: Path, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    params: dict[str, str] = {"per_page": "200"}
    while True:
        answer = read_sandbox(sandbox, f"/{kind}", **params)
        rows.extend(answer[kind])
        context = answer["page_context"]
        if not context["has_more_page"]:
            return rows
        params["cursor"] = context["next_cursor"]
