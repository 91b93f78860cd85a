from __future__ import annotations

import pytest

from importer.checks import nearest
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


def test_ten_thousand_strangers_among_many_words_cost_no_more_than_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def likest(word: str, words: tuple[str, ...], n: int) -> list[str]:
        compared.extend(words)
        return []

    monkeypatch.setattr(nearest, "get_close_matches", likest)
    near = Nearest([f"INV-{number:06}" for number in range(5_000)])
    assert not any(near.to(f"stranger-{number}") for number in range(10_000))
    assert 0 < len(compared) <= nearest.BUDGET
    many = Nearest([f"INV-{number:06}" for number in range(90_000)])
    compared.clear()
    assert not any(many.to(f"stranger-{number}") for number in range(10))
    assert len(compared) == 2 * 90_000  # the first two questions, whatever they cost


def test_a_word_that_is_asked_for_again_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def likest(word: str, words: tuple[str, ...], n: int) -> list[str]:
        asked.append(word)
        return []

    monkeypatch.setattr(nearest, "get_close_matches", likest)
    near = Nearest(["alpha", "beta"])
    assert [near.to(word) for word in ("x", "y", "x", "x", "y")] == [None] * 5
    assert asked == ["x", "y"]
