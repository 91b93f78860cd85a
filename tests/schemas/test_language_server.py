"""The schemas in an editor: what a YAML language server marks, offers and shows.

Runs where ``FINZ_YAML_SERVER`` names the start script of a server (``npm install yaml-language-server`` puts it at
``node_modules/yaml-language-server/bin/yaml-language-server``); tried with 1.25.0. In ``text``, ``|`` is the cursor.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from importer.kinds import KINDS
from schemas.editor import Editor

ROOT: Final = Path(__file__).parents[2]
SERVER: Final = os.environ.get("FINZ_YAML_SERVER", "")
MANIFEST: Final = "# yaml-language-server: $schema=schemas/manifest.schema.json\n"
PROJECT: Final = "# yaml-language-server: $schema=schemas/project.schema.json\n"
SAMPLES: Final = sorted((ROOT / "samples").glob("**/*.yaml"))
numbers: Final = count()

pytestmark = pytest.mark.skipif(not SERVER, reason="FINZ_YAML_SERVER names no YAML language server")


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    running = Editor(["node", SERVER, "--stdio"])
    yield running
    running.close()


def somewhere() -> Path:
    """A file that the server has not seen yet. It lies beside ``schemas``, and nowhere at all on the disk."""
    return ROOT / f"unsaved-{next(numbers)}.yaml"


def marked(editor: Editor, text: str, head: str = MANIFEST) -> list[tuple[int, str, str]]:
    """Line (the first after the head is 1), what is underlined, and the message, in the order of the lines."""
    lines = (head + text).splitlines()
    found = []
    for problem in editor.diagnostics(somewhere(), head + text):
        start, end = problem["range"]["start"], problem["range"]["end"]
        line = start["line"]
        found.append((line, lines[line][start["character"] : end["character"]], problem["message"]))
    return sorted(found)


def offered(editor: Editor, text: str, head: str = MANIFEST) -> dict[str, str]:
    """Label -> what is written when it is chosen. A label that is offered twice would be a fault of its own."""
    items = editor.completion(somewhere(), head + text)
    made = {item["label"]: item["textEdit"]["newText"] for item in items}
    assert len(made) == len(items), [item["label"] for item in items]
    return made


def shown(editor: Editor, text: str, head: str = MANIFEST) -> str:
    return editor.hover(somewhere(), head + text)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_sample_is_clean_by_its_own_modeline(editor: Editor, path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=")
    assert editor.diagnostics(path, text) == []
    assert editor.diagnostics(path.with_name("other.yaml"), f"{text}\nbils: []\n")  # the modeline is heeded


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 5


@pytest.mark.parametrize(
    "entry",
    [
        "items: [{key: no, sku: 1e5, hsn_sac: 0402}]",
        "contacts: [{key: 12:30, contact_name: yes, phone: 0x1F, gst_no: 27E1234, billing_address: {zip: 012345}}]",
        "invoices: [{key: 2026-05-19, date: 2026-05-19, auto_approve: true, line_items: [{quantity: 1.5}]}]",
        "invoices: [{key: 7, round_off: -0.40, due_date:, notes: ~}]",
        "contacts:\n  - &first {key: a, contact_type: BOTH}\n  - {<<: *first, key: b}\n  - <<: *first\n    key: c",
        "version: 1",
    ],
)
def test_what_the_importer_takes_unquoted_is_clean(editor: Editor, entry: str) -> None:
    assert marked(editor, entry + "\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bills: []\n", (1, "bills", "Property bills is not allowed.")),
        ("invoices:\n  - key: A\n    custmer: x\n", (3, "custmer", "Property custmer is not allowed.")),
        ("contacts:\n  - contact_name: A\n", (2, "c", 'Missing property "key".')),
        ("contacts: {}\n", (1, "{}", "Incorrect type. Expected one of array, null.")),
        (
            "contacts:\n  - {key: A, contact_type: customer}\n",
            (2, "customer", 'Value is not accepted. Valid values: "CUSTOMER", "VENDOR", "BOTH", null.'),
        ),
        (
            "payments:\n  - {key: A, date: 19-05-2026}\n",
            (2, "19-05-2026", "Write YYYY-MM-DD, such as 2026-05-19."),
        ),
        ("payments:\n  - {key: A, date: 20260519}\n", (2, "20260519", "Write YYYY-MM-DD, such as 2026-05-19.")),
        (
            'payments:\n  - {key: A, amount: "1,000"}\n',
            (2, '"1,000"', "Write plain digits with at most two decimals, not negative, such as 1234.50."),
        ),
        ("payments:\n  - {key: A, amount: -1}\n", (2, "-1", "Value is below the minimum of 0.")),
        (
            "contacts:\n  - {key: A, gst_treatment: a b}\n",
            (2, "a b", "Write one word in capital letters, such as REGISTERED."),
        ),
        ("invoices:\n  - key: A\n    auto_approve: yes\n", (3, "yes", "Write true or false, in small letters.")),
        (
            "items:\n  - key: A\n    hsn_or_sac: 04A\n",
            (3, "04A", "Write two to eight digits, leading zeros kept, such as 0402."),
        ),
    ],
)
def test_a_mistake_is_marked_at_its_place(editor: Editor, text: str, expected: tuple[int, str, str]) -> None:
    assert marked(editor, text) == [expected]


def test_mistakes_of_a_project_file_are_marked(editor: Editor) -> None:
    found = marked(editor, "orgid: x\nrules:\n  G2: loud\n", PROJECT)
    assert [(line, text) for line, text, _ in found] == [(1, "orgid"), (3, "loud")]


def test_each_document_of_a_file_needs_a_modeline_of_its_own(editor: Editor) -> None:
    assert marked(editor, "contacts: []\n---\nbils: []\n") == []
    assert [text for _, text, _ in marked(editor, f"contacts: []\n---\n{MANIFEST}bils: []\n")] == ["bils"]


def test_the_sections_are_offered_where_a_manifest_begins(editor: Editor) -> None:
    found = offered(editor, "|")
    assert list(found) == ["version", "defaults", *KINDS]
    assert found["invoices"] == "invoices:\n  - "


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_document_is_offered_where_a_section_begins(editor: Editor, kind: str) -> None:
    name = f"new {KINDS[kind].label}"
    at_the_dash = offered(editor, f"{kind}:\n  - |")[name]
    assert at_the_dash.startswith("key: ${1:")
    assert offered(editor, f"{kind}:\n  - key: A\n  - |")[name] == at_the_dash
    assert offered(editor, f"{kind}:\n  |")[name] == "- " + at_the_dash
    assert offered(editor, f"{kind}: |")[name].startswith("\n  - key: ${1:")


def test_the_fields_that_are_not_there_yet_are_offered(editor: Editor) -> None:
    found = offered(editor, "invoices:\n  - key: A\n    date: 2026-05-19\n    |")
    assert {"customer", "place_of_supply", "line_items", "round_off"} <= found.keys()
    assert not {"key", "date"} & found.keys()
    assert found["customer"] == "customer: ${1:acme}"
    assert found["line_items"] == "line_items:\n  - "


def test_one_spelling_of_a_field_is_offered(editor: Editor) -> None:
    found = offered(editor, "items:\n  - key: A\n    |")
    assert {"name", "type", "hsn_sac", "purchase_rate"} <= found.keys()
    assert not {"item_name", "item_type", "hsn_or_sac", "purchase_price"} & found.keys()


def test_a_line_is_offered_in_an_invoice_and_not_in_its_defaults(editor: Editor) -> None:
    assert offered(editor, "invoices:\n  - key: A\n    line_items:\n      - |")["new line"].startswith("item: ${1:")
    assert offered(editor, "invoices:\n  - key: A\n    line_items: |")["new line"].startswith("\n  - item: ${1:")
    in_defaults = offered(editor, "defaults:\n  invoices:\n    line_items:\n      |")
    assert "tax" in in_defaults and "new line" not in in_defaults


def test_an_address_is_offered_as_a_mapping(editor: Editor) -> None:
    assert offered(editor, "contacts:\n  - key: A\n    |")["billing_address"] == "billing_address:\n  "
    fields = offered(editor, "contacts:\n  - key: A\n    billing_address:\n      |")
    assert list(fields) == ["address", "city", "state_code", "zip", "country"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("contacts:\n  - key: A\n    contact_type: |", {"CUSTOMER", "VENDOR", "BOTH"}),
        ("contacts:\n  - {key: A, contact_type: |}", {"CUSTOMER", "VENDOR", "BOTH"}),
        ("payments:\n  - key: A\n    mode: |", {"CASH", "BANK_TRANSFER", "CHEQUE", "UPI", "CARD", "OTHER"}),
        ("invoices:\n  - key: A\n    auto_approve: |", {"true", "false"}),
    ],
)
def test_the_values_of_a_field_are_offered(editor: Editor, text: str, values: set[str]) -> None:
    assert offered(editor, text).keys() - {"null"} == values


def test_a_state_is_found_by_its_name_and_written_as_its_code(editor: Editor) -> None:
    for text in ("invoices:\n  - key: A\n    place_of_supply: |", "contacts:\n  - key: A\n    place_of_contact: |"):
        assert offered(editor, text)["IN-TN Tamil Nadu"] == "IN-TN"


def test_nothing_that_is_offered_is_the_inside_of_a_program(editor: Editor) -> None:
    places = [
        "defaults: |",
        "contacts: |",
        "contacts:\n  - key: A\n    billing_address: |",
        "invoices:\n  - key: A\n    |",
    ]
    for text in places:
        for label, written in offered(editor, text).items():
            assert "[object" not in label + written, (text, label, written)


def test_the_fields_of_a_project_file_are_offered(editor: Editor) -> None:
    sections = ["version", "org_id", "state", "include", "defaults", "rules", "allow_unverified"]
    assert list(offered(editor, "|", PROJECT)) == sections
    assert "warning" in offered(editor, "rules:\n  G2: |", PROJECT)
    assert "invoices.line_items.discount" in offered(editor, "allow_unverified:\n  - |", PROJECT)
    assert "place_of_supply" in offered(editor, "defaults:\n  invoices:\n    |", PROJECT)
    assert "[object Object]" not in offered(editor, "rules: |", PROJECT)


def test_a_field_is_explained_with_its_meaning_its_form_and_its_source(editor: Editor) -> None:
    text = shown(editor, "invoices:\n  - key: A\n    round|_off: 0\n")
    assert "#### Round-off\n" in text
    assert "What is added so that the total comes out round" in text
    assert "Written as plain digits with at most two decimals, a minus sign in front if negative" in text
    assert "Documented on https://developers.finzbooks.com/docs/reference/invoices." in text
    assert "0.40" in text.partition("Example:")[2]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("contacts:\n  - key: A\n    gst|_no: x\n", "GSTIN"),
        ("contacts:\n  - key: A\n    billing_address:\n      zi|p: 560001\n", "PIN code"),
        ("contacts:\n  - key: A\n    billing_add|ress:\n      zip: 560001\n", "Billing address"),
        ("contacts:\n  - key: A\n    contact|_type: BOTH\n", "Type"),
        ("invoices:\n  - key: A\n    line_items:\n      - ra|te: 1\n", "Rate"),
        ("items:\n  - key: A\n    hsn|_or_sac: 0402\n", "HSN or SAC"),
        ("invo|ices:\n  - key: A\n", "Invoices"),
        ("defaults:\n  invo|ices:\n    tags: []\n", "Defaults of invoices"),
    ],
)
def test_hover_shows_the_field_and_not_its_type(editor: Editor, text: str, title: str) -> None:
    assert shown(editor, text).startswith(f"#### {title}\n")


def test_a_rule_of_the_project_file_is_explained(editor: Editor) -> None:
    assert "check character of a GSTIN" in shown(editor, "rules:\n  G|2: off\n", PROJECT)
