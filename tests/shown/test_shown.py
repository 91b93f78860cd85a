"""The text of every problem is kept as it was read by a person; ``python -m shown.anew`` writes it anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from shown import organisation
from shown.cases import EXPLAINED, Case, every

CASES = every()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_printed_is_what_was_read(case: Case, tmp_path: Path) -> None:
    assert case.run(tmp_path).out == case.printed.read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_problem_has_a_help(case: Case) -> None:
    problems = [one for one in case.printed.read_text("utf-8").split("\n\n") if "[" in one.partition(": ")[2]]
    assert problems
    assert [one for one in problems if "\n    help: " not in one] == []


@pytest.mark.parametrize("name", organisation.ORGANISATIONS)
def test_what_is_printed_of_an_organisation_is_what_was_read(name: str) -> None:
    assert organisation.printed(name) == organisation.kept(name).read_text("utf-8")


def test_nothing_is_kept_of_what_is_no_longer_told() -> None:
    assert set(EXPLAINED.glob("*.txt")) == {case.printed for case in CASES if case.printed.parent == EXPLAINED}
