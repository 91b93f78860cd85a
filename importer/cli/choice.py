"""What of a manifest a run is about: all of it, some documents with what they need, or a first slice."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from importer.apply.prepare import Pick, everything
from importer.errors import WrongUsage
from importer.kinds import KINDS, find
from importer.model import Ref
from importer.plan.saved import Options, SavedPlan
from importer.plan.slice import UnknownTarget, narrow, same_slice
from importer.plan.value import Step


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of a run that say what is done. ``limit`` is 1 or more."""

    allow_likeness: bool = False
    targets: tuple[str, ...] = ()
    limit: int | None = None

    @classmethod
    def of(cls, options: Options) -> Choice:
        return cls(options.allow_likeness, options.targets, options.limit)

    @property
    def options(self) -> Options:
        return Options(self.allow_likeness, self.targets, self.limit)

    def check(self) -> None:
        """Raises WrongUsage for a target that names no document, before anything is read."""
        for word in self.targets:
            target(word)

    @property
    def pick(self) -> Pick:
        """The steps that belong to the plan. Raises WrongUsage for a target that is none."""
        if not self.targets and self.limit is None:
            return everything
        wanted = tuple(map(target, self.targets))

        def picked(steps: Sequence[Step]) -> tuple[Sequence[Step], int]:
            try:
                return narrow(steps, wanted, self.limit)
            except UnknownTarget as error:
                raise WrongUsage(
                    f"There is no {error.ref} in the given files.",
                    "Name the kind and the key of one of their documents.",
                ) from error

        return picked


def carried_on(saved: SavedPlan) -> Pick:
    """The steps of a saved plan that was begun: those that were reviewed, and no others in their place."""
    ids = {step.id for step in saved.steps}
    return (lambda steps: same_slice(steps, ids)) if saved.options.narrowed else everything


def target(word: str) -> Ref:
    """The document that ``KIND/KEY`` names. Raises WrongUsage."""
    kind, slash, key = word.partition("/")
    known = find(kind)
    key = unicodedata.normalize("NFC", key).strip()
    if known is None or not slash or not key:
        raise WrongUsage(
            f'"{word}" names no document.',
            f"Write KIND/KEY, such as invoices/ORDER-1; KIND is one of {', '.join(KINDS)}.",
        )
    return Ref(known.name, key)
