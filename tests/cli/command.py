"""The command as users run it: in this process, which is fast, or in one of its own."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from importer.cli.main import run

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
QUICKSTART = SAMPLES / "quickstart" / "books.yaml"
PROBLEM = re.compile(r"^(?P<place>\S.*:\d+:\d+): (?P<severity>error|warning|info)\[(?P<code>[^\]]+)\]: ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What stands on stdout. Fails on a float: an amount is text, or it is wrong."""
        return json.loads(self.out, parse_float=_no_float)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Place and code of each error that the text shows."""
        found = PROBLEM.finditer(self.out)
        return [(one["place"], one["code"]) for one in found if one["severity"] == "error"]


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def command(*arguments: object, env: Mapping[str, str] | None = None, terminal: bool = False, typed: str = "") -> Ended:
    """Run ``finz-import`` in this process and in the current folder.

    ``env`` are the variables of the importer; those of the machine that speak of it are taken away. ``terminal``: all
    three streams are one, on which ``typed`` is typed. No run ever shows a traceback, or the token it was given.
    """
    stream = Terminal if terminal else io.TextIOWrapper
    out, err = (stream(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    given = stream(io.BytesIO(typed.encode()), encoding="utf-8")
    code = 0
    with (
        mock.patch.object(sys, "argv", ["finz-import", *map(str, arguments)]),
        mock.patch.dict(os.environ, environment(env), clear=True),
        mock.patch.multiple(sys, stdout=out, stderr=err, stdin=given),
    ):
        try:
            run()
        except SystemExit as done:
            code = done.code if isinstance(done.code, int) else 1
    return _looked_over(Ended(code, _written(out), _written(err)), env)


def process(*arguments: object, env: Mapping[str, str] | None = None, folder: Path) -> Ended:
    """Run ``python -m importer`` in a process and a folder of its own."""
    done = subprocess.run(
        module(*arguments), cwd=folder, env=environment(env), capture_output=True, timeout=120, check=False
    )
    return _looked_over(Ended(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")), env)


def started(*arguments: object, env: Mapping[str, str] | None = None, folder: Path) -> subprocess.Popen[bytes]:
    """``python -m importer`` in a process that goes on running."""
    return subprocess.Popen(
        module(*arguments), cwd=folder, env=environment(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def module(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "importer", *map(str, arguments)]


def environment(env: Mapping[str, str] | None) -> dict[str, str]:
    """The machine's environment without what would change a run, and ``env``."""
    ours = re.compile(r"FINZBOOKS_|NO_COLOR$|.*_PROXY$", re.IGNORECASE)
    kept = {name: value for name, value in os.environ.items() if not ours.match(name)}
    return {**kept, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path), **(env or {})}


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8").replace("\r\n", "\n")


def _looked_over(ended: Ended, env: Mapping[str, str] | None) -> Ended:
    both = ended.out + ended.err
    assert "Traceback" not in both, both
    token = (env or {}).get("FINZBOOKS_TOKEN", "").strip()
    assert not token or token not in both, both
    return ended


def _no_float(text: str) -> float:
    raise AssertionError(f"{text} is a number with a point; amounts are text")


def files_below(folder: Path) -> set[str]:
    """Every file below ``folder``, by its path from there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
