"""One course of events: a seed decides it all, and the same seed gives the same course again."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar

from apply.manifests import manifest
from apply.world import World

from importer.api.client import Client
from importer.apply.context import Context
from importer.apply.ground import survey
from importer.apply.recover import recover
from importer.apply.run import Run
from importer.errors import ApiError, InvalidInput, Refused
from importer.model import Manifest, Ref, StepId
from importer.outcome import Report
from importer.sandbox.books import Books
from importer.sandbox.serving.faults import Faults, read_fault
from importer.state.files import open_for_writing
from importer.state.store import Store
from simulation.documents import Sections, versions
from simulation.machines import VirtualClock
from simulation.trouble import FAULTS, Death, Killed, Line, state_files

TIMEOUT = 30.0
T = TypeVar("T")
CALM_RUNS = 6  # after the trouble: more than enough for whatever was left open
ASKS = ("open-intent", "balance-moved")  # an application whose outcome no balance tells


QUICK: Final = (0.3, 3, 20)  # seconds that the server takes, where a fault makes it slow
SLOW: Final = (20, 50, 200)  # further than the time-out; see Course.slow


class NotTheSame(AssertionError):
    """The books are not those of a run without trouble."""


@dataclass
class Course:
    """What happened, in words, for the one who looks at a seed that fails."""

    seed: int
    events: list[str] = field(default_factory=list)
    calls: str = ""  # a digest of every request of it
    counts: Counter[str] = field(default_factory=Counter)
    # The server may be at work on a call for longer than the importer would have waited for it. Then only its key
    # tells that it is: a course in which the key is of no use (another token, another entry, an old state) has no such
    # server, for two looks, further apart than the time-out, are all that is promised then (design, section 6, item 3).
    slow: bool = False

    def tell(self, kind: str, more: str = "") -> None:
        self.counts[kind] += 1
        self.events.append(f"{kind} {more}".strip())


class Stage(World):
    """A world whose importer settles first, as the command does."""

    def run_once(self, made: Manifest) -> Report | None:
        """Settle, plan, carry out. None where the plan holds conflicts."""

        async def use(client: Client) -> Report | None:
            who = await client.whoami()
            with open_for_writing(self.state) as store:
                if store.intents():
                    await self._settle(client, made, store, who.token_id)
                prepared = await self._prepare(client, made, store, False)
                if prepared.plan.conflicts:
                    return None
                context = replace(self._context(client, store, prepared), token_id=who.token_id)
                return await Run(context, prepared.plan, self._told, 4).carry_out()

        return self._with_client(use)

    def _carry_out(self, main: Coroutine[Any, Any, T]) -> T:
        assert isinstance(self.clock, VirtualClock)
        return self.clock.run(main)

    def forget(self, ref: Ref) -> None:
        """What ``state rm`` does."""
        with open_for_writing(self.state) as store:
            own = [one for one in store.receipts() if one.ref == ref]
            rows = {StepId(*row[:3]) for one in store.intents() for row in one.rows if Ref(*row[:2]) == ref}
            store.close_row(StepId(*ref), removed=own, not_done=True)
            for row in sorted(rows):
                store.close_row(row, not_done=True)

    async def _settle(self, client: Client, made: Manifest, store: Store, token_id: str) -> None:
        ground = await survey(client, made, tuple(store.receipts()), store.intents())
        context = Context(
            client=client,
            store=store,
            bindings=ground.bindings,
            org_id=self.books.org_id,
            token_id=token_id,
            run=f"settle-{store.serial}",
            now=self.clock.now,
            sleep=self.clock.sleep,
            dice=lambda: 0.0,
            expected=ground.expectations.expected,
            source_of=lambda document: document.file,
            claimed=ground.claimed,
            timeout=TIMEOUT,
        )
        await recover(context, ground.documents, lambda number, seconds: None, sends=True)


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    clock = VirtualClock()
    books = Books(":memory:", clock)
    try:
        yield Stage(books, clock, folder / "state.db", Line(books))
    finally:
        clock.close()
        books.close()


def simulate(seed: int) -> Course:
    """Run the course of ``seed``. Raises NotTheSame, with the seed and the events in its text."""
    rng, course = Random(seed), Course(seed)
    made = versions(rng)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "calm").mkdir()
        (folder / "wild").mkdir()
        with stage(folder / "calm") as calm:
            for version in made:
                report = calm.run_once(manifest(**version))
                assert report is not None and not report.bad, (seed, calm.made and calm.made.conflicts)
            wanted = told(calm.books)
        with stage(folder / "wild") as wild:
            _wild(rng, course, wild, made)
            calls = [f"{seen.method} /{seen.path.split('/')[1]}" for seen in wild.wire.seen]  # ids are random
            course.calls = hashlib.sha256(" ".join(calls).encode("utf-8")).hexdigest()
            _check(course, wanted, told(wild.books), wild)
    return course


# Answers to open questions of the API under which everything can still be done.
SWITCHES: Final = {
    "create_status": "201",
    "list_rows": "short",
    "refusals_cached": "yes",
    "key_subject": "user",
    "lock_seconds": "90",
    "window": "first-request",
    "id_form": "uuid",
    "lookup_pages": "yes",
    "last_cursor": "absent",
    "put_keeps": "nothing",
    "state_conflict": "409",
    "missing_field": "422",
}


def _wild(rng: Random, course: Course, wild: Stage, made: list[Sections]) -> None:
    if rng.random() < 0.4:
        chosen = {name: SWITCHES[name] for name in rng.sample(sorted(SWITCHES), rng.randint(1, 3))}
        wild.books.settings.set_switches(chosen)
        course.tell("switches", str(chosen))
    course.slow = rng.random() < 0.25
    at = 0
    for _ in range(rng.randint(2, 6)):
        _round(rng, course, wild, manifest(**made[at]))
        at = _between(rng, course, wild, at, len(made))
    faults = Faults(wild.books.db)
    faults.clear()
    if course.slow:
        wild.later(50 * max(SLOW))
    for version in made[at:]:
        _comes_to_rest(course, wild, manifest(**version))


def _comes_to_rest(course: Course, wild: Stage, made: Manifest) -> None:
    """Run until nothing is left to be done. Raises NotTheSame where it never comes to that.

    After an old copy of the state was put back, balances can have moved by what that copy does not know. Then the
    importer stops, as it must, and a person is asked, who does what the help says.
    """
    report = None
    for number in range(2 * CALM_RUNS):
        # A server that remembers its own "in progress" says so for a day; then the key is forgotten.
        wild.later(90_000.0 if number == CALM_RUNS else 40.0)
        report = wild.run_once(made)
        if report is not None and not report.bad and not wild.intents():
            return
        if number >= CALM_RUNS and course.counts["old state restored"]:
            for ref in _asked_about(wild, report):
                wild.forget(ref)
                course.tell("a person is asked", str(ref))
    why = [f"{one.id} {one.code}: {one.reason}" for one in wild.made.conflicts] if wild.made else []
    raise NotTheSame(_words(course, f"it does not come to rest: {why or report}"))


def _asked_about(wild: Stage, report: Report | None) -> list[Ref]:
    """The documents that only a person can decide upon: whose the change is that the old copy does not know."""
    moved = ("drift", "books-differ")  # by what the old copy does not know
    steps = [one.id for one in wild.made.conflicts if one.id.part or one.code in moved] if wild.made else []
    if report is not None:
        failed = [one for one in report.outcomes if one.failure is not None and one.failure.code in ASKS]
        steps += [one.id for one in failed if one.id.part]
    return sorted({Ref(one.kind, one.key) for one in steps})


def _round(rng: Random, course: Course, wild: Stage, made: Manifest) -> None:
    """One run, with whatever trouble the seed has for it."""
    faults, line, death = Faults(wild.books.db), wild.wire, Death(wild.state)
    assert isinstance(line, Line)
    faults.clear()
    line.latency = _latency(Random(rng.random()), rng.choice([0.0, 0.02, 0.2, 2.0]))
    line.dies, line.deadline = death, None
    if rng.random() < 0.8:
        kinds = rng.sample(FAULTS, rng.randint(1, 4))
        rate, seconds = rng.choice([0.02, 0.1, 0.3]), rng.choice(SLOW if course.slow else QUICK)
        spec = f"{','.join(kinds)} rate={rate} seed={rng.randint(0, 999)} seconds={seconds} row=1"
        faults.add([read_fault(spec)])
        course.tell("faults", spec)
    dying = rng.random()
    how: Any = nullcontext()
    if dying < 0.3:
        line.deadline = (rng.randint(1, 30), rng.random() < 0.5)
        course.tell("dies at request", str(line.deadline))
    elif dying < 0.6:
        how = death.at_write(rng)
        course.tell("dies at write")
    try:
        with how:
            report = wild.run_once(made)
        course.tell("run", "conflicts" if report is None else "ended badly" if report.bad else "ended well")
    except Killed:
        course.tell("killed")
        # A message that is overtaken by its own repetition, of which in turn the answer is a 5xx that the server does
        # not remember, is done twice: nobody can help that. So what was on its way arrives first.
        wild.later(25.0 if line.latency() else 0.0)
    except (ApiError, Refused, InvalidInput) as error:
        course.tell("refused", error.code)
    finally:
        death.restore()
        line.dies, line.deadline = None, None
        line.latency = lambda: 0.0


def _latency(rng: Random, mean: float) -> Callable[[], float]:
    """Seconds that a message is on its way, ``mean`` on average; one in a hundred takes up to twelve."""
    return lambda: rng.uniform(0, 12) if rng.random() < 0.01 else rng.uniform(0, 2 * mean)


def _between(rng: Random, course: Course, wild: Stage, at: int, last: int) -> int:
    """What happens until the next run; the version of the manifest that it is given."""
    happening = rng.random()
    if course.slow and happening < 0.85:
        happening = rng.choice([0.0, 0.4, 0.85])  # the state lost, time, or nothing
    old = wild.state.with_name("old")
    if happening < 0.1:
        # Lost while a bulk call is worked on: its rows to come would be sent in other calls, under other keys.
        wild.later(max(SLOW) if course.slow else 0.0)
        _put_back(wild.state, None)
        course.tell("state lost")
    elif happening < 0.2 and old.exists():
        _put_back(wild.state, old)
        course.tell("old state restored")
    elif happening < 0.3:
        wild.later(30.0)  # what is on its way carries the token that it was sent with
        wild.books.db.run("UPDATE tokens SET id = id || '-' WHERE org = ?", (wild.books.org_id,))
        course.tell("token rotated")
    elif happening < 0.4:
        shutil.rmtree(old, ignore_errors=True)
        old.mkdir()
        for file in state_files(wild.state):
            shutil.copy2(file, old / file.name)
        course.tell("state copied")
    elif happening < 0.55:
        seconds = rng.choice([60, 3600, 90_000, 200_000])
        wild.later(seconds)
        course.tell("time passes", str(seconds))
    elif happening < 0.85 and at + 1 < last:
        wild.later(30.0)  # nobody edits faster, and an older change that is still on its way would come last
        course.tell("edited")
        return at + 1
    return at


def _put_back(state: Path, copy: Path | None) -> None:
    for file in state_files(state):
        file.unlink()
    for file in copy.iterdir() if copy is not None else ():
        shutil.copy2(file, state.parent / file.name)


def told(books: Books) -> dict[str, list[tuple[Any, ...]]]:
    """The books, document by document, without ids and times."""
    customer = "(SELECT name FROM contacts WHERE id = d.customer_id)"
    queries = {
        "contacts": "SELECT name, fields ->> 'phone' FROM contacts ORDER BY 1, 2",
        "items": "SELECT name, sku, rate FROM items ORDER BY name",
        "invoices": f"SELECT reference, {customer}, date, total, paid, credited, state, notes "
        "FROM invoices d ORDER BY 1",
        "payments": "SELECT d.reference, (SELECT name FROM contacts WHERE id = d.contact_id), d.amount, "
        "(SELECT group_concat(t, ';') FROM (SELECT i.reference || '=' || a.amount AS t FROM allocations a "
        "JOIN invoices i ON i.id = a.invoice_id WHERE a.payment_id = d.id ORDER BY 1)) FROM payments d ORDER BY 1",
        "credit_notes": f"SELECT reference, {customer}, total, applied, state, "
        "(SELECT group_concat(t, ';') FROM (SELECT i.reference || '=' || a.amount AS t FROM applications a "
        "JOIN invoices i ON i.id = a.invoice_id WHERE a.credit_note_id = d.id ORDER BY 1)) "
        "FROM credit_notes d ORDER BY 1",
        "ledger": "SELECT a.name, sum(p.amount) FROM postings p JOIN accounts a ON a.id = p.account_id "
        "GROUP BY a.name HAVING sum(p.amount) <> 0 ORDER BY a.name",
    }
    return {name: [tuple(row) for row in books.db.rows(sql)] for name, sql in queries.items()}


def _check(course: Course, wanted: dict[str, Any], found: dict[str, Any], wild: Stage) -> None:
    for name, rows in wanted.items():
        if rows != found[name]:
            missing = [row for row in rows if row not in found[name]]
            more = list((Counter(found[name]) - Counter(rows)).elements())
            raise NotTheSame(_words(course, f"{name}: missing {missing}, too much or otherwise {more}"))
    if wild.books.db.value("SELECT sum(amount) FROM postings") not in (0, None):
        raise NotTheSame(_words(course, "the ledger does not balance"))


def _words(course: Course, what: str) -> str:
    events = "\n  ".join(course.events)
    return f"seed {course.seed}: {what}\n  {events}\nAgain: python -m simulation {course.seed} (in tests/)"
