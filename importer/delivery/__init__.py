"""Exactly-once, as pure decisions: keys, natural keys, comparison of sent and got."""
