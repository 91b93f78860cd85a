"""``python -m simulation SEED`` replays one; ``python -m simulation FIRST LAST`` runs many and tells what it found."""

from __future__ import annotations

import sys
import time
from collections import Counter

from simulation.course import NotTheSame, simulate


def main(first: int, last: int) -> int:
    begun, counts, bad = time.monotonic(), Counter[str](), 0
    for seed in range(first, last + 1):
        try:
            counts.update(simulate(seed).counts)
        except NotTheSame as error:
            bad += 1
            sys.stdout.write(f"{error}\n")
            sys.stdout.flush()
    took = time.monotonic() - begun
    sys.stdout.write(f"{last - first + 1} seeds in {took:.0f} s, {bad} failed: {dict(counts)}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    sys.exit(main(numbers[0], numbers[-1]))
