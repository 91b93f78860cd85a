"""``finz-import validate`` in a process of its own, with a bound on its time and its memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

from cli.command import Ended, environment

SECONDS: Final = 60
BYTES: Final = 3 * 1024**3  # of addresses, which is more than it takes; the greatest file is 512 MB


def validate(*paths: str | bytes, folder: Path, seconds: float = SECONDS, size: int = BYTES) -> Ended:
    """How validate ends over ``paths``. Fails when it takes longer than ``seconds``, or shows a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "importer", "validate", *paths],
        cwd=folder,
        env=environment(None),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)),
    )
    ended = Ended(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
    assert "Traceback" not in ended.out + ended.err
    return ended
