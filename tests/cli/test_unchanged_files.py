"""A second ``validate`` or ``plan`` skips the files that have not changed, and says the same as one that reads all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.command import SAMPLES, Ended, command, files_below
from importer.cli import shelf
from importer.manifest import reading

CACHE = ".finzbooks/cache"
INVOICES = "2026-05/invoices.yaml"


@pytest.fixture
def project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sample of a project in the current folder, of which everything is kept, small as it is."""
    shutil.copytree(SAMPLES / "git-project", folder, dirs_exist_ok=True)
    monkeypatch.setattr(shelf, "SMALLEST", 0)
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read, as they come."""
    names: list[str] = []

    def noting(name: str, pure: bool) -> Callable[..., object] | None:
        names.append(name)
        return original(name, pure)

    original = reading._reader
    monkeypatch.setattr(reading, "_reader", noting)
    return names


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def anew(*words: str) -> Ended:
    """The same command where nothing is kept."""
    shutil.rmtree(CACHE)
    return command(*words)


def test_a_second_run_reads_no_file_and_says_the_same(project: Path, read: list[str]) -> None:
    first = command("validate", ".")
    assert read
    read.clear()
    assert command("validate", ".") == first
    assert read == []


def test_only_the_file_that_has_changed_is_read(project: Path, read: list[str]) -> None:
    command("validate", ".")
    read.clear()
    edit(project / INVOICES, "quantity: 1", "quantity: 2")
    assert command("validate", ".").code == 0
    assert read == [INVOICES]


def test_a_mistake_in_the_changed_file_is_told_where_it_stands(project: Path) -> None:
    command("validate", ".")
    edit(project / INVOICES, "invoices:", "# one line more\ninvoices:")
    edit(project / INVOICES, "date: 2026", "date: 1926")
    ended = command("validate", ".")
    assert ended.code == 1
    assert ended == anew("validate", ".")


def test_a_mistake_that_a_change_makes_in_another_file_is_told_there(project: Path) -> None:
    command("validate", ".")
    edit(project / INVOICES, "- key: NCR-2605-01", "- key: NCR-2605-01\n    auto_approve: false")
    ended = command("validate", ".")
    assert "allocation-to-draft" in ended.out
    assert "2026-05/payments.csv:" in ended.out
    assert ended == anew("validate", ".")


def test_what_refers_to_a_file_that_is_gone_is_told(project: Path) -> None:
    command("validate", ".")
    (project / "masters" / "contacts.yaml").unlink()
    ended = command("validate", ".")
    assert "unresolved-reference" in ended.out
    assert ended == anew("validate", ".")


def test_other_settings_of_the_project_begin_anew(project: Path, read: list[str]) -> None:
    command("validate", ".")
    edit(project / "finzbooks.yaml", "version: 1", "version: 1  # the same, and yet another text")
    read.clear()
    assert command("validate", ".").code == 0
    assert len(read) > 1


def test_another_version_of_the_tool_begins_anew(
    project: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command("validate", ".")
    monkeypatch.setattr(shelf, "_tool", lambda: "another")
    read.clear()
    assert command("validate", ".").code == 0
    assert len(read) > 1
    assert [one.name for one in (project / CACHE).glob("*.db")] == ["checked-another.db"]


def test_a_damaged_cache_is_made_again(project: Path, read: list[str]) -> None:
    first = command("validate", ".")
    kept = next((project / CACHE).glob("*.db"))
    kept.write_bytes(kept.read_bytes()[:5000])
    read.clear()
    assert command("validate", ".") == first
    assert read
    read.clear()
    assert command("validate", ".") == first
    assert read == []


def test_a_plan_of_unchanged_files_is_the_plan_of_read_ones(project: Path, read: list[str]) -> None:
    words = ("plan", "--offline", "--format", "json", ".")
    first = command(*words)
    read.clear()
    assert command(*words) == first
    assert read == []
    edit(project / INVOICES, "key: NCR-2605-04", "key: NCR-2605-44")
    again = command(*words)
    assert again == anew(*words)
    assert again != first


def test_an_apply_reads_all_that_it_sends(project: Path, read: list[str]) -> None:
    command("validate", ".")
    command("plan", "--sandbox", ".")
    read.clear()
    assert command("apply", "--sandbox", "--yes", ".").code == 0
    assert len(read) > 1


def test_what_the_state_remembers_counts_also_when_no_file_is_read(project: Path, read: list[str]) -> None:
    command("apply", "--sandbox", "--yes", ".")
    words = ("plan", "--sandbox", "--format", "json", ".")
    first = command(*words)
    read.clear()
    assert command(*words) == first == anew(*words)
    assert first.json["summary"]["create"] == 0


def test_of_little_nothing_is_kept(folder: Path) -> None:
    shutil.copytree(SAMPLES / "git-project", folder, dirs_exist_ok=True)
    before = files_below(folder)
    assert command("validate", ".").code == 0
    assert files_below(folder) == before
