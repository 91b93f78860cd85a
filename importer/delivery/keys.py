"""Idempotency keys, derived from identity and never from content (fact sheet, sections 8 and 24)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from importer.model import IntentRow


def idempotency_key(org_id: str, operation: str, rows: Sequence[IntentRow]) -> str:
    """The key of a call that writes ``rows``, in their order: 1 to 200 characters of ``[A-Za-z0-9_:-]``.

    The same rows in the same generations give the same key on every machine, so that a lost state is no reason for a
    second document; another org, order or generation gives another one.
    """
    identity = hashlib.sha256()
    for part in (org_id, operation, *(piece for row in rows for piece in map(str, row))):
        encoded = part.encode("utf-8")
        identity.update(len(encoded).to_bytes(8, "big"))  # lengths first: no two lists of parts look the same
        identity.update(encoded)
    return f"fzi-{operation}-{identity.hexdigest()[:48]}"
