"""apply --failed FILE: exactly what failed, with the reasons, to be corrected and applied."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from cli.command import Ended, command, files_below
from cli.live import Org
from importer.manifest import SourceFile, read
from importer.model import Ref

FAILED: Final = Path("failed.yaml")
MANIFEST: Final = """\
defaults:
  invoices: {place_of_supply: IN-KA, auto_approve: true}
contacts:
  - {key: acme, contact_name: Acme Corp}
invoices:
  - {key: GOOD, customer: acme, date: 2026-05-19, line_items: [{name: Work, quantity: 1, rate: 100}]}
  - {key: BAD, customer: acme, date: 2026-05-19,
     line_items: [{name: Wörk, item_id: it_missing, quantity: 0.50, rate: 70}]}
payments:
  - {key: "0402", flow: INCOMING, contact: acme, date: 2026-05-20, amount: 35.00, mode: UPI,
     bank_account: HDFC Current, allocations: [{invoice: BAD, amount: 35.00}]}
"""
WRONG: Final = ", item_id: it_missing"


@pytest.fixture
def manifest(folder: Path) -> Path:
    (folder / "m.yaml").write_text(MANIFEST, "utf-8")
    return folder / "m.yaml"


def apply(org: Org, *words: object) -> Ended:
    return command("apply", "--yes", "m.yaml", *words, env=org.env)


def refs(file: Path) -> list[Ref]:
    found = read([SourceFile(file.name, file.read_bytes())])
    assert found.problems == ()
    return [one.ref for one in found.documents]


def correct(file: Path) -> None:
    text = file.read_text("utf-8")
    mended = re.sub(r"(?m)(, item_id: it_missing)|(^ *item_id: it_missing\n)", "", text)
    assert mended != text
    file.write_text(mended, "utf-8")


def command_of(file: Path) -> list[str]:
    """What the header says to do, as a shell would read it; without the name of the program."""
    lines = file.read_text("utf-8").splitlines()
    said = next(line for line in lines if line.startswith("#   finz-import apply")).removeprefix("#")
    words = shlex.split(said)
    assert words[0] == "finz-import"
    return words[1:]


class TestWhatIsWritten:
    def test_is_exactly_what_failed_below_its_reason(self, manifest: Path, org: Org) -> None:
        ended = apply(org, "--failed", FAILED)
        assert ended.code == 4
        assert ended.err == "1 failed document written to failed.yaml, with the reasons.\n"
        assert refs(FAILED) == [Ref("invoices", "BAD")]
        text = FAILED.read_text("utf-8")
        assert "# 1 document that failed in an apply (run " in text
        assert "  # m.yaml:8: [not_found.resource] Item 'it_missing' not found in this org." in text
        assert "quantity: 0.50\n" in text and "name: Wörk\n" in text, "as it was written"
        assert "place_of_supply: IN-KA\n" in text, "what the defaults of the file said stands in it"
        assert org.token not in text

    def test_changes_nothing_of_what_is_told(self, manifest: Path, org: Org) -> None:
        ended = apply(org, "--failed", FAILED)
        assert "m.yaml:8: failed invoice BAD [not_found.resource]" in ended.out
        assert ended.out.endswith("2 created, 0 unchanged, 1 failed, 1 skipped.\n")

    def test_leaves_stdout_to_json(self, manifest: Path, org: Org) -> None:
        ended = apply(org, "--failed", FAILED, "--format", "json")
        assert (ended.code, ended.json["summary"]["failed"]) == (4, 1)
        assert refs(FAILED) == [Ref("invoices", "BAD")]

    def test_is_not_announced_when_quiet(self, manifest: Path, org: Org) -> None:
        ended = apply(org, "--failed", FAILED, "-q")
        assert (ended.code, ended.err) == (4, "")
        assert FAILED.exists()

    def test_takes_the_place_of_an_older_one(self, manifest: Path, org: Org) -> None:
        FAILED.write_text("contacts: [{key: old, contact_name: Old}]\n", "utf-8")
        assert apply(org, "--failed", FAILED).code == 4
        assert refs(FAILED) == [Ref("invoices", "BAD")]

    def test_is_nothing_when_nothing_failed(self, manifest: Path, org: Org) -> None:
        correct(manifest)
        ended = apply(org, "--failed", FAILED)
        assert (ended.code, ended.err) == (0, "")
        assert not FAILED.exists()
        FAILED.write_text("# an old one\n", "utf-8")
        assert apply(org, "--failed", FAILED).code == 0
        assert FAILED.read_text("utf-8") == "# an old one\n"

    def test_is_nothing_when_the_run_is_refused_or_the_input_has_errors(self, manifest: Path, org: Org) -> None:
        assert command("apply", "m.yaml", "--failed", FAILED, env=org.env).code == 5
        manifest.write_text(MANIFEST.replace("2026-05-20", "2026-05-32"), "utf-8")
        assert apply(org, "--failed", FAILED).code == 1
        assert not FAILED.exists()

    def test_holds_conflicts_that_were_skipped_with_what_to_do(self, manifest: Path, org: Org) -> None:
        manifest.write_text(MANIFEST[: MANIFEST.index("  - {key: BAD")], "utf-8")
        assert apply(org).code == 0
        edited = manifest.read_text("utf-8").replace("rate: 100", "rate: 101")
        manifest.write_text(edited, "utf-8")
        assert apply(org, "--failed", FAILED).code == 1
        assert not FAILED.exists(), "nothing was begun"
        assert apply(org, "--skip-conflicts", "--failed", FAILED).code == 4
        assert refs(FAILED) == [Ref("invoices", "GOOD")]
        assert "[edit-of-document]" in FAILED.read_text("utf-8") and "# help: " in FAILED.read_text("utf-8")

    def test_comes_of_a_saved_plan_too(self, manifest: Path, org: Org) -> None:
        assert command("plan", "m.yaml", "--out", "p.json", env=org.env).code == 0
        assert command("apply", "--plan", "p.json", "--yes", "--failed", FAILED, env=org.env).code == 4
        assert refs(FAILED) == [Ref("invoices", "BAD")]


class TestCorrected:
    def test_it_is_applied_with_the_command_of_its_header_and_the_rest_follows(self, manifest: Path, org: Org) -> None:
        assert apply(org, "--failed", FAILED).code == 4
        correct(FAILED)
        ended = command(*command_of(FAILED), "--yes", env=org.env)
        assert (ended.code, ended.out) == (0, "1 created, 0 unchanged.\n")
        correct(manifest)
        planned = command("plan", "m.yaml", "--format", "json", env=org.env).json
        assert [(one["action"], one["key"]) for one in planned["operations"]] == [("create", "0402")]
        assert apply(org).out == "1 created, 3 unchanged.\n"
        assert org.counts() == {"contacts": 1, "items": 0, "invoices": 2, "payments": 1, "credit_notes": 0}
        assert command("plan", "m.yaml", env=org.env).out == "Nothing to do: 4 documents unchanged.\n"

    def test_the_manifest_that_is_not_corrected_is_a_conflict_and_nothing_is_doubled(
        self, manifest: Path, org: Org
    ) -> None:
        assert apply(org, "--failed", FAILED).code == 4
        correct(FAILED)
        assert command(*command_of(FAILED), "--yes", env=org.env).code == 0
        ended = apply(org)
        assert ended.code == 1
        assert "! conflict invoice BAD" in ended.out
        assert org.count("invoices") == 2

    def test_it_works_from_a_folder_with_a_blank_in_its_name(self, folder: Path, org: Org) -> None:
        (folder / "my books").mkdir()
        (folder / "my books" / "m.yaml").write_text(MANIFEST, "utf-8")
        failed = Path("what failed.yaml")
        assert command("apply", "--yes", "my books", "--failed", failed, env=org.env).code == 4
        correct(failed)
        assert command(*command_of(failed), "--yes", env=org.env).out == "1 created, 0 unchanged.\n"

    def test_the_sandbox_is_named_in_the_command_where_it_was_one(self, manifest: Path) -> None:
        (manifest.parent / "out").mkdir()
        failed = Path("out/failed.yaml")
        assert command("apply", "--sandbox", "--yes", "m.yaml", "--failed", failed).code == 4
        assert "--sandbox" in command_of(failed)
        correct(failed)
        ended = command(*command_of(failed), "--yes")
        assert (ended.code, ended.out) == (0, "1 created, 0 unchanged.\n")
        assert not [name for name in files_below(Path("out")) if "sandbox" in name], "the books are those of that run"

    def test_in_a_project_its_rules_hold_for_the_file_as_well(self, folder: Path, org: Org) -> None:
        (folder / "books").mkdir()
        doubtful = MANIFEST.replace("name: Wörk", "name: Wörk, discount: 5").replace("35.00", "30.00")
        (folder / "books" / "m.yaml").write_text(doubtful, "utf-8")
        (folder / "finzbooks.yaml").write_text("allow_unverified: [invoices.line_items.discount]\n", "utf-8")
        failed = Path(".failed") / "f.yaml"  # not read with the folder, and in the project all the same
        failed.parent.mkdir()
        assert command("apply", "--yes", ".", "--failed", failed, env=org.env).code == 4
        assert command("validate", ".").code == 0
        correct(failed)
        assert command(*command_of(failed), "--yes", env=org.env).out == "1 created, 0 unchanged.\n"


class TestAFileThatCannotBe:
    @pytest.mark.parametrize(
        ("paths", "file"),
        [
            ("m.yaml", "m.yaml"),
            ("m.yaml", "./m.yaml"),
            (".", "failed.yaml"),
            (".", "deep/er/failed.csv"),
            ("m.yaml", "finzbooks.state.db"),
            ("m.yaml", "finzbooks.yaml"),
        ],
    )
    def test_because_it_is_ours_is_wrong_usage_and_nothing_is_sent(
        self, manifest: Path, org: Org, paths: str, file: str
    ) -> None:
        ended = command("apply", "--yes", paths, "--failed", file, env=org.env)
        assert (ended.code, ended.out) == (2, "")
        assert Path(file).name in ended.err and "--failed" in ended.err
        assert sum(org.counts().values()) == 0
        assert manifest.read_text("utf-8") == MANIFEST

    @pytest.mark.parametrize("file", ["out.csv", "OUT.CSV"])
    def test_because_it_would_be_read_as_csv_is_wrong_usage(self, manifest: Path, org: Org, file: str) -> None:
        ended = apply(org, "--failed", file)
        assert (ended.code, ended.out) == (2, "")
        assert "YAML" in ended.err
        assert sum(org.counts().values()) == 0

    def test_because_it_is_the_saved_plan_is_wrong_usage(self, manifest: Path, org: Org) -> None:
        assert command("plan", "m.yaml", "--out", "p.json", env=org.env).code == 0
        before = Path("p.json").read_bytes()
        assert command("apply", "--plan", "p.json", "--yes", "--failed", "p.json", env=org.env).code == 2
        assert Path("p.json").read_bytes() == before

    @pytest.mark.skipif(os.name == "nt", reason="links need rights there")
    def test_through_a_link_to_the_manifest_is_wrong_usage(self, manifest: Path, org: Org) -> None:
        Path("link.yaml").symlink_to(manifest)
        assert apply(org, "--failed", "link.yaml").code == 2
        assert manifest.read_text("utf-8") == MANIFEST

    @pytest.mark.parametrize("file", ["nowhere/failed.yaml", "a-folder", "."])
    @pytest.mark.parametrize("format_", ["text", "json"])
    def test_be_written_is_told_after_the_report(self, manifest: Path, org: Org, file: str, format_: str) -> None:
        Path("a-folder").mkdir()
        ended = apply(org, "--failed", file, "--format", format_)
        assert ended.code == 4
        if format_ == "json":
            assert ended.json["summary"]["failed"] == 1
        else:
            assert ended.out.endswith("2 created, 0 unchanged, 1 failed, 1 skipped.\n")
        assert ended.err.startswith(f"error[failed-unwritable]: {file} cannot be written: ")
        assert files_below(Path()) - {"finzbooks.state.db.lock"} == {"m.yaml", "finzbooks.state.db"}
