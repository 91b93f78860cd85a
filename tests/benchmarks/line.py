"""An apply beside a script that sends a call for each document and waits for its answer, on one limited line.

In virtual time: a minute of waiting takes none. To the line a call is a call, so the script's are the shortest there
are; what it would book is left out.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import httpx
from api.virtual_time import EPOCH
from apply.limited import LIMITS, SlowWire, VirtualWorld, bound, made, world
from apply.world import BASE

from importer.sandbox.books import SANDBOX_TOKEN


class Raced(NamedTuple):
    """Seconds of virtual time, for so many documents in empty books."""

    documents: int
    ours: float
    script: float
    bound: float  # of our calls, by the windows


def raced(number: int, tier: str, latency: float) -> Raced:
    """``number`` customers with two invoices, a payment and a note that is applied, in empty books."""
    manifest = made(number)
    with tempfile.TemporaryDirectory() as name:
        here, _ = world(Path(name), tier, latency)
        if here.apply(manifest).bad:
            raise RuntimeError("not all of it was done")
        ours, calls = here.clock.now() - EPOCH, here.sent.total()
    with tempfile.TemporaryDirectory() as name:
        here, wire = world(Path(name), tier, latency)
        script = _one_by_one(here, wire, len(manifest.documents) + number)  # each note is applied by a call of its own
    return Raced(len(manifest.documents), ours, script, bound(calls, LIMITS[tier], latency, 16))


def _one_by_one(here: VirtualWorld, wire: SlowWire, calls: int) -> float:
    async def main() -> None:
        headers = {"Authorization": f"Bearer {SANDBOX_TOKEN}"}
        async with httpx.AsyncClient(transport=wire, base_url=BASE, headers=headers) as client:
            left = calls
            while left:
                answer = await client.get("/whoami")
                if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                    await here.clock.sleep(float(answer.headers["Retry-After"]))
                else:
                    left -= 1

    here._carry_out(main())
    return here.clock.now() - EPOCH
