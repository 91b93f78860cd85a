"""The command over whatever is given: it ends with 0 or 1 and says why, in each format, never with a traceback."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cli.command import command
from hypothesis import given
from hypothesis import strategies as st

from hostile.inputs import CSV_BYTES, MANIFESTS, YAML_BYTES, as_flow, many
from importer.kinds import KINDS

FORMATS = ("text", "json", "github")


def ends_well(name: str, data: bytes, format: str) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(data)
        ended = command("validate", "--format", format, file)
        if format == "json":
            severities = {one["severity"] for one in ended.json["problems"]}
        else:
            mark = "error[" if format == "text" else "::error "
            severities = {"error"} if mark in ended.out else set()
        assert ended.code == (1 if "error" in severities else 0)


@many
@given(YAML_BYTES | MANIFESTS.map(as_flow), st.sampled_from(FORMATS))
def test_a_yaml_file(data: bytes, format: str) -> None:
    ends_well("m.yaml", data, format)


@many
@given(CSV_BYTES, st.sampled_from([*KINDS, "nothing"]), st.sampled_from(FORMATS))
def test_a_csv_file(data: bytes, kind: str, format: str) -> None:
    ends_well(f"{kind}.csv", data, format)


@many
@given(YAML_BYTES, YAML_BYTES, CSV_BYTES)
def test_a_folder_with_a_project_file(project: bytes, manifest: bytes, sheet: bytes) -> None:
    with TemporaryDirectory() as folder:
        for name, data in (("finzbooks.yaml", project), ("m.yaml", manifest), ("contacts.csv", sheet)):
            Path(folder, name).write_bytes(data)
        ended = command("validate", folder)
        assert ended.code == (1 if "error[" in ended.out else 0)


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_counted_as_an_error_here_is_one(format: str) -> None:
    ends_well("m.yaml", b"contacts: [{key: a}]\n", format)
    ends_well("m.yaml", b"contacts: [{key: a, contact_name: A}]\n", format)
