"""What only PyYAML's own parser says, which is used where libyaml is missing."""

from __future__ import annotations

import pytest

from importer.manifest.yaml_reader import read_yaml


@pytest.mark.parametrize("escape", ["\\UFFFFFFFF", "\\uD800"])
def test_an_escape_that_names_no_character(escape: str) -> None:
    (problem,) = read_yaml("m.yaml", f'contacts:\n  - {{key: "a{escape}"}}\n', pure=True).problems
    assert (problem.code, problem.message) == ("yaml-syntax", "an escape in this text names no character")
    assert problem.help == "write the character itself"
