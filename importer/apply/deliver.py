"""One call, delivered once: the intent before it, a look after every answer that may be a lie, the same key again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from importer.api.answers import Answer
from importer.api.retry import TRIES, WORKING_TRIES, wait_before
from importer.apply.context import Context
from importer.errors import ApiError, Garbled, InProgress, Lost, NotSent, Rejected, TooManyRequests
from importer.model import Intent

Seen = TypeVar("Seen")


def certain(error: ApiError) -> bool:
    """Whether a call that ended with ``error`` was not done; after anything else it may have been done."""
    return error.certain if isinstance(error, Rejected) else isinstance(error, (NotSent, TooManyRequests))


class Unsettled(Exception):
    """The outcome of a call is not known after all tries. Its intent stays open, and the next run looks again."""

    def __init__(self, intent: Intent, cause: ApiError) -> None:
        super().__init__(cause.message)
        self.intent = intent
        self.cause = cause


class Stopped(Exception):
    """The run was stopped before a call could leave. It was not done, and no intent of it is open."""


@dataclass(frozen=True, slots=True)
class Delivered(Generic[Seen]):
    """What a call brought: its answer, or what a look into the books showed after an answer was lost."""

    intent: Intent
    answer: Answer | None = None
    seen: Seen | None = None


async def deliver(
    context: Context,
    intent: Intent,
    label: str,
    read: Callable[[Answer], bool],
    look: Callable[[], Awaitable[Seen | None]],
    *,
    again: bool = False,
) -> Delivered[Seen]:
    """Send ``intent`` until its outcome is known. ``again``: it is one that an earlier run left open.

    ``read`` says whether an answer has the form it should have. ``look`` reads the books; None means that nothing of
    the call is there, so that it may be sent again under the same key and with the same bytes (design, section 6,
    item 3). Raises Rejected, NotSent or TooManyRequests when the call was certainly not done (its intent is closed),
    Unsettled when that cannot be told, and Stopped.
    """
    begun = [intent] if again else []

    def leaving() -> None:
        # Not before: a run that is killed while it waits for the window must not leave intents that never left.
        if context.stopping:
            raise Stopped
        if not begun:
            begun.append(context.begin(intent))
        context.leave()

    # Why a try so far may have been done.
    earlier = Lost("no-answer", "The answer of an earlier run's call was lost.", label)
    doubt: ApiError | None = earlier if again else None
    for attempt in count(2):
        try:
            answer = await context.client.write(
                intent.method, intent.path, intent.body, intent.idempotency_key, label=label, leaving=leaving
            )
            if read(answer):
                return Delivered(begun[0], answer=answer)
            error: ApiError = Garbled("garbled", "The answer is not the documented one.", label)
        except ApiError as failure:
            error = failure
        except Stopped:
            _not_left(context, begun, doubt)
            raise
        # What the server said of it tells more than an answer that is lost afterwards.
        if not certain(error) and not isinstance(doubt, InProgress):
            doubt = error
        if doubt is None:
            _not_done(context, begun, error)
            raise error
        seen = await _look(begun[0], error, look)
        if seen is not None:
            return Delivered(begun[0], seen=seen)
        if isinstance(error, Rejected) and error.certain:
            _not_done(context, begun, error)
            raise error
        tries = WORKING_TRIES if isinstance(error, InProgress) else TRIES
        wait = wait_before(attempt, None, context.dice(), tries)
        if wait is None or certain(error) or context.stopping:
            raise Unsettled(begun[0], doubt)
        await context.pause(wait)
    raise AssertionError  # count() has no end


async def _look(intent: Intent, cause: ApiError, look: Callable[[], Awaitable[Seen | None]]) -> Seen | None:
    try:
        return await look()
    except ApiError as error:
        raise Unsettled(intent, cause) from error


def _not_done(context: Context, begun: list[Intent], error: ApiError) -> None:
    """Close the intent of a call that was refused, if it left at all."""
    # A final 4xx is remembered by the server for a day, and a 429 that does not pass may be such a memory: the next
    # try needs another key (fact sheet, section 24, items 1 and 4).
    for intent in begun:
        context.store.close(intent, raised=() if isinstance(error, NotSent) else intent.rows)


def _not_left(context: Context, begun: list[Intent], doubt: ApiError | None) -> None:
    """The run was stopped before this try left. Raises Unsettled if an earlier one may have been done."""
    for intent in begun:
        if doubt is not None:
            raise Unsettled(intent, doubt) from None
        context.store.close(intent)
