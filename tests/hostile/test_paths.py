"""PATHs that are no plain files: each is told of, and nobody waits for it or leaves its documents out unsaid."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

import pytest
from cli.command import QUICKSTART, command

from hostile.another_user import by_root, nobody
from hostile.bounded import validate
from importer.cli.sources import Sources
from importer.manifest.source import MAX_BYTES

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links and devices are other things there")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(path: str) -> str:
    ended = command("validate", path)
    assert ended.code == 1
    ((_, code),) = ended.problems
    return code


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/null"])
def test_a_device_is_neither_a_file_nor_a_folder(device: str, folder: Path) -> None:
    if not Path(device).exists():
        pytest.skip("not on this system")
    assert refused(device) == "not-a-file"


def test_a_socket_is_neither_a_file_nor_a_folder(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("s.yaml")
        assert refused("s.yaml") == "not-a-file"


def test_a_loop_of_links_leads_nowhere(folder: Path) -> None:
    (folder / "a.yaml").symlink_to("b.yaml")
    (folder / "b.yaml").symlink_to("a.yaml")
    assert refused("a.yaml") == "no-such-path"


@pytest.mark.parametrize("target", ["m.yaml", "gone.yaml"], ids=["in a circle", "nowhere"])
def test_a_link_in_a_folder_that_leads_to_no_file_is_not_passed_over(target: str, folder: Path) -> None:
    shutil.copy(QUICKSTART, folder / "books.yaml")
    (folder / "m.yaml").symlink_to(target)
    assert refused(".") == "unreadable-file"


def test_a_project_file_that_links_to_nothing_is_not_passed_over(folder: Path) -> None:
    shutil.copy(QUICKSTART, folder / "books.yaml")
    (folder / "finzbooks.yaml").symlink_to("gone.yaml")
    assert refused("books.yaml") == "unreadable-file"


@pytest.mark.parametrize("path", ["x" * 300, "x" * 300 + ".yaml", "x" * 5000])
def test_a_name_that_no_file_system_takes_is_a_problem_of_its_own(path: str, folder: Path) -> None:
    assert refused(path) == "unreadable-file"


def test_a_name_of_255_bytes_is_read(folder: Path) -> None:
    name = "é" * 125 + ".yaml"
    shutil.copy(QUICKSTART, folder / name)
    assert command("validate", name).code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name, or are not bounded so")
def test_a_name_that_is_not_utf8_is_shown_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"b\xff.yaml")).write_text("contacts: 1\n", encoding="utf-8")
    ended = validate(b"b\xff.yaml", folder=tmp_path)
    assert (ended.code, ended.out.split(" ")[0]) == (1, "b\\udcff.yaml:1:11:")


def test_a_name_that_steers_a_terminal_is_shown_with_escapes(folder: Path) -> None:
    name = "a\x1b[31m\u202e\n.yaml"
    (folder / name).write_text("contacts: 1\n", encoding="utf-8")
    ended = command("validate", name)
    assert ended.out.startswith("a\\u001b[31m\\u202e\\u000a.yaml:1:11: error[not-a-list]")


@by_root
@pytest.mark.parametrize(
    ("given", "words"),
    [
        (".", "shut:1:1: error[unreadable-file]: the folder cannot be read: Permission denied"),
        # Its state would lie in there as well, and nothing needs to be said of that.
        ("shut", "shut:1:1: error[unreadable-file]: the folder cannot be read: Permission denied"),
        ("shut/in.yaml", "shut/in.yaml:1:1: error[unreadable-file]: it cannot be read: Permission denied"),
    ],
)
def test_a_folder_that_may_not_be_read_is_not_passed_over(given: str, words: str, folder: Path) -> None:
    shutil.copy(QUICKSTART, folder / "books.yaml")
    (folder / "shut").mkdir(mode=0o700)
    with nobody(folder):
        ended = command("validate", given)
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.startswith(words)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded by RLIMIT_AS")
def test_a_project_file_of_two_gigabytes_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    shutil.copy(QUICKSTART, tmp_path / "books.yaml")
    with (tmp_path / "finzbooks.yaml").open("wb") as file:
        file.truncate(2 * 1024**3)
    ended = validate("books.yaml", folder=tmp_path, size=4 * 1024**3)
    assert (ended.code, [code for _, code in ended.problems]) == (1, ["file-too-big"])


def test_a_file_that_vanishes_before_it_is_read_is_a_problem(folder: Path) -> None:
    sources = Sources()
    sources.add(Path("gone.yaml"), alone=True)
    assert [(one.code, one.message) for one in sources.problems] == [
        ("unreadable-file", "the file cannot be read: No such file or directory")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded by RLIMIT_AS")
@pytest.mark.parametrize(("more", "code"), [(0, "binary-file"), (1, "file-too-big")])
def test_a_file_of_the_greatest_size_is_looked_into_and_one_byte_more_is_not(
    more: int, code: str, tmp_path: Path
) -> None:
    with (tmp_path / "m.yaml").open("wb") as file:
        file.truncate(MAX_BYTES + more)  # a sparse file: its bytes are 0
    ended = validate("m.yaml", folder=tmp_path)
    assert (ended.code, ended.problems) == (1, [("m.yaml:1:1", code)])
