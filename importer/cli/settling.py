"""Settling what earlier runs left open: what recover does, and what every apply does first (design, section 6)."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Final

from importer.apply.context import Context
from importer.apply.ground import Ground, survey
from importer.apply.prepare import Prepared
from importer.apply.recover import recover
from importer.cli.load import Loaded, source_of
from importer.cli.moves import check_seen
from importer.cli.options import complain
from importer.cli.prompt import ask
from importer.cli.session import Session, environment
from importer.delivery.settle import Recovery, Scope, may_go_again
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


async def settle_first(session: Session, loaded: Loaded, *, sends: bool, quiet: bool, scope: Scope | None) -> Recovery:
    """Settle what is open, in ``scope`` where one is given. Raises Refused.

    With ``sends``, calls that left no trace are sent again under their own keys, since it is that apply which goes on.
    """
    if loaded.where is None:
        raise ValueError("a run without a place for its state")
    with open_for_writing(loaded.where.state) as store:
        check_seen(store, loaded)
        go_on_with_plan(store)
        store.bind(session.org_id)
        return await settle_open(session, store, loaded, sends=sends, quiet=quiet, scope=scope)


def agrees_to_send(session: Session, loaded: Loaded) -> bool:
    """Ask, if there is a call that could go out again. Nobody else is kept waiting while a person thinks."""
    now, ttl = session.client.server_now(), key_ttl()
    rows = [row for one in loaded.memory.intents if may_go_again(one, session.token_id, now, ttl) for row in one.rows]
    return bool(rows) and ask(
        f"In an earlier run {count(len(rows), 'document')} got no answer. "
        f"Send again to {session.named}, under the same key, what its books do not show?"
    )


async def settle_open(
    session: Session,
    store: Store,
    loaded: Loaded,
    *,
    sends: bool,
    quiet: bool,
    scope: Scope | None = None,
) -> Recovery:
    """What became of every open call. Raises Refused where the books cannot be read at all."""
    with loaded.spent.of_calls(session.client, sandbox=session.sandbox), loaded.spent.of_writes(store):
        return await _settled(session, store, loaded, sends=sends, quiet=quiet, scope=scope)


async def _settled(
    session: Session, store: Store, loaded: Loaded, *, sends: bool, quiet: bool, scope: Scope | None
) -> Recovery:
    try:
        ground = await survey(session.client, loaded.manifest, tuple(store.receipts()), store.intents())
    except ApiError as error:
        raise Refused(
            "lookup-failed",
            f"What the books hold could not be read, so nothing was settled: {error.message} [{error.code}]",
            error.help or "Run it again.",
        ) from error
    context = context_of(session, store, loaded, ground, uuid.uuid4().hex)
    return await recover(context, ground.documents, _waiting(quiet), sends=sends, scope=scope)


def context_of(session: Session, store: Store, loaded: Loaded, ground: Ground | Prepared, run: str) -> Context:
    """What the calls of a run share; ``ground`` is what the org was asked for it."""
    return Context(
        client=session.client,
        store=store,
        bindings=ground.bindings,
        org_id=session.org_id,
        token_id=session.token_id,
        run=run,
        now=session.clock.now,
        sleep=session.clock.sleep,
        dice=random.random,
        expected=ground.expectations.expected,
        source_of=source_of(loaded),
        claimed=ground.claimed,
        timeout=session.timeout,
        key_ttl=key_ttl(),
    )


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
