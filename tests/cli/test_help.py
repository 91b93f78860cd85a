from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.command import command, environment
from importer.cli.main import COMMANDS, cli

HEAVY = ("yaml", "jsonschema", "jsonschema_rs", "httpx", "sqlite3", "tqdm", "starlette", "uvicorn", "asyncio")


def every_command() -> Iterator[tuple[str, ...]]:
    yield ()
    for name in COMMANDS:
        yield (name,)
        found = cli.get_command(click.Context(cli), name)
        if isinstance(found, click.Group):
            yield from ((name, inner) for inner in found.commands)


def command_named(words: tuple[str, ...]) -> click.Command:
    found: click.Command = cli
    for word in words:
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), word)
        assert inner is not None
        found = inner
    return found


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_each_command_has_help_on_stdout(words: tuple[str, ...], flag: str, folder: Path) -> None:
    ended = command(*words, flag)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Usage: ")
    assert command_named(words).help


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
def test_each_option_is_explained_in_the_help(words: tuple[str, ...], folder: Path) -> None:
    shown = command(*words, "--help").out
    for parameter in command_named(words).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert all(name in shown for name in parameter.opts)


@pytest.mark.parametrize("words", [words for words in every_command() if words], ids=" ".join)
def test_an_option_that_does_not_exist_is_wrong_usage(words: tuple[str, ...], folder: Path) -> None:
    ended = command(*words, "--no-such-option")
    assert (ended.code, ended.out) == (2, "")
    assert "--no-such-option" in ended.err


def test_the_first_help_lists_every_command_and_every_exit_code(folder: Path) -> None:
    shown = command("--help").out
    assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert all(f" {code} " in shown for code in (0, 1, 2, 3, 4, 5, 70, 130))
    assert all(name in shown for name in ("FINZBOOKS_TOKEN", "FINZBOOKS_BASE_URL", "FINZBOOKS_ORG_ID"))


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"]])
def test_the_first_help_imports_click_and_little_more(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import sys, json\nfrom importer.cli.main import run\nsys.argv[0] = 'finz-import'\n"
        "try:\n    run()\nexcept SystemExit as done:\n"
        "    json.dump([done.code, sorted(sys.modules)], sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=tmp_path, env=environment(None), capture_output=True, check=True
    )
    exit_code, modules = json.loads(done.stderr)
    assert exit_code == 0
    assert "importer.cli.main" in modules
    assert not set(HEAVY) & set(modules)


def test_no_command_takes_a_token_as_an_argument() -> None:
    options = [
        name for words in every_command() for parameter in command_named(words).params for name in parameter.opts
    ]
    assert not [name for name in options if "token" in name]
