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


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("C006", "C005"),
        ("INV-102", "INV-101"),
        ("INV-21", "INV-12"),
        ("INV-1-02", "INV-10-2"),
        ("acme", "acme2"),
        ("ORDR-99032", "ORDER-99031"),
        ("100", "10"),
    ],
)
def test_codes_with_other_numbers_are_other_documents(word: str, known: str) -> None:
    assert Nearest([known]).to(word) is None
    assert Nearest([word]).to(known) is None


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("00102", "102"),
        ("102", "00102"),
        ("INV-0102", "inv 102"),
        ("INV-1O2", "INV-102"),
        ("C0O5", "C005"),
        ("INV-I02", "INV-102"),
        ("INV-l02", "INV-102"),
        ("INV-102", "INV-IO2"),
    ],
)
def test_equal_numbers_and_letters_for_digits_are_recognised(word: str, known: str) -> None:
    assert Nearest(["zen", known]).to(word) == known


def test_what_has_neither_letters_nor_digits_is_like_nothing() -> None:
    assert Nearest(["---"]).to("***") is None


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
    near = Nearest(["INV-" + "x" * (at % 200) for at in range(5_000)])
    assert not any(near.to("stranger" + "y" * (at % 200) + "z" * (at // 200)) for at in range(10_000))
    assert 0 < len(compared) <= nearest.BUDGET
    many = Nearest(["INV-" + "x" * (at % 200) for at in range(90_000)])
    compared.clear()
    assert not any(many.to("stranger" + "y" * at) for at in range(10))
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
