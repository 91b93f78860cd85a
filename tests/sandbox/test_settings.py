from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from importer.sandbox.books import Books
from importer.sandbox.switches import NoSuchSwitch, Switches
from sandbox.client import HandClock

Opener = Callable[[], Books]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens the books of one file, again and again."""
    with ExitStack() as stack:

        def opener() -> Books:
            books = Books(tmp_path / "s.db", HandClock())
            stack.callback(books.close)
            return books

        yield opener


def test_switches_and_clock_are_kept_in_the_file(opened: Opener) -> None:
    books = opened()
    books.settings.set_switches({"create_status": "201", "lock_seconds": 30})
    books.put_clock(100)
    books.put_clock(-40)
    books.close()
    again = opened()
    assert (again.switches.create_status, again.switches.lock_seconds) == ("201", 30)
    assert again.settings.clock_ahead == 60
    assert again.clock.now() == HandClock().now() + 60


def test_setting_one_leaves_the_others(opened: Opener) -> None:
    books = opened()
    books.settings.set_switches({"create_status": "201"})
    books.settings.set_switches({"id_form": "uuid"})
    assert (books.switches.create_status, books.switches.id_form) == ("201", "uuid")


def test_what_another_process_sets_is_seen_by_a_running_one(opened: Opener) -> None:
    one, two = opened(), opened()
    assert one.switches == two.switches == Switches()
    two.settings.set_switches({"create_status": "201"})
    assert one.switches.create_status == "201"
    one.settings.set_switches({"id_form": "uuid"})
    assert two.switches == one.switches
    assert (two.switches.create_status, two.switches.id_form) == ("201", "uuid")


def test_of_several_wishes_with_a_bad_one_none_is_kept(opened: Opener) -> None:
    books = opened()
    with pytest.raises(NoSuchSwitch):
        books.settings.set_switches({"create_status": "201", "colour": "red"})
    assert books.switches == opened().switches == Switches()


@pytest.mark.parametrize("kept", [{"colour": "red"}, {"create_status": "299"}, {"lock_seconds": "long"}])
def test_what_an_older_version_kept_does_not_break_a_sandbox(opened: Opener, kept: dict[str, str]) -> None:
    books = opened()
    with books.db.transaction():
        books.db.run("INSERT OR REPLACE INTO settings VALUES ('switches', ?)", (json.dumps(kept),))
    books.close()
    again = opened()
    assert again.switches == Switches()
    again.settings.set_switches({"create_status": "201"})
    assert opened().switches == again.switches != Switches()


def test_a_reset_leaves_what_is_set(opened: Opener) -> None:
    books = opened()
    books.settings.set_switches({"create_status": "201"})
    books.put_clock(60)
    books.reset()
    again = opened()
    assert (again.switches.create_status, again.settings.clock_ahead) == ("201", 60)


def test_what_is_set_in_memory_goes_with_it() -> None:
    books = Books(":memory:", HandClock())
    books.settings.set_switches({"create_status": "201"})
    books.close()
    fresh = Books(":memory:", HandClock())
    assert fresh.switches == Switches()
    fresh.close()
