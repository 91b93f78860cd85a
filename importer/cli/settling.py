"""Settling what earlier runs left open: what recover does, and what every apply does first (design, section 6)."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Final

import click

from importer.apply.context import Context
from importer.apply.ground import survey
from importer.apply.recover import recover
from importer.cli.load import Loaded, source_of
from importer.cli.options import complain
from importer.cli.session import Session, environment
from importer.delivery.settle import Recovery
from importer.errors import DONE, INTERRUPTED, PARTIAL, REFUSED, ApiError, Refused, WrongUsage
from importer.report.style import count
from importer.state.files import open_for_reading, open_for_writing
from importer.state.store import Store

KEY_TTL: Final = 86_400  # seconds for which FinzBooks remembers a key (fact sheet, section 8)
LONGEST_TTL: Final = 31_536_000  # seconds: a year


def has_open_calls(loaded: Loaded) -> bool:
    """Whether the state of the run knows of calls whose outcome it does not know."""
    store = open_for_reading(loaded.where.state) if loaded.where is not None else None
    if store is None:
        return False
    with store:
        return bool(store.intents())


async def settle_first(session: Session, loaded: Loaded, *, yes: bool, quiet: bool) -> Recovery:
    """Settle all that is open before anything is planned. Raises Refused.

    With ``yes``, or when the person at the terminal agrees, calls that left no trace are sent again under their own
    keys, since it is that apply which goes on. Otherwise they are only looked for.
    """
    if loaded.where is None:
        raise ValueError("a run without a place for its state")
    with open_for_writing(loaded.where.state) as store:
        go_on_with_plan(store)
        store.bind(session.org_id)
        sends = yes or _agreed(len(store.intents()))
        return await settle_open(session, store, loaded, sends=sends, quiet=quiet)


def _agreed(number: int) -> bool:
    return click.confirm(
        f"A run was cut off before the {'answer' if number == 1 else 'answers'} of {count(number, 'call')} came. "
        "They are looked for in the books. Send again, under the same key, what is not there?",
        err=True,
    )


async def settle_open(session: Session, store: Store, loaded: Loaded, *, sends: bool, quiet: bool) -> Recovery:
    """What became of every open call. Raises Refused where the books cannot be read at all."""
    try:
        ground = await survey(session.client, loaded.manifest, tuple(store.receipts()), store.intents())
    except ApiError as error:
        raise Refused(
            "lookup-failed",
            f"What the books hold could not be read, so nothing was settled: {error.message} [{error.code}]",
            error.help or "Run it again.",
        ) from error
    context = Context(
        client=session.client,
        store=store,
        bindings=ground.bindings,
        org_id=session.org_id,
        token_id=session.token_id,
        run=uuid.uuid4().hex,
        now=session.clock.now,
        sleep=session.clock.sleep,
        dice=random.random,
        expected=ground.expectations.expected,
        source_of=source_of(loaded),
        claimed=ground.claimed,
        timeout=session.timeout,
        key_ttl=key_ttl(),
    )
    return await recover(context, ground.documents, _waiting(quiet), sends=sends)


def recovery_code(recovery: Recovery) -> int:
    """The exit code of a run that ended with it (design, section 4)."""
    if recovery.interrupted:
        return INTERRUPTED
    if recovery.broken is not None and not recovery.wrote:
        return REFUSED
    return DONE if recovery.whole else PARTIAL


def _waiting(quiet: bool) -> Callable[[int, float], None]:
    def waiting(number: int, seconds: float) -> None:
        if not quiet:
            complain([f"{count(number, 'call')} left no trace yet: looking again in {seconds:.0f} s."])

    return waiting


def go_on_with_plan(store: Store) -> None:
    """Settling the calls of a saved plan is part of its run: it may be carried on afterwards (design, section 4)."""
    for plan_id, progress in store.plans().items():
        if not progress.done and progress.serial == store.serial:
            store.carry_out(plan_id)
            return


def key_ttl() -> float:
    """Seconds for which the server remembers a key: FINZBOOKS_KEY_TTL, a day unless set. Raises WrongUsage."""
    text = environment().get("FINZBOOKS_KEY_TTL", "").strip()
    if not text:
        return KEY_TTL
    if not text.isascii() or not text.isdigit() or int(text) > LONGEST_TTL:
        raise WrongUsage(
            f'FINZBOOKS_KEY_TTL is "{text}".', f"Set it to whole seconds from 0 to {LONGEST_TTL}, or leave it out."
        )
    return float(text)
