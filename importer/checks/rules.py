"""The rules of the field that a project may give another level, or switch off (design, section 3: ``rules``).

They hold what is usual in the field against what a document says, and the books may take it all the same. Everything
else that is reported is part of the contract of the manifest or of the API and has one level. So is S1: a state that
is not written ``IN-XX`` is not of the form that its schema asks for, and could not be sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from importer.model import Problem, Severity

# Id -> what it holds. GST rules, section 15. The schema of the project file is made from this table.
RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "G1": "A GSTIN has the form of a kind of registration.",
        "G2": "The check character of a GSTIN agrees with the other fourteen.",
        "G3": "A GSTIN begins with the number of a state.",
        "G4": "The PAN of a contact is the one in its GSTIN.",
        "G8": "One GSTIN stands on one document; branches of a firm may share it.",
        "M3": "A round-off is at most half a rupee, or at the very most one.",
        "P1": "A PAN has its form, and its fourth letter stands for a kind of holder.",
    }
)

Levels = Mapping[str, Severity | None]  # id of a rule -> its level; None drops what it finds
AS_THEY_ARE: Final[Levels] = MappingProxyType({})


def levelled(problems: Iterable[Problem], levels: Levels) -> Iterator[Problem]:
    """``problems`` with the levels that the project gives; what has none of ``levels`` stays as it is."""
    for problem in problems:
        level = levels.get(problem.code, problem.severity)
        if level is not None:
            yield problem if level is problem.severity else replace(problem, severity=level)
