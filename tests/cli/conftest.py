from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.command import QUICKSTART
from cli.live import Live, Org, serving


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("live") / "books.db") as server:
        yield server


@pytest.fixture
def org(live: Live) -> Org:
    return live.org()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty folder, and the current one."""
    here = tmp_path / "here"
    here.mkdir()
    with contextlib.chdir(here):
        yield here


@pytest.fixture
def books(folder: Path) -> Path:
    """A copy of the quickstart in the current folder; the name to give is ``books.yaml``."""
    return Path(shutil.copy(QUICKSTART, folder / "books.yaml"))
