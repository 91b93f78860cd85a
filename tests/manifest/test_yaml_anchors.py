from __future__ import annotations

import time

import pytest

from importer.manifest.yaml_nodes import MAX_DEPTH
from manifest.texts import at, codes, document, only, yaml_file

PARSERS = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])


@PARSERS
def test_an_alias_repeats_what_its_anchor_names(pure: bool) -> None:
    text = "contacts:\n  - key: a\n    billing_address: &home {city: Pune, zip: ~}\n    shipping_address: *home\n"
    one = document(yaml_file(text, pure=pure))
    assert one.fields["shipping_address"] == {"city": "Pune"}
    assert at(text, one.place(("shipping_address", "city"))) == "Pune"
    assert one.place(("shipping_address",), of_key=True).line == 4
    assert one.fields["shipping_address"] is not one.fields["billing_address"]


@PARSERS
def test_an_alias_of_nothing_is_not_given(pure: bool) -> None:
    one = document(yaml_file("contacts: [{key: &k a, email: &n , phone: *n, notes: *k}]".replace(", notes: *k", "")))
    assert one.fields == {"key": "a"}


@PARSERS
def test_own_fields_win_over_merged_ones_and_earlier_over_later(pure: bool) -> None:
    text = """\
        contacts:
          - &one {key: a, phone: 1, email: 1, website: 1}
          - &two {key: b, phone: 2, pan: 2, company_name: 2}
          - <<: [*one, *two]
            key: c
            email: 3
            company_name: ~
          - {key: d, <<: {phone: 4, pan: 4}}
          - {<<: *one, key: e}
        """
    manifest = yaml_file(text, pure=pure)
    assert manifest.problems == ()
    third, fourth, fifth = manifest.documents[2:]
    assert third.fields == {"key": "c", "email": "3", "phone": "1", "website": "1", "pan": "2"}
    assert fourth.fields == {"key": "d", "phone": "4", "pan": "4"}
    assert fifth.fields == {"key": "e", "phone": "1", "email": "1", "website": "1"}
    assert third.place(("pan",)).line == 3
    assert third.place(("website",), of_key=True).line == 2
    assert third.place(("email",)).line == 6


@PARSERS
def test_sections_may_be_merged_and_be_aliases(pure: bool) -> None:
    text = "contacts: &all\n  - key: a\n---\n<<: {items: [{key: b}], contacts: [{key: x}]}\ncontacts: [{key: c}]\n"
    manifest = yaml_file(text, pure=pure)
    assert [str(one.ref) for one in manifest.documents] == ["contacts/a", "contacts/c", "items/b"]
    assert manifest.documents[2].place(("key",)).line == 4
    assert manifest.documents[2].place(("key",)).column == 20


@PARSERS
def test_a_quoted_merge_key_is_a_field_like_any_other(pure: bool) -> None:
    assert codes(yaml_file('contacts: [{key: a, "<<": b}]', pure=pure)) == ["unknown-field"]


@PARSERS
@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("{key: a, phone: *gone}", "unknown-anchor"),
        ("&me {key: a, billing_address: *me}", "recursive-alias"),
        ("{key: a, <<: text}", "bad-merge"),
        ("{key: a, <<: [{phone: 1}, text]}", "bad-merge"),
        ("{key: a, <<: {}, <<: {}}", "repeated-field"),
    ],
)
def test_an_alias_that_leads_nowhere_is_a_problem(entry: str, code: str, pure: bool) -> None:
    manifest = yaml_file(f"contacts:\n  - {entry}\n  - key: b\n", pure=pure)
    assert only(manifest).code == code
    assert [one.key for one in manifest.documents] == ["a", "b"]


@PARSERS
def test_anchors_end_with_their_yaml_document(pure: bool) -> None:
    text = "contacts: [{key: &x a}]\n---\nitems: [{key: b, sku: *x}]\n"
    assert codes(yaml_file(text, pure=pure)) == ["unknown-anchor"]


