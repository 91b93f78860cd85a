from __future__ import annotations

import pytest

from importer.checks.nearest import Nearest


@pytest.mark.parametrize("word", ["acme corp", "ACME-CORP", " Acme_Corp", "acmé corp"])
def test_another_spelling_is_recognised(word: str) -> None:
    assert Nearest(["zen", "Acme Corp"]).to(word) == "Acme Corp"


def test_a_slip_of_the_finger_is_recognised_and_a_stranger_is_not() -> None:
    near = Nearest(["ORDER-99031", "ORDER-5"])
    assert near.to("ORDR-99031") == "ORDER-99031"
    assert near.to("xyz") is None


def test_once_the_budget_is_spent_only_other_spellings_are_found() -> None:
    near = Nearest(["alpha", "beta"], budget=3)
    assert near.to("alpah") == "alpha"
    assert near.to("betaa") is None
    assert near.to("BETA") == "beta"
    assert near.to("alpah") == "alpha"  # asked before, so free


def test_of_nothing_nothing_is_near() -> None:
    assert Nearest([]).to("acme") is None
