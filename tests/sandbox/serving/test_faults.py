from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.database import Database
from importer.sandbox.serving.faults import ERRORS, METHODS, MOST, Fault, Faults, Kind, NoSuchFault, read_fault
from importer.sandbox.serving.routes import PATHS

numbers = st.integers(1, MOST)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
values = st.none() | st.booleans() | st.integers() | text | st.decimals(-1000, 1000, places=2)
by_count = st.builds(
    Fault,
    kinds=st.sampled_from(Kind).map(lambda kind: (kind,)),
    method=st.sampled_from(METHODS),
    path=st.sampled_from(["*", *sorted(PATHS)]),
    nth=numbers,
    times=numbers,
    seconds=st.floats(0, 1e6),
    row=st.integers(0, MOST),
    status=st.sampled_from(sorted(ERRORS)),
    body=st.sampled_from(["json", "html", "empty"]),
    fields=st.none() | st.dictionaries(text, values | st.lists(values) | st.dictionaries(text, values), max_size=3),
)
by_rate = st.builds(
    Fault,
    kinds=st.lists(st.sampled_from(Kind), min_size=1, max_size=4).map(tuple),
    rate=st.floats(0, 1, exclude_min=True),
    seed=st.integers(0, MOST),
)


@given(by_count | by_rate)
def test_a_fault_is_what_its_line_says(fault: Fault) -> None:
    assert read_fault(fault.line()) == fault


@pytest.mark.parametrize(
    "line",
    [
        "close-before",
        "POST /payments close-after nth=3",
        "* /contacts slow seconds=2.5",
        "POST /bulk/invoices crash-after-row row=7",
        "close-before,close-after,error-after rate=0.05 seed=7",
        'PUT /contacts/{id} other-edits fields={"phone":"1 fields=2","credit_limit":1.50}',
    ],
)
def test_a_line_comes_back_as_it_was_written(line: str) -> None:
    assert read_fault(f"  {line} ").line() == line


def test_amounts_that_another_user_writes_stay_exact() -> None:
    assert read_fault('POST /payments other-adds fields={"amount":100.10}').fields == {"amount": Decimal("100.10")}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "A fault is [METHOD PATH] KIND"),
        ("POST close-after", "A fault is [METHOD PATH] KIND"),
        ("POST /payments close-after now", "A fault is [METHOD PATH] KIND"),
        ("nth=3", "A fault is [METHOD PATH] KIND"),
        ("explode", "'explode' is no fault; there are close-before,"),
        ("close-after,", "is no fault"),
        ("FETCH /payments close-after", "'FETCH' is no method of the API; there are *, DELETE,"),
        ("POST /payment close-after", "'/payment' is no path of the API; there are *, /"),
        ("POST /payments close-after nth=three", "'nth' takes a whole number, not 'three'."),
        ("POST /payments close-after nth=1.5", "'nth' takes a whole number, not '1.5'."),
        ("POST /payments close-after nth=0", "'nth' and 'times' begin at 1."),
        ("POST /payments close-after times=0", "'nth' and 'times' begin at 1."),
        ("POST /payments close-after nth=1 nth=2", "'nth' stands twice."),
        ("slow seconds=soon", "'seconds' takes a number, not 'soon'."),
        ("slow seconds=nan", "'seconds' lies between 0 and 1000000."),
        ("slow seconds=inf", "'seconds' lies between 0 and 1000000."),
        ("slow seconds=-1", "'seconds' lies between 0 and 1000000."),
        ("slow rate=0", "'rate' is a probability above 0 and at most 1."),
        ("slow rate=1.5", "'rate' is a probability above 0 and at most 1."),
        ("slow rate=0.5 nth=2", "A fault goes by 'rate' or by 'nth' and 'times', not by both."),
        ("slow,html", "Several kinds need a rate."),
        ("error-before status=404", "'status' is one of 500, 502, 503, 504."),
        ("error-before body=xml", "'body' is json, html or empty."),
        ("slow minutes=5", "A fault has no 'minutes'; it has nth,"),
        ("other-edits fields=", "'fields' is a JSON object, and comes last."),
        ("other-edits fields=[]", "'fields' is a JSON object, and comes last."),
        ("other-edits fields={} nth=2", "'fields' is a JSON object, and comes last."),
        ('other-edits fields={"a": NaN}', "'fields' is a JSON object, and comes last."),
        ('other-edits fields={"a": "\\ud800"}', "'fields' is a JSON object, and comes last."),
    ],
)
def test_a_line_that_cannot_be_says_why(line: str, sentence: str) -> None:
    with pytest.raises(NoSuchFault) as caught:
        read_fault(line)
    assert sentence in str(caught.value)


