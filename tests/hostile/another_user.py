"""Becoming a user without rights for a moment; only root can, and only where there are such users."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

by_root = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can become another")


@contextlib.contextmanager
def nobody(folder: Path) -> Iterator[None]:
    """As a user who may enter ``folder`` and what is above it, and owns nothing."""
    for above in (folder, *folder.parents):
        if above.stat().st_uid == 0 and above.stat().st_mode & 0o005 != 0o005:
            above.chmod(0o755)
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
