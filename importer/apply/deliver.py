"""One call, delivered once: the intent before it, a look after every answer that may be a lie, the same key again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from importer.api.answers import Answer
from importer.api.retry import wait_before
from importer.apply.context import Context
from importer.errors import ApiError, Garbled, InProgress, Lost, NotSent, Rejected, ServerFault, TooManyRequests
from importer.model import Intent

Seen = TypeVar("Seen")

UNCERTAIN = (Lost, ServerFault, Garbled, InProgress)  # may have been done


class Unsettled(Exception):
    """The outcome of a call is not known after all tries. Its intent stays open, and the next run looks again."""

    def __init__(self, intent: Intent, cause: ApiError) -> None:
        super().__init__(cause.message)
        self.intent = intent
        self.cause = cause


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
) -> Delivered[Seen]:
    """Send ``intent`` until its outcome is known.

    ``read`` says whether an answer has the form it should have. ``look`` reads the books; None means that nothing of
    the call is there, so that it may be sent again under the same key and with the same bytes (design, section 6,
    item 3). Raises Rejected, NotSent or TooManyRequests when the call was certainly not done (its intent is closed),
    and Unsettled when that cannot be told.
    """
    begun: list[Intent] = []

    def leaving() -> None:
        # Not before: a run that is killed while it waits for the window must not leave intents that never left.
        if not begun:
            begun.append(context.begin(intent))

    attempt = 1
    while True:
        try:
            answer = await context.client.write(
                intent.method, intent.path, intent.body, intent.idempotency_key, label=label, leaving=leaving
            )
            if read(answer):
                return Delivered(begun[0], answer=answer)
            cause: ApiError = Garbled("garbled", "The answer is not the documented one.", label)
        except UNCERTAIN as error:
            cause = error
        except (Rejected, NotSent, TooManyRequests) as error:
            await _not_done(context, begun, attempt, error, look)
            raise
        seen = await _look(begun[0], cause, look)
        if seen is not None:
            return Delivered(begun[0], seen=seen)
        attempt += 1
        wait = wait_before(attempt, None, context.dice())
        if wait is None or context.stopping:
            raise Unsettled(begun[0], cause)
        await context.sleep(wait)


async def _look(intent: Intent, cause: ApiError, look: Callable[[], Awaitable[Seen | None]]) -> Seen | None:
    try:
        return await look()
    except ApiError as error:
        raise Unsettled(intent, cause) from error


async def _not_done(
    context: Context,
    begun: list[Intent],
    attempt: int,
    error: ApiError,
    look: Callable[[], Awaitable[Seen | None]],
) -> None:
    """Close the intent of a call that was refused, unless an earlier try of it may have been done."""
    if not begun:
        return
    if attempt > 1 and (isinstance(error, NotSent | TooManyRequests) or await _look(begun[0], error, look) is not None):
        raise Unsettled(begun[0], error) from error
    # A final 4xx is remembered by the server for a day, and a 429 that does not pass may be such a memory: the next
    # try needs another key (fact sheet, section 24, items 1 and 4).
    context.store.close(begun[0], raised=() if isinstance(error, NotSent) else begun[0].rows)
