from __future__ import annotations

from pathlib import Path

import pytest
from report.drawing import Drawn, by_graphviz, by_mermaid

from cli.command import SAMPLES, command, files_below, process

DRAW = {"mermaid": by_mermaid, "dot": by_graphviz}
each_language = pytest.mark.parametrize("language", DRAW)


def drawn(language: str, *arguments: object) -> Drawn:
    ended = command("graph", "--format", language, *arguments)
    assert (ended.code, ended.err) == (0, "")
    return DRAW[language](ended.out)


@each_language
def test_the_quickstart_is_drawn_by_kind(language: str, folder: Path) -> None:
    picture = drawn(language, SAMPLES / "quickstart")
    assert [lines for _, lines in sorted(picture.nodes.items())] == [
        ["contacts: 1"],
        ["items: 1"],
        ["invoices: 1"],
        ["payments: 1"],
        ["credit notes: 1"],
    ]
    assert sorted(picture.edges) == [
        "allocations: 1",
        "applications: 1",
        "contact: 1",
        "customer: 1",
        "customer: 1",
        "invoice: 1",
        "item: 1",
    ]


@each_language
def test_a_day_of_retail_is_drawn_with_counts(language: str, folder: Path) -> None:
    picture = drawn(language, SAMPLES / "online-retail" / "books")
    assert ["invoices: 127"] in picture.nodes.values()
    assert "allocations: 73" in picture.edges


def test_mermaid_is_what_comes_unasked(books: Path) -> None:
    assert command("graph", "books.yaml").out == command("graph", "books.yaml", "--format", "mermaid").out


@each_language
def test_a_key_is_drawn_with_its_neighbours(language: str, books: Path) -> None:
    picture = drawn(language, "books.yaml", "--key", "ORDER-99031")
    assert picture.nodes["n0"] == ["invoice", "ORDER-99031", "2026-05-19"]
    assert ["payment", "UTR-1234567", "2026-05-19, 14,060.00"] in picture.nodes.values()
    assert sorted(picture.edges) == ["allocations", "applications", "customer", "invoice", "item"]


def test_json_has_nodes_and_edges_and_nothing_else_on_stdout(books: Path) -> None:
    value = command("graph", "books.yaml", "--format", "json", "--key", "payments/UTR-1234567").json
    assert value["nodes"][0]["key"] == "UTR-1234567"
    assert {edge["role"] for edge in value["edges"]} == {"contact", "allocations", "customer", "item"}


def test_a_key_of_two_documents_is_wrong_usage_and_both_are_named(folder: Path) -> None:
    (folder / "m.yaml").write_text(
        "contacts: [{key: one, contact_name: One}]\nitems: [{key: one, name: One, rate: 1}]\n", encoding="utf-8"
    )
    ended = command("graph", "m.yaml", "--key", "one")
    assert (ended.code, ended.out) == (2, "")
    assert '"contacts/one" or "items/one"' in ended.err
    assert command("graph", "m.yaml", "--key", "items/one").code == 0


def test_a_key_that_is_not_there_is_wrong_usage_and_the_likest_is_named(books: Path) -> None:
    ended = command("graph", "books.yaml", "--key", "ORDR-99031")
    assert (ended.code, ended.out) == (2, "")
    assert 'Did you mean "invoices/ORDER-99031"?' in ended.err


def test_a_key_like_no_other_is_told_how_to_be_given(books: Path) -> None:
    ended = command("graph", "books.yaml", "--key", "\u202e%%")
    assert (ended.code, ended.out) == (2, "")
    assert "\u202e" not in ended.err
    assert "KIND/KEY" in ended.err


def test_errors_of_the_input_leave_nothing_for_a_program_to_draw(folder: Path) -> None:
    (folder / "m.yaml").write_text("payments: [{key: P, contact: nobody}]\n", encoding="utf-8")
    for language in DRAW:
        ended = command("graph", "m.yaml", "--format", language)
        assert (ended.code, ended.out) == (1, "")
        assert "m.yaml:1:" in ended.err
        assert "error[unresolved-reference]" in ended.err
    ended = command("graph", "m.yaml", "--format", "json")
    assert ended.code == 1
    assert "unresolved-reference" in {problem["code"] for problem in ended.json["problems"]}


def test_a_path_that_is_not_there_is_an_error(folder: Path) -> None:
    assert command("graph", "nowhere.yaml").code == 1


def test_what_only_the_state_knows_is_drawn_as_such(books: Path) -> None:
    assert command("apply", "--yes", "--sandbox", "books.yaml").code == 0
    later = books.parent / "later.yaml"
    later.write_text(
        "invoices: [{key: I-2, customer: acme, date: 2026-06-01, place_of_supply: IN-KA, "
        "line_items: [{name: Work, quantity: 1, rate: 5}]}]\n",
        encoding="utf-8",
    )
    assert command("graph", "later.yaml").code == 1
    picture = drawn("mermaid", "later.yaml", "--state", "finzbooks.sandbox.state.db")
    assert sorted(picture.nodes.values()) == [["contacts: 1 in the state"], ["invoices: 1"]]
    around = drawn("dot", "later.yaml", "--state", "finzbooks.sandbox.state.db", "--key", "acme")
    assert around.nodes["n0"] == ["contact", "acme", "in the state"]
    assert around.nodes["n1"][:2] == ["invoice", "I-2"]


@each_language
def test_where_the_output_has_a_code_page_it_is_ascii_and_means_the_same(language: str, folder: Path) -> None:
    key = "Jürgen हिन्दी"
    (folder / "m.yaml").write_text(f"contacts: [{{key: {key}, contact_name: J}}]\n", encoding="utf-8")
    ended = process(
        "graph", "m.yaml", "--key", f"contacts/{key}", "--format", language,
        env={"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "1"}, folder=folder,
    )  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.isascii()
    assert DRAW[language](ended.out).nodes == {"n0": ["contact", key]}


def test_nothing_is_written(books: Path) -> None:
    before = files_below(books.parent)
    assert command("graph", "books.yaml").code == 0
    assert files_below(books.parent) == before


def test_of_three_thousand_invoices_the_first_are_shown_and_the_others_counted(folder: Path) -> None:
    rows = "".join(f"I-{number},acme,2026-05-19,IN-KA,Work,1,5\n" for number in range(3000))
    header = "key,customer,date,place_of_supply,line_items.name,line_items.quantity,line_items.rate\n"
    (folder / "invoices.csv").write_text(header + rows, encoding="utf-8")
    (folder / "contacts.csv").write_text("key,contact_name\nacme,Acme\n", encoding="utf-8")
    nodes = command("graph", ".", "--key", "contacts/acme", "--format", "json").json["nodes"]
    assert [node["key"] for node in nodes[:2]] == ["acme", "I-0"]
    assert len(nodes) == 60
    assert (nodes[-1]["rest"], nodes[-1]["documents"]) == (True, 2942)