@contextmanager
def kept_in(path: Path | str) -> Iterator[Faults]:
    with closing(Database(path)) as db:
        yield Faults(db)


def struck(faults: Faults, times: int, method: str = "POST", path: str = "/payments") -> list[str]:
    """The kinds that hit so many requests in turn, "" for none."""
    return [str(fault.kind) if (fault := faults.next(method, path)) else "" for _ in range(times)]


def test_a_script_hits_the_third_and_so_many_from_there_on() -> None:
    with kept_in(":memory:") as faults:
        faults.add([read_fault("POST /payments close-after nth=3 times=2")])
        assert struck(faults, 2, path="/invoices") == ["", ""]
        assert struck(faults, 2, method="GET") == ["", ""]
        assert struck(faults, 5) == ["", "", "close-after", "close-after", ""]
        assert faults.all() == []


def test_of_two_for_one_request_the_second_waits_for_the_next() -> None:
    with kept_in(":memory:") as faults:
        faults.add([read_fault("close-after"), read_fault("POST /payments slow"), read_fault("html nth=3")])
        assert struck(faults, 4) == ["close-after", "slow", "html", ""]


def test_counts_survive_the_end_of_the_process(tmp_path: Path) -> None:
    with kept_in(tmp_path / "s.db") as faults:
        faults.add([read_fault("close-after nth=3 times=2")])
        assert struck(faults, 3) == ["", "", "close-after"]
    with kept_in(tmp_path / "s.db") as faults:
        assert [fault.line() for fault in faults.all()] == ["close-after"]
        assert struck(faults, 2) == ["close-after", ""]


def test_the_same_seed_gives_the_same_fate_and_another_seed_another() -> None:
    fates = []
    for seed in (7, 7, 8):
        with kept_in(":memory:") as faults:
            faults.add([read_fault(f"close-before,close-after,slow rate=0.3 seed={seed}")])
            fates.append(struck(faults, 200))
    assert fates[0] == fates[1] != fates[2]
    assert set(fates[0]) == {"", "close-before", "close-after", "slow"}
    assert 40 < sum(map(bool, fates[0])) < 80


def test_a_rate_of_one_hits_every_request() -> None:
    with kept_in(":memory:") as faults:
        faults.add([read_fault("POST /payments slow rate=1")])
        assert struck(faults, 20) == ["slow"] * 20
        assert struck(faults, 3, path="/contacts") == [""] * 3


def test_the_same_line_added_again_begins_its_sequence_anew() -> None:
    with kept_in(":memory:") as faults:
        fates = []
        for _ in range(2):
            faults.add([read_fault("close-before,close-after rate=0.5 seed=3")])
            fates.append(struck(faults, 50))
            faults.clear()
            assert struck(faults, 5) == [""] * 5
        assert fates[0] == fates[1]


def test_what_another_process_adds_or_takes_away_is_seen(tmp_path: Path) -> None:
    with kept_in(tmp_path / "s.db") as running, kept_in(tmp_path / "s.db") as other:
        assert struck(running, 1) == [""]
        other.add([read_fault("slow times=3")])
        assert struck(running, 1) == ["slow"]
        assert struck(other, 1) == ["slow"]
        other.clear()
        assert struck(running, 2) == ["", ""]


def test_a_line_of_another_version_is_passed_over() -> None:
    with closing(Database(":memory:")) as db:
        db.insert("faults", {"spec": "POST /payments earthquake"})
        db.insert("faults", {"spec": "slow"})
        assert struck(Faults(db), 2) == ["slow", ""]
