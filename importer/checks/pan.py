"""P1 and G4: the permanent account number of a tax payer, alone and inside a GSTIN. GST rules, section 2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from importer.checks import gstin_forms
from importer.checks.book import Book, Entry
from importer.checks.shape import shown, texts
from importer.manifest.damage import in_code
from importer.manifest.typed import compact
from importer.model import Path, Problem, Severity

RULE: Final = "pan"
_FORM: Final = re.compile(r"[A-Z]{5}[0-9]{4}[A-Z]")
HOLDERS: Final = (
    "PCHFATBLJG"  # individual, company, family, firm, association, trust, body, local, artificial, government
)
DOUBTFUL_HOLDERS: Final = "K"  # python-stdnum takes it, the Income Tax Department does not list it


# What people write in the place of a number that somebody has not, as it is without blanks and hyphens. URP is the
# portals' own word for an unregistered person; the last three stand in returns of tax deducted at source.
NO_NUMBER: Final = frozenset(
    {
        *("", "URP", "NA", "N/A", "N.A.", "NIL", "NONE", "NULL", "NOTAPPLICABLE", "NOTAVAILABLE", "UNREGISTERED"),
        *("PANNOTAVBL", "PANAPPLIED", "PANINVALID"),
    }
)
_VERDICTS: Final = {Severity.ERROR: "is not one", Severity.WARNING: "is doubtful"}


def fault(pan: str, written: str = "") -> tuple[str, Severity] | None:
    """What is wrong with ``pan``, compact as it is compared, and how sure that is; None if nothing.

    There is no check character to verify: its formula is not public.
    """
    if len(pan) != 10:
        return f"it has {counted(written or pan)} and not 10", Severity.ERROR
    if not _FORM.fullmatch(pan):
        return "it is not five letters, four digits and a letter", Severity.ERROR
    if pan[5:9] == "0000":
        return "its number is 0000", Severity.ERROR
    if pan[3] in DOUBTFUL_HOLDERS:
        return f"its fourth letter {pan[3]} stands for a kind of holder that is no longer listed", Severity.WARNING
    if pan[3] not in HOLDERS:
        return f"its fourth letter {pan[3]} stands for no kind of holder ({', '.join(HOLDERS)})", Severity.ERROR
    return None


def counted(text: str) -> str:
    """How many characters a number has as it was written, and what of it does not count."""
    number = compact(text)
    words = f"{len(number)} character{'' if len(number) == 1 else 's'}"
    return words if len(number) == len(text.strip()) else f"{words}, blanks and hyphens not counted,"


def problems(book: Book) -> Iterator[Problem]:
    """P1 for every PAN, and G4 for one that is not the PAN in the GSTIN beside it."""
    for entry in book.entries:
        for names, rule in entry.shape.rules.items():
            if rule == RULE:
                for path, text in texts(entry.fields, names):
                    yield from _of_one(entry, path, text)


def _of_one(entry: Entry, path: Path, text: str) -> Iterator[Problem]:
    pan = compact(text)
    wrong = fault(pan, text)
    damage = in_code(text) if wrong is not None else None
    if damage is not None:
        message = f"the PAN {shown(text)} of {entry.label} is not a PAN: {damage.seen}"
        yield entry.problem(damage.code, message, path, help=damage.help)
    elif pan in NO_NUMBER:
        message = f"the PAN {shown(text)} of {entry.label} stands for no PAN"
        yield entry.problem("P1", message, path, help="leave it empty for a customer or vendor without one")
    elif wrong is not None:
        yield entry.problem(
            "P1",
            f"the PAN {shown(text)} of {entry.label} {_VERDICTS[wrong[1]]}: {wrong[0]}",
            path,
            help="a PAN looks like AAPFU0939F: its fourth letter says what the holder is",
            severity=wrong[1],
        )
    if wrong is None or wrong[1] is Severity.WARNING:
        yield from _disagreement(entry, path, pan)


def _disagreement(entry: Entry, path: Path, pan: str) -> Iterator[Problem]:
    """G4: the GSTIN of a holder of a PAN contains it."""
    for where, text in _beside(entry, path, gstin_forms.RULE):
        inside = gstin_forms.pan_in(compact(text))
        if inside is None or inside == pan:
            continue
        message = f"the PAN {pan} of {entry.label} is not the one in its GSTIN {text}, which is {inside}"
        if gstin_forms.fits(compact(text)) and not _is_wrong(inside):
            help = "characters 3 to 12 of a GSTIN are the PAN of its holder: correct one of the two"
            yield entry.problem("G4", message, path, help=help, related=(entry.place(where),))
            continue
        help = _guess(compact(text), pan)
        message += "; the check character of the GSTIN is wrong as well" if not gstin_forms.fits(compact(text)) else ""
        yield entry.problem("G4", message, where, help=help, related=(entry.place(path),))


def disagrees(entry: Entry, path: Path, gstin: str) -> bool:
    """Whether a well-formed PAN stands beside the GSTIN at ``path``, and the number holds another: G4 says so."""
    inside = gstin_forms.pan_in(compact(gstin))
    beside = (compact(text) for _, text in _beside(entry, path, RULE)) if inside is not None else iter(())
    return any(pan != inside and not _is_wrong(pan) for pan in beside)


def _beside(entry: Entry, path: Path, wanted: str) -> Iterator[tuple[Path, str]]:
    """Each text under the rule ``wanted`` in the object that holds ``path``."""
    for names, rule in entry.shape.rules.items():
        if rule == wanted:
            yield from ((where, text) for where, text in texts(entry.fields, names) if where[:-1] == path[:-1])


def _is_wrong(pan: str) -> bool:
    wrong = fault(pan)
    return wrong is not None and wrong[1] is Severity.ERROR


def _guess(gstin: str, pan: str) -> str:
    """What a number is likely to be that is wrong by itself as well, where the PAN of its holder is known."""
    likely = gstin[:2] + pan + gstin[12:]
    if gstin_forms.fits(likely):
        return f"did you mean {likely}? with that PAN in it, its check character is right"
    return "characters 3 to 12 of a GSTIN are the PAN of its holder: copy both numbers from the certificate"
