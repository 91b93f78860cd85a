"""All codes, by subject and by name."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from importer.explained.conflicts import CONFLICTS, NAMES, UNUSUAL, WAITING
from importer.explained.document_rules import CODES_AND_NUMBERS, TAXES_AND_DATES
from importer.explained.entry import Entry, Subject
from importer.explained.failures import ANSWERS, DOUBTFUL, SKIPPED
from importer.explained.field_rules import GST_NUMBERS
from importer.explained.files import FILES
from importer.explained.money import MONEY
from importer.explained.projects import PROJECTS
from importer.explained.reading_csv import READING_CSV
from importer.explained.reading_yaml import READING_YAML
from importer.explained.references import REFERENCES
from importer.explained.refusals import CONNECTION, ENDINGS
from importer.explained.remembered import SAVED_PLANS, STATE
from importer.explained.spreadsheets import SPREADSHEETS
from importer.explained.values import VALUES

# A rule that is new gets its entry in the module of its subject; a subject that is new gets its place here.
_OF_THE_FIELD: Final = (GST_NUMBERS, CODES_AND_NUMBERS, TAXES_AND_DATES)
OF_THE_INPUT: Final = (
    FILES,
    READING_YAML,
    READING_CSV,
    VALUES,
    SPREADSHEETS,
    REFERENCES,
    MONEY,
    *_OF_THE_FIELD,
    PROJECTS,
)
OF_A_RUN: Final = (
    NAMES,
    CONFLICTS,
    WAITING,
    UNUSUAL,
    SKIPPED,
    DOUBTFUL,
    ANSWERS,
    ENDINGS,
    CONNECTION,
    STATE,
    SAVED_PLANS,
)
SUBJECTS: Final[tuple[Subject, ...]] = (*OF_THE_INPUT, *OF_A_RUN)

ENTRIES: Final[Mapping[str, Entry]] = MappingProxyType(
    {entry.code: entry for subject in SUBJECTS for entry in subject.entries}
)
SUBJECT_OF: Final[Mapping[str, Subject]] = MappingProxyType(
    {entry.code: subject for subject in SUBJECTS for entry in subject.entries}
)
_FOLDED: Final = MappingProxyType({code.casefold(): code for code in ENTRIES})


def find(code: str) -> Entry | None:
    """The entry of ``code``, in capitals or not; None for a code that there is not."""
    known = _FOLDED.get(code.strip().casefold())
    return ENTRIES[known] if known is not None else None


def nearest(code: str) -> str:
    """The code that ``code`` was probably meant to be; "" if none is near."""
    wanted = code.strip().casefold().replace("_", "-").replace(" ", "-")
    close = get_close_matches(wanted, _FOLDED, n=1)
    return _FOLDED[close[0]] if close else ""


def level_of(entry: Entry) -> str:
    """How the code is told of: ``error or warning``, or what it means for a run."""
    return " or ".join(entry.levels) if entry.levels else SUBJECT_OF[entry.code].told
