from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from simulation.course import Stage, stage

from exactly_once.calls import UNGUARDED


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Stage]:
    """An importer that settles first, as the command does; its time passes only when somebody waits."""
    with stage(tmp_path) as found:
        found.books.settings.set_switches(UNGUARDED)
        yield found
