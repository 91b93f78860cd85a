"""Asking the server whether it is still at work on a bulk call, without sending any of its rows again."""

from __future__ import annotations

from importer.api.answers import Answer
from importer.api.wire import dumps
from importer.apply.context import Context
from importer.apply.deliver import Unsettled
from importer.delivery.settle import may_go_again
from importer.errors import ApiError, InProgress, Rejected, TokenRejected
from importer.kinds import Bulk
from importer.model import Intent


async def asked_again(context: Context, intent: Intent, bulk: Bulk) -> Answer | None:
    """What the server remembers as the answer of ``intent``; None where it knows nothing of it.

    Sent is its key with a body of no rows. A server that knows the key says what it knows, for the body is no part of
    what it remembers by; one that does not know it refuses no rows for being none (fact sheet, sections 8 and 18). So
    nothing is done twice, whatever became of the call. Two looks alone do not tell: a server may take longer over one
    row than lies between them. Raises Unsettled while it is at work on the call, or where it does not say, as when a
    proxy refuses in its name; and TokenRejected.
    """
    if not may_go_again(intent, context.token_id, context.client.server_now(), context.key_ttl):
        return None
    try:
        return await context.client.write(
            intent.method,
            intent.path,
            dumps({bulk.field: []}),
            intent.idempotency_key,
            label=f"POST {bulk.endpoint}",
            leaving=context.leave,
        )
    except TokenRejected:
        raise
    except ApiError as error:
        if isinstance(error, Rejected) and error.certain:
            return None
        raise Unsettled(intent, error) from error


def at_work(error: Unsettled) -> bool:
    """Whether the server has said that it is still at work on the call."""
    return isinstance(error.cause, InProgress)
