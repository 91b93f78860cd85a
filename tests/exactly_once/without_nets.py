"""The command in a process that lacks some nets: ``python without_nets.py NET,NET WORDS...``; names of ``nets.Net``."""

from __future__ import annotations

import sys

from exactly_once.nets import Net, without
from importer.cli.main import run


def main(names: str, *words: str) -> None:
    with without(*(Net[name] for name in names.split(",") if name)):
        sys.argv = ["finz-import", *words]
        run()


if __name__ == "__main__":
    main(*sys.argv[1:])
