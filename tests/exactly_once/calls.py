"""The six kinds of calls that write, each as a manifest before it and one with it; how a run of it is cut off; and what
the books must hold at the end.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from apply.manifests import contact, invoice, manifest, note, payment
from apply.wire import EVER, Act, Wire
from apply.world import TABLES
from simulation.course import Stage, stage, told
from simulation.trouble import Death, Killed, Line, state_files

from importer.model import Manifest, StepId
from importer.outcome import Report
from importer.sandbox.books import SANDBOX_TOKEN
from importer.sandbox.serving import other_user
from importer.sandbox.serving.faults import Fault, Kind
from importer.sandbox.serving.replay import Answers, Identity, Kept
from importer.sandbox.tokens import subject_of

DAY: Final = 86_400.0
# Whether FinzBooks guards against duplicates is not known of most kinds: nothing may rest on it.
UNGUARDED: Final = {"invoice_guard": "off"}
TWO: Final = {"contacts": [contact()], "invoices": [invoice("O-1", "1000"), invoice("O-2", "1000")]}
FIRST: Final = {"invoice": "O-1", "amount": "100"}
SECOND: Final = {"invoice": "O-2", "amount": "300"}
DRAFT: Final = {"auto_approve": "false"}


@dataclass(frozen=True)
class Call:
    """A call: ``after`` needs it, ``before`` does not."""

    before: Manifest
    after: Manifest
    path: str  # how it begins
    step: StepId


def _made(base: Mapping[str, Any], **more: Any) -> Manifest:
    return manifest(**{**base, **more})


ACME: Final = {"contacts": [contact()]}
CALLS: Final[dict[str, Call]] = {
    "a create": Call(_made(ACME), _made(ACME, payments=[payment("P-1")]), "POST /payments", StepId("payments", "P-1")),
    "a bulk call": Call(
        _made(ACME),
        _made(ACME, invoices=[invoice(f"O-{number}", f"{number}00") for number in (1, 2, 3)]),
        "POST /bulk/invoices",
        StepId("invoices", "O-1"),
    ),
    "an update": Call(
        _made(ACME),
        _made({"contacts": [contact(phone="2")]}),
        "PUT /contacts/",
        StepId("contacts", "acme"),
    ),
    "a posting": Call(
        _made(ACME, invoices=[invoice("O-1", **DRAFT)]),
        _made(ACME, invoices=[invoice("O-1")]),
        "POST /invoices/",
        StepId("invoices", "O-1"),
    ),
    "an allocation": Call(
        _made(TWO, payments=[payment("P-1", "700", allocations=[FIRST])]),
        _made(TWO, payments=[payment("P-1", "700", allocations=[FIRST, SECOND])]),
        "POST /payments/",
        StepId("payments", "P-1", "O-2#1"),
    ),
    "an application": Call(
        _made(TWO, credit_notes=[note("C-1", "700", on="O-1", applied="100")]),
        _made(TWO, credit_notes=[note("C-1", "700", applications=[FIRST, SECOND])]),
        "POST /credit_notes/",
        StepId("credit_notes", "C-1", "O-2#1"),
    ),
}
KINDS: Final = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())


# What happens.


def cut_off(own: Stage, made: Manifest, path: str, *, done: bool, kept: bool = True) -> None:
    """The process dies over the call ``path``: before it arrives, or when it is ``done``. After that all is well.

    Unless ``kept`` the server does not remember what it answered, as after a 5xx.
    """

    async def over(wire: Wire, request: httpx.Request) -> None:
        if done:
            await wire.forward(request)
            if not kept:
                wire.forget(request)

    _dies(own, made, path, over)


@contextmanager
def on_its_way(own: Stage, made: Manifest, path: str, seconds: float) -> Iterator[None]:
    """The process dies over a call that is on its way: it arrives ``seconds`` later, and at the latest at the end."""
    sent: list[httpx.Request] = []
    token = _token_id(own)

    async def over(_: Wire, request: httpx.Request) -> None:
        sent.append(request)

    async def later(wire: Wire, request: httpx.Request) -> httpx.Response:
        if sent and own.clock.now() >= due:
            now = _token_id(own)
            own.sql("UPDATE tokens SET id = ? WHERE id = ?", token, now)  # the token that it was sent with
            await wire.forward(sent.pop())
            own.sql("UPDATE tokens SET id = ? WHERE id = ?", now, token)
        return await wire.forward(request)

    _dies(own, made, path, over)
    due = own.clock.now() + seconds
    own.fault("", later, times=EVER)
    yield
    if sent:
        own.later(seconds)
        own.run_once(made)
    assert not sent
    own.calm()


def _dies(own: Stage, made: Manifest, path: str, over: Callable[[Wire, httpx.Request], Awaitable[None]]) -> None:
    """A run that ends at the call ``path`` as by kill -9, after ``over``."""
    death = Death(own.state)

    async def act(wire: Wire, request: httpx.Request) -> httpx.Response:
        await over(wire, request)
        death.now()
        raise AssertionError

    assert isinstance(own.wire, Line)
    own.wire.dies = death
    own.fault(path, act)
    with pytest.raises(Killed):
        own.run_once(made)
    death.restore()
    own.wire.dies = None
    own.calm()
    assert own.intents(), "nothing was under way"


def refuses(own: Stage) -> Act:
    """FinzBooks refuses a call for reasons of its own, and remembers that under the key for a day."""

    async def act(wire: Wire, request: httpx.Request) -> httpx.Response:
        body = b'{"code": "validation.invalid_value", "message": "The period is locked.", "field": "date"}'
        path = wire.seen[-1].path
        subject = subject_of(own.books.db, request.headers.get("authorization"))
        identity = Identity(request.headers.get("idempotency-key", ""), request.method, path, subject)
        with own.books.db.transaction():
            Answers(own.books.db).keep(identity, Kept(400, body), own.books.clock.now())
        return httpx.Response(400, content=body)

    return act


def rotate_token(own: Stage) -> None:
    """The token is replaced by another one of the same user: it has another id."""
    own.sql("UPDATE tokens SET id = id || '-' WHERE id = ?", _token_id(own))


def _token_id(own: Stage) -> str:
    return subject_of(own.books.db, f"Bearer {SANDBOX_TOKEN}")


def undone_in_the_app(own: Stage, table: str, remote_id: str) -> None:
    """Somebody voids the document in FinzBooks, or deletes it where it is a draft."""
    other_user.act(own.books, Fault(kinds=(Kind.OTHER_VOIDS,)), "GET", f"/{table}/{remote_id}", b"")


def lose_state(own: Stage) -> None:
    for file in state_files(own.state):
        file.unlink()


def copy_state(own: Stage) -> Path:
    """A backup of the state, in a folder of its own."""
    kept = Path(tempfile.mkdtemp(dir=own.state.parent))
    for file in state_files(own.state):
        shutil.copy2(file, kept / file.name)
    return kept


def put_back(own: Stage, kept: Path) -> None:
    lose_state(own)
    for file in kept.iterdir():
        shutil.copy2(file, own.state.parent / file.name)


# What comes of it.


def runs(own: Stage, made: Manifest) -> Report:
    """An apply that needs nobody. Fails where its plan holds conflicts."""
    report = own.run_once(made)
    assert report is not None, [f"{one.id} {one.code}: {one.reason}" for one in own.made.conflicts] if own.made else ""
    return report


def asks(own: Stage, made: Manifest) -> dict[str, str]:
    """The codes of an apply that stops for a person before it sends anything, by step."""
    own.wire.seen.clear()
    assert own.run_once(made) is None
    assert own.made is not None
    for step in own.made.conflicts:
        assert step.reason
        assert step.help, f"{step.id} leads nowhere"
    sent = [seen.call for seen in own.wire.seen if seen.method != "GET"]
    assert not sent, sent
    return {str(step.id): step.code for step in own.made.conflicts}


def number(own: Stage) -> dict[str, int]:
    """How many documents the books hold, kind by kind; the voided ones too."""
    return {table: found for table in TABLES if (found := own.count(table))}


def settled(own: Stage) -> dict[str, tuple[int, int]]:
    """What is paid and credited of each invoice, in paise."""
    return {str(row["reference"]): (row["paid"], row["credited"]) for row in own.rows("invoices")}


def is_as_after(own: Stage, *made: Manifest) -> None:
    """The books are those of calm runs of ``made``; the state is whole, and nothing is left to be done."""
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as calm:
        for one in made:
            assert not runs(calm, one).bad
        wanted = told(calm.books)
    found = told(own.books)
    for name, rows in wanted.items():
        assert found[name] == rows, name
    assert own.books.db.value("SELECT sum(amount) FROM postings") in (0, None)
    own.is_whole(made[-1])
    assert own.plan(made[-1]).idle