@PARSERS
def test_an_alias_bomb_is_refused_at_once(pure: bool) -> None:
    lines = ["contacts:", "- a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    before = time.perf_counter()
    assert codes(yaml_file("\n".join(lines), pure=pure)) == ["alias-bomb"]
    assert time.perf_counter() - before < 2


@PARSERS
def test_a_bomb_of_merge_keys_is_refused_at_once(pure: bool) -> None:
    lines = ["contacts:", "- &a0 {" + ", ".join(f"f{n}: {{g: 1}}" for n in range(100)) + "}"]
    lines += [f"- &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 100)}], n{n}: *a{n - 1}}}" for n in range(1, 40)]
    before = time.perf_counter()
    assert "alias-bomb" in codes(yaml_file("\n".join(lines), pure=pure))
    assert time.perf_counter() - before < 4


@PARSERS
def test_honest_use_of_aliases_is_no_bomb(pure: bool) -> None:
    shared = ", ".join(f"{name}: shared" for name in ("phone", "email", "website", "pan", "legal_name", "company_name"))
    count = 300 if pure else 5000
    lines = ["contacts:", f"- &base {{key: a, {shared}}}", *(f"- {{<<: *base, key: k{n}}}" for n in range(count))]
    manifest = yaml_file("\n".join(lines), pure=pure)
    assert manifest.problems == ()
    assert len(manifest.documents) == count + 1


@PARSERS
@pytest.mark.parametrize("opening", ["[", "{a: ", "\n- "], ids=["lists", "mappings", "lines"])
def test_twenty_thousand_levels_are_refused_at_once(opening: str, pure: bool) -> None:
    text = "contacts: " + opening * 20_000
    if opening.startswith("\n"):
        text = "contacts:" + "".join(f"\n{' ' * depth}-" for depth in range(1000))
    before = time.perf_counter()
    assert codes(yaml_file(text, pure=pure)) == ["too-deep"]
    assert time.perf_counter() - before < 2


@PARSERS
@pytest.mark.parametrize("opening", ["[", "{", "{a: ", "- ", "? ", '["[", ['])
def test_the_first_level_that_is_too_deep_is_named_however_far_the_parser_looks_ahead(opening: str, pure: bool) -> None:
    head = "contacts:\n - {key: a}\n - "
    manifest = yaml_file(head + opening * 2_000, pure=pure)
    (found,) = [one.place for one in manifest.problems if one.code == "too-deep"]
    levels = 2 if '"' in opening else 1  # of one opening; two levels stand above
    assert found is not None
    assert (found.line, found.column) == (3, len(" - ") + (MAX_DEPTH - 2) // levels * len(opening) + 1)
    assert [one.key for one in manifest.documents] == ["a"]


@PARSERS
@pytest.mark.parametrize("begin", ["[1}", "[1, ]]", "[&a &b c, ", "[*a *b, ", "[!<x y, ", "[%, "])
def test_what_is_wrong_in_front_of_a_thousand_brackets_is_told_and_not_them(begin: str, pure: bool) -> None:
    problems = yaml_file(f"contacts:\n - {begin}{'[' * 2_000}", pure=pure).problems
    (found,) = [one.place for one in problems if one.code in ("yaml-syntax", "too-deep")]
    assert found is not None
    assert found.column <= len(f" - {begin}") + 1
    assert "too-deep" not in {one.code for one in problems}


def nested(levels: int) -> str:
    """An entry of ``levels`` levels: its section is at 2, itself at 3."""
    return "{a: " * (levels - 3) + "{}" + "}" * (levels - 3)


def test_the_deepest_allowed_nesting_is_read_and_one_more_is_not() -> None:
    assert codes(yaml_file(f"contacts: [{nested(MAX_DEPTH)}]")) == ["missing-key", "unknown-field"]
    assert codes(yaml_file(f"contacts: [{nested(MAX_DEPTH + 1)}]")) == ["too-deep"]


def test_aliases_cannot_nest_deeper_than_brackets() -> None:
    text = f"contacts:\n- a: &a {nested(40)}\n- b: {{b: {{b: {{b: {{b: &b {{a: *a}}}}}}}}}}\n- c: *b\n"
    assert "too-deep" not in codes(yaml_file(text))
    text = f"contacts:\n- a: &a {nested(40)}\n- {'{b: ' * 30}*a{'}' * 30}\n"
    assert codes(yaml_file(text))[-1] == "too-deep"
