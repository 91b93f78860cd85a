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
        "C1": "A credit note is of the customer of its invoice, not older than it, and not worth more.",
        "C2": "A note that lowers GST comes by 30 November after the financial year of its invoice.",
        "C3": "A note that lowers GST names the invoice that it belongs to.",
        "D1": "There is no GST on a document from before 1 July 2017.",
        "D2": "A date is not in the future, not due before it is issued, and not paid before it is invoiced.",
        "G1": "A GSTIN has the form of a kind of registration.",
        "G2": "The check character of a GSTIN agrees with the other fourteen.",
        "G3": "A GSTIN begins with the number of a state.",
        "G4": "The PAN of a contact is the one in its GSTIN.",
        "G5": "A GSTIN is of the state where the contact is said to be.",
        "G6": "A contact that is registered has a GSTIN, and one that is not has none.",
        "G8": "One GSTIN stands on one document; branches of a firm may share it.",
        "H1": "An HSN has 2, 4, 6 or 8 digits, and a SAC has 6.",
        "H3": "The code of a service begins with 99, and that of goods does not.",
        "M3": "A round-off is at most half a rupee, or at the very most one.",
        "N1": "An own number has at most 16 characters: letters, digits, hyphen and slash.",
        "N2": "A number begins with a letter or with a digit from 1 to 9, as e-invoices ask for.",
        "N3": "A number is used once in a financial year, whatever its upper and lower case.",
        "N4": "A number is not used in two financial years with other upper and lower case.",
        "P1": "A PAN has its form, and its fourth letter stands for a kind of holder.",
        "R3": "The reference of a payment stands on one payment, and has the form of its way of paying.",
        "T4": "A rate of GST was in force on the date of its document, or of the invoice of a note.",
    }
)

# Rules of the same section that nothing in a manifest can keep or break, each with the reason; the docs show them.
NOT_APPLICABLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "G7": "Only the GST portal knows whether a GSTIN is active and whose it is, and validate asks nobody.",
        "H2": "How many digits a code needs follows from the turnover of the year before, which no manifest states.",
        "M1": "A document has no field for its total, so there is nothing to compare lines, taxes and round-off with.",
        "R2": "What the API makes of `tds_amount` is not documented: it is refused, unless a project vouches for it.",
        "T1": "The seller's state is that of the organisation or its branch, which no manifest states, and FinzBooks "
        "itself makes IGST or CGST with SGST of the one tax that a line names.",
        "T2": "A document names a tax; FinzBooks itself splits it into CGST and SGST, and no field holds the halves.",
        "T3": "A line takes one tax, and FinzBooks makes IGST or CGST with SGST of it: no line can hold both.",
        "T5": "Which taxes the organisation has is known only online: a plan looks each up, and refuses a name "
        "that is not there.",
        "T6": "No field says that a sale is under reverse charge; where its tax is of that shape, FinzBooks knows.",
        "T7": "FinzBooks chooses between IGST and CGST with SGST, and the API documents neither a treatment for SEZ "
        "nor a place of supply abroad.",
    }
)

# Rules of the same section that the contract of the manifest keeps, under codes that cannot be switched.
BY_CONTRACT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "M2": ("not-an-amount",),
        "R1": ("allocations-exceed-payment", "allocations-exceed-invoice", "applications-exceed-note"),
        "S1": ("S1",),
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


def strictly(problems: Iterable[Problem]) -> Iterator[Problem]:
    """``problems`` with every warning an error, whatever it is about; what only informs stays as it is."""
    for problem in problems:
        warns = problem.severity is Severity.WARNING
        yield replace(problem, severity=Severity.ERROR) if warns else problem
