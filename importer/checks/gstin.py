"""G1, G2, G3: GST identification numbers. GST rules, section 1.

The check character is python-stdnum's Luhn over 36 characters. Its verdict on the whole number is not used: version
2.2 knows neither Ladakh (38), Other Territory (97) and OIDAR (99), nor the numbers of tax deductors and collectors
and of UN bodies, nor any fourteenth character other than Z.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from importer.checks import pan
from importer.checks.book import Book
from importer.checks.gstin_forms import LENGTH, REGULAR, RULE, Form, check_character, form_of, repaired
from importer.checks.rules import AS_THEY_ARE, Levels
from importer.checks.shape import shown, texts
from importer.checks.states import STATES
from importer.manifest.damage import in_code
from importer.manifest.typed import compact
from importer.model import Problem, Severity

# Daman and Diu, and Andhra Pradesh before its division: numbers are given out under their successors now.
LEGACY: Final[Mapping[str, str]] = MappingProxyType({"25": "26", "28": "37"})
PREFIXES: Final = frozenset({*(state.number for state in STATES), *LEGACY, "99"})  # 99: Centre jurisdiction


class Fault(NamedTuple):
    code: str
    message: str  # goes on behind "the GSTIN 27... of the contact acme"
    help: str
    severity: Severity = Severity.ERROR


def problems(book: Book, levels: Levels = AS_THEY_ARE) -> Iterator[Problem]:
    """G1, G2 and G3, for every field that the schema says holds a GSTIN.

    Where the PAN beside it shows which of its characters are mistyped, G4 says all of it, if ``levels`` leave it be.
    """
    alone = levels.get("G4", Severity.ERROR) is not Severity.ERROR
    for entry in book.entries:
        for names, rule in entry.shape.rules.items():
            if rule == RULE:
                for path, text in texts(entry.fields, names):
                    for fault in faults(text):
                        if alone or not _is_in_the_pan(fault) or not pan.disagrees(entry, path, text):
                            message = f"the GSTIN {shown(text)} of {entry.label} {fault.message}"
                            yield entry.problem(fault.code, message, path, help=fault.help, severity=fault.severity)


def _is_in_the_pan(fault: Fault) -> bool:
    """Whether a mistyped PAN may be all that it is."""
    return fault.severity is Severity.ERROR and fault.code in ("G1", "G2")


def faults(text: str) -> Iterator[Fault]:
    """What is wrong with a number as it was written.

    Of several errors only the first is told, in the order form, state, holder, check character: one mistyped
    character is one mistake, and its check character is wrong besides.
    """
    gstin = compact(text)
    form = form_of(gstin)
    if form is None:
        yield _misshapen(gstin, text)
        return
    error = _error(gstin, form)
    if error is not None:
        yield error
    yield from _oddities(gstin, form)


def stands_for_none(text: str) -> bool:
    """Whether there is no number in its place: a word that says so, or what a spreadsheet has left of one."""
    return compact(text) in pan.NO_NUMBER or (form_of(compact(text)) is None and in_code(text) is not None)


def _misshapen(gstin: str, text: str) -> Fault:
    damage = in_code(text)
    if damage is not None:  # more than a wrong length: what has become of it
        return Fault(damage.code, f"is not a GSTIN: {damage.seen}", damage.help)
    if gstin in pan.NO_NUMBER:
        return Fault("G1", "stands for no GSTIN", "leave it empty for a customer or vendor without one")
    if len(gstin) != LENGTH:
        return Fault("G1", f"has {pan.counted(text)} and not {LENGTH}", _LOOKS_LIKE)
    return Fault("G1", "has not the form of any kind of registration", _guess(gstin) or _LOOKS_LIKE)


def _guess(gstin: str) -> str:
    guess = repaired(gstin)
    return f"did you mean {guess}? zero and O, one and I, two and Z are easily mixed up" if guess else ""


_LOOKS_LIKE: Final = "a GSTIN is two digits of the state, the ten of the PAN, a counter, mostly Z, a check character"


def _error(gstin: str, form: Form) -> Fault | None:
    if form.of_state and gstin[:2] not in PREFIXES:
        help = "the first two digits are the number of a state, 01 to 38 or 97"
        return Fault("G3", f"begins with {gstin[:2]}, which no state has", help)
    holder = pan.fault(gstin[2:12]) if form.holds_pan else None
    if holder is not None and holder[1] is Severity.ERROR:
        return Fault("G1", f"holds no PAN in its characters 3 to 12: {holder[0]}", _LOOKS_LIKE)
    return _wrong_check(gstin, form)


def _wrong_check(gstin: str, form: Form) -> Fault | None:
    expected = check_character(gstin)
    if gstin[14] == expected:
        return None
    return Fault(
        "G2",
        f"ends with {gstin[14]}, but its other characters ask for {expected}",
        _guess(gstin)
        or "one of its characters is mistyped, or it is the placeholder of a template: copy it from the certificate",
        # Nothing at hand proves that the numbers of embassies and of foreigners follow the same formula.
        Severity.ERROR if form.of_state else Severity.WARNING,
    )


def _oddities(gstin: str, form: Form) -> Iterator[Fault]:
    if form.of_state and gstin[:2] in LEGACY:
        yield Fault(
            "G3",
            f"begins with {gstin[:2]}, which is not given out any more",
            f"the present number of the state is {LEGACY[gstin[:2]]}",
            Severity.WARNING,
        )
    if form is REGULAR and gstin[13] != "Z":
        help = "the portal allows it; look whether it is mistyped"
        yield Fault("G1", f"has {gstin[13]} where nearly every one has Z", help, Severity.WARNING)
