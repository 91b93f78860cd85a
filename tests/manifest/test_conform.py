from __future__ import annotations

import pytest

from importer.manifest import conform as module
from importer.manifest.conform import conform
from importer.model import Document, Path, Place, Problem, Tree


class Spots:
    """Places that say what they were asked for."""

    def at(self, path: Path, *, of_key: bool = False) -> Place:
        return Place("/".join(map(str, path)), 1, 1 + of_key)


def checked(kind: str, fields: dict[str, Tree], *, pure: bool = False) -> list[Problem]:
    return conform(Document(kind, "a", {"key": "a", **fields}, "f", 0, Spots()), pure=pure)


def one(kind: str, name: str, value: Tree) -> Problem:
    problems = checked(kind, {name: value})
    assert len(problems) == 1, problems
    assert problems[0].pointer == f"/{kind}/0/{name}"
    return problems[0]


PLAIN = "write plain digits, as in 1234.50"
AMOUNTS = {
    "1e5": ("it has an exponent", PLAIN),
    "1.5E+3": ("it has an exponent", PLAIN),
    "NaN": ("it is no finite number", PLAIN),
    "-Infinity": ("it is no finite number", PLAIN),
    "0x1F": ("it is not decimal", PLAIN),
    "1_000": ("it has underscores", PLAIN),
    "-5": ("it is negative", "only zero and above can stand here; what is given back is a credit note, or a payment"),
    "+5": ("it has a plus sign", PLAIN),
    "1.005": ("it has 3 decimals", "at most 2 decimals are taken"),
    "12345678901234": ("it has too many digits", "at most 13 digits before the point are taken"),
    "१२": ("its digits are of another script", PLAIN),
    ".5": ("there is no digit beside the point", PLAIN),
    "5.": ("there is no digit beside the point", PLAIN),
    " 5": ("there are blanks around it", "write plain digits, as in 5"),
    "5\n": ("there are blanks around it", "write plain digits, as in 5"),
    "": ("it is blank", PLAIN),
    "lots": ("", PLAIN),
}


@pytest.mark.parametrize(("text", "seen", "help"), [(text, *said) for text, said in AMOUNTS.items()])
def test_what_is_no_amount_is_said_to_be_what_it_is(text: str, seen: str, help: str) -> None:
    problem = one("payments", "amount", text)
    assert problem.code == "not-an-amount"
    assert problem.message.endswith(f"is not an amount: {seen}" if seen else "is not an amount")
    assert problem.help.startswith(help)


def test_a_number_with_separators_is_shown_without_them() -> None:
    assert one("payments", "amount", "1,23,456.00").code == "thousands-separator"
    assert one("payments", "amount", "1,23,456.00").help == "write plain digits, as in 123456.00"


@pytest.mark.parametrize("text", ["0", "5", "1234.5", "1234.50", "0.05"])
def test_plain_digits_are_amounts(text: str) -> None:
    assert checked("payments", {"amount": text}) == []


def test_a_minus_sign_stands_only_where_the_schema_allows_one() -> None:
    assert checked("invoices", {"round_off": "-0.40"}) == []
    assert one("items", "rate", "-0.40").message.endswith("it is negative")


VALUES = [
    ("contacts", "payment_terms", "1.5", "not-an-integer"),
    ("items", "rate", "1e5", "not-a-number"),
    ("invoices", "auto_approve", "yes", "not-a-boolean"),
    ("invoices", "auto_approve", "True", "not-a-boolean"),
    ("invoices", "date", "2026-02-30", "not-a-date"),
    ("invoices", "date", "2026-13-01", "not-a-date"),
    ("invoices", "date", "0000-01-01", "not-a-date"),
    ("invoices", "date", "19/05/2026", "local-date"),
    ("invoices", "date", "2026-05-19T00:00:00", "date-with-time"),
    ("invoices", "date", "46161", "excel-serial-date"),
    ("invoices", "date", "2026-5-9", "local-date"),
    ("invoices", "date", "2026-05-19\n", "not-a-date"),
    ("invoices", "currency_code", "rupees", "bad-format"),
    ("items", "hsn_sac", "12\n", "bad-format"),
    ("items", "hsn_sac", "१२", "bad-format"),
    ("payments", "mode", "bank transfer", "not-one-of"),
    ("payments", "mode", ["CASH"], "wrong-type"),
    ("payments", "amount", ["1"], "wrong-type"),
    ("payments", "allocations", "text", "wrong-type"),
    ("payments", "allocations", {"amount": "1"}, "wrong-type"),
    ("contacts", "billing_address", "text", "wrong-type"),
    ("contacts", "billing_address", ["text"], "wrong-type"),
    ("contacts", "phone", {"a": "b"}, "wrong-type"),
    ("invoices", "line_items", [], "too-few-entries"),
    ("contacts", "contact_name", "x" * 256, "too-long"),
    ("contacts", "contact_name", "", "too-short"),
    ("contacts", "key", "x" * 129, "too-long"),
    ("contacts", "key", "", "missing-key"),
    ("contacts", "key", ["a"], "wrong-type"),
]


