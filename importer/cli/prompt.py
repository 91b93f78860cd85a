"""Asking the person at the terminal."""

from __future__ import annotations

import signal

import click


def ask(question: str) -> bool:
    """Whether the answer is yes. Ctrl-C ends the run, as click does it."""
    # The loop's own handler only cancels a task, and nothing runs while a person thinks.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return click.confirm(question, err=True)
    finally:
        signal.signal(signal.SIGINT, before)
