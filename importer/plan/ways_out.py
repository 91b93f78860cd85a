"""The commands that lead out of a conflict, as a person types them: every conflict names one."""

from __future__ import annotations

from importer.model import StepId


def command(verb: str, own: StepId, *more: str) -> str:
    """``finz-import state VERB KIND KEY MORE...``; words are quoted where a shell would split them."""
    words = (own.kind, own.key, *more)
    return f"finz-import state {verb} {' '.join(map(quoted, words))}"


def accept(own: StepId) -> str:
    """The sentence that offers to take the books as they are."""
    return f"If the books are right: {command('accept', own)}"


def quoted(word: str) -> str:
    """``word``, in double quotes where it needs them: those work in a POSIX shell and in Windows' cmd alike."""
    plain = word and not word.startswith("-") and all(one.isalnum() or one in "-_./:+,=@" for one in word)
    return word if plain else '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
