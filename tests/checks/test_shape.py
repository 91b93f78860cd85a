from __future__ import annotations

from importer.checks.shape import found, shape_of, shown, texts
from importer.model import Tree

MADE_UP = {
    "x-required": ["date"],
    "properties": {
        "owner": {"x-type": "text", "x-ref": "people"},
        "tip": {"x-type": "money", "x-certainty": "unverified"},
        "parts": {
            "x-certainty": "unverified",
            "items": {
                "x-either": [["a", "b"]],
                "x-required-without": {"rate": ["a"]},
                "properties": {"code": {"x-type": "text", "x-rule": "pan"}},
            },
        },
    },
}


def test_annotations_are_read_at_every_depth() -> None:
    made = shape_of(MADE_UP)
    assert made.refs == {("owner",): "people"}
    assert made.rules == {("parts", "code"): "pan"}
    assert made.unverified == (("tip",), ("parts",))
    assert made.doubtful_amounts == (("tip",),)
    assert [group.path for group in made.groups] == [(), ("parts",)]
    inner = made.group(("parts",))
    assert inner is not None
    assert (inner.either, dict(inner.required_without)) == ((("a", "b"),), {"rate": ("a",)})


def test_values_are_found_in_every_element_and_what_has_another_form_is_passed_over() -> None:
    tree: Tree = {"lines": [{"rate": "1"}, "text", {}, {"rate": ["2"]}]}
    assert list(found(tree, ("lines", "rate"))) == [(("lines", 0, "rate"), "1"), (("lines", 3, "rate"), ["2"])]
    assert list(texts(tree, ("lines", "rate"))) == [(("lines", 0, "rate"), "1")]
    assert list(texts(tree, ("gone", "rate"))) == []


def test_a_value_is_quoted_on_one_line_and_never_at_length() -> None:
    assert shown("a\nb\u200b") == '"a\\u000ab\\u200b"'
    assert len(shown("x" * 10_000)) == 62


def test_a_value_of_an_indian_script_is_quoted_as_it_is_spelled() -> None:
    assert shown("\u0915\u094d\u200d\u0937") == '"\u0915\u094d\u200d\u0937"'
    assert shown("a\u200db") == '"a\\u200db"'
