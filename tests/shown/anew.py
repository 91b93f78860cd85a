"""Writes what is printed of every case anew: ``python -m shown.anew`` in the folder tests. Read the difference."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from shown import organisation
from shown.cases import EXPLAINED, every


def main() -> None:
    cases = every()
    for old in set(EXPLAINED.glob("*.txt")) - {case.printed for case in cases}:
        old.unlink()
    for case in cases:
        with TemporaryDirectory() as folder:
            case.printed.write_text(case.run(Path(folder)).out, encoding="utf-8", newline="\n")
    for name in organisation.ORGANISATIONS:
        organisation.kept(name).write_text(organisation.printed(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
