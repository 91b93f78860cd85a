"""What a plan prints of names that the organisation does not have, kept as the other problems are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from importer.manifest import SourceFile, read, with_excerpts
from importer.plan.names import Names, unknown_names
from importer.report.problems import problem_lines
from importer.report.style import Style

FOLDER: Final = Path(__file__).parent / "small_organisations"
GIVEN: Final = FOLDER / "books.yaml"

_RATES: Final = ("GST 0%", "GST 0.25%", "GST 3%", "GST 5%", "GST 12%", "GST 18%", "IGST 18%", "Cess 12%", "No tax")
_TAXES: Final = tuple({"tax_id": f"tx_{at}", "name": name} for at, name in enumerate(_RATES))
_LISTS: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "taxes": (*_TAXES, {"tax_id": "tx_old", "name": "GST 5%"}),
    "accounts": ({"account_id": "acc_1", "code": "4010", "name": "Sale of goods"},),
    "branches": ({"branch_id": "br_1", "code": "HQ", "name": "Head Office"},),
    "bank_accounts": (
        {"account_id": "acc_2", "code": "1010", "name": "HDFC Current"},
        {"account_id": "acc_3", "code": "1020", "name": "Cash"},
    ),
}
# An organisation, and the file that says what is printed of the manifest for it.
ORGANISATIONS: Final[dict[str, Names]] = {
    "of-many-lists": Names(_LISTS),
    "without-a-bank": Names({**_LISTS, "bank_accounts": ()}),
}


def kept(name: str) -> Path:
    return FOLDER / f"{name}.expected"


def printed(name: str) -> str:
    """What is printed of the manifest for one of the organisations."""
    text = GIVEN.read_text("utf-8")
    manifest = read([SourceFile(GIVEN.name, text.encode())])
    problems = [*manifest.problems, *unknown_names(manifest.documents, ORGANISATIONS[name])]
    shown = with_excerpts(problems, {GIVEN.name: text})
    return "".join(f"{line}\n" for line in problem_lines(shown, Style()))
