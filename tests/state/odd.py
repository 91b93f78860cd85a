"""Strategies: values that hold whatever text there is."""

from __future__ import annotations

from hypothesis import strategies as st

from importer.model import Intent, IntentRow, Receipt

# Every code point, lone surrogates and NUL among them: a file name or an answer may hold any.
odd_text = st.text(st.characters(exclude_categories=()), max_size=12)
said = st.dictionaries(
    odd_text,
    st.recursive(
        odd_text | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(odd_text, inner), max_leaves=5
    ),
)
odd_receipts: st.SearchStrategy[Receipt] = st.builds(
    Receipt,
    said=said,
    total=odd_text,
    accepted=st.dictionaries(odd_text, st.none() | odd_text, max_size=2),
    generation=st.integers(0, 2**31),
    **dict.fromkeys(
        ("kind", "key", "part", "remote_id", "number", "digest", "source", "run", "created", "updated", "difference"),
        odd_text,
    ),
)
odd_rows = st.builds(IntentRow, odd_text, odd_text, odd_text, st.integers(0, 2**31))
odd_intents = st.builds(
    Intent,
    id=st.just(0),
    rows=st.lists(odd_rows, unique=True, max_size=4).map(tuple),
    before=st.dictionaries(odd_text, odd_text),
    **dict.fromkeys(
        ("operation", "method", "path", "body", "idempotency_key", "token_id", "server_time", "run"), odd_text
    ),
)