@pytest.mark.parametrize(("kind", "name", "value", "code"), VALUES)
def test_a_value_of_the_wrong_form_has_a_stable_code(kind: str, name: str, value: Tree, code: str) -> None:
    assert one(kind, name, value).code == code


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-02-30", "there is no such day"),
        ("19/05/2026", "it does not begin with the year"),
        ("2026-05-19T00:00:00", "it has a time of day"),
        ("46161", "spreadsheet"),
        ("2026/05/19", "two hyphens"),
    ],
)
def test_what_is_no_date_is_said_to_be_what_it_is(text: str, words: str) -> None:
    assert words in one("invoices", "date", text).message


def test_a_word_that_is_not_allowed_is_answered_with_the_nearest_or_with_all() -> None:
    assert one("payments", "mode", "bank transfer").help == "did you mean `BANK_TRANSFER`?"
    assert one("payments", "flow", "x").help == "write one of INCOMING, OUTGOING"


@pytest.mark.parametrize(
    ("kind", "fields", "code", "path", "help"),
    [
        ("contacts", {"fone": "1"}, "unknown-field", "fone", "did you mean `phone`?"),
        ("contacts", {"contact-name": "1"}, "unknown-field", "contact-name", "did you mean `contact_name`?"),
        ("contacts", {"xyzzy": "1"}, "unknown-field", "xyzzy", ""),
        ("contacts", {"x" * 5000: "1"}, "unknown-field", "x" * 5000, ""),
        ("invoices", {"quantity": "1"}, "unknown-field", "quantity", "it is a field of `line_items`"),
        ("invoices", {"line_items": [{}, {"qantity": "1"}]}, "unknown-field", "line_items/1/qantity", "quantity"),
        ("contacts", {"billing_address": {"town": "x", "zipp": "1"}}, "unknown-field", "billing_address/town", ""),
        ("items", {"name": "x", "item_name": "y"}, "both-spellings", "item_name", "give it once"),
    ],
)
def test_an_unknown_field_is_reported_at_its_name(
    kind: str, fields: dict[str, Tree], code: str, path: str, help: str
) -> None:
    problem = checked(kind, fields)[0]
    assert (problem.code, problem.place) == (code, Place(path, 1, 2))
    assert help in problem.help


def test_a_document_without_key_is_a_problem_of_the_whole() -> None:
    (problem,) = conform(Document("contacts", "", {"contact_name": "x"}, "f", 0, Spots()))
    assert (problem.code, problem.place) == ("missing-key", Place("", 1, 1))


BAD = [(kind, {name: value}) for kind, name, value, _ in VALUES] + [
    *(("payments", {"amount": text}) for text in AMOUNTS),
    ("contacts", {"a": "1", "b": "2", "billing_address": {"c": "3", "zip": ["1"]}}),
    ("invoices", {"line_items": [{"rate": "x", "y": "z"}, "text", ["u"]], "date": "no", "tags": ["", {"a": "b"}]}),
    ("items", {"name": "x", "item_name": "y", "rate": [{}]}),
    ("contacts", {"key": "x" * 128, "contact_name": "\U0001f600" * 255, "phone": "\ue000"}),
]


@pytest.mark.parametrize(("kind", "fields"), BAD)
def test_both_validators_lead_to_the_same_problems(kind: str, fields: dict[str, Tree]) -> None:
    fast, pure = checked(kind, fields), checked(kind, fields, pure=True)
    assert sorted(map(repr, fast)) == sorted(map(repr, pure))


def test_jsonschema_steps_in_where_its_faster_sibling_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HAS_RUST", False)
    monkeypatch.setattr(module, "validator", module.validator.__wrapped__)
    assert checked("items", {"hsn_sac": "12\n"})[0].code == "bad-format"


def test_the_form_of_a_field_with_a_rule_of_its_own_is_left_to_that_rule() -> None:
    assert checked("invoices", {"place_of_supply": "KA"}) == []
    assert [one.code for one in checked("invoices", {"place_of_supply": ["KA"]})] == ["wrong-type"]
