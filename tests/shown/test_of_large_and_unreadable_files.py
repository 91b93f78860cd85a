"""What is said of files too large to be kept as cases, and of those that only a machine can make unreadable."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cli.command import command
from hostile.another_user import by_root, nobody


def told(message: str, help: str, out: str) -> bool:
    return f"]: {message}\n" in out and f"\n    help: {help}\n" in out


def test_a_row_that_never_ends(folder: Path) -> None:
    (folder / "contacts.csv").write_text("key,contact_name\n" + "a" * 60_000 + ("," + "b" * 60_000) * 20, "utf-8")
    message = "the row that begins here is longer than 1,048,576 characters; the rest of the file was not read"
    assert told(message, "see that its line ends and quotes are there", command("validate", "contacts.csv").out)


def test_defaults_that_are_too_long_for_every_document(folder: Path) -> None:
    text = f"defaults: {{contacts: {{remarks: {'x' * 100_001}}}}}\ncontacts: [{{key: a, contact_name: A}}]\n"
    (folder / "m.yaml").write_text(text, "utf-8")
    out = command("validate", "m.yaml").out
    assert "]: `defaults` holds 100," in out
    assert " characters and elements; at most 100,000 are taken\n" in out
    assert "\n    help: every document gets them: say in each what is long\n" in out


def test_a_file_of_two_gigabytes(folder: Path) -> None:
    with (folder / "huge.yaml").open("wb") as file:
        file.truncate(2 * 1024**3)
    out = command("validate", "huge.yaml").out
    assert "]: the file has 2,147,483,648 bytes; at most " in out
    assert "\n    help: split it into several files\n" in out


def test_a_path_that_is_not_there(folder: Path) -> None:
    (folder / "books.yaml").write_text("contacts: []\n", "utf-8")
    missing = "there is no such file or folder"
    assert told(missing, "did you mean books.yaml?", command("validate", "boks.yaml").out)
    assert told(missing, "look at its spelling, and at the folder you are in", command("validate", "x/y/z.csv").out)
    assert told(missing, "look at its spelling", command("validate", folder / "x" / "y.yaml").out)


def test_a_name_that_no_file_can_have(folder: Path) -> None:
    out = command("validate", "x" * 5000).out
    assert "error[unreadable-file]: it cannot be read: " in out or "error[no-such-path]" in out  # Windows does not mind


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_named_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    help = "write what it delivers into a file, and give that"
    assert told("it is neither a file nor a folder", help, command("validate", "pipe.yaml").out)


def test_a_folder_of_which_include_names_nothing(folder: Path) -> None:
    (folder / "finzbooks.yaml").write_text("include: [books.yaml]\n", "utf-8")
    (folder / "books.yaml").write_text("contacts: [{key: a, contact_name: A}]\n", "utf-8")
    (folder / "more").mkdir()
    message = "`include` of finzbooks.yaml names no file of this folder"
    assert told(message, "add the folder there, or give the file itself", command("validate", "more").out)


def test_a_link_that_leads_nowhere(folder: Path) -> None:
    try:
        (folder / "m.yaml").symlink_to("nowhere.yaml")
    except OSError:
        pytest.skip("this user may make no links")  # on Windows without the right to
    out = command("validate", ".").out
    assert "error[unreadable-file]: the file cannot be read: " in out
    assert "\n    help: let yourself read it, or leave it out\n" in out


@by_root
def test_a_folder_that_may_not_be_looked_into(folder: Path) -> None:
    """Whoever may not list a folder is told so, also where a path in it was mistyped."""
    (folder / "shut").mkdir(mode=0o711)
    with nobody(folder):
        unread, missing = command("validate", "shut"), command("validate", "shut/boks.yaml")
    assert (unread.code, missing.code) == (1, 1)
    assert told("the folder cannot be read: Permission denied", "let yourself read it, or leave it out", unread.out)
    assert told("there is no such file or folder", "look at its spelling, and at the folder you are in", missing.out)
