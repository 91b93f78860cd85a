"""Other tools that do some of the same work, where they are installed: on PATH, or in the folders of FINZ_PEERS.

``pip install check-jsonschema octodns`` and ``npm install ajv-cli ajv-formats`` install them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

CHECK_JSONSCHEMA: Final = "check-jsonschema"
AJV: Final = "ajv"
OCTODNS: Final = "octodns-sync"


def find(name: str) -> str | None:
    """The path of a tool; None where it is not installed."""
    folders = os.pathsep.join((os.environ.get("FINZ_PEERS", ""), os.environ.get("PATH", "")))
    return shutil.which(name, path=folders)


def version(tool: str, *, flag: str = "--version") -> str:
    told = subprocess.run([tool, flag], capture_output=True, text=True, check=False)
    return (told.stdout or told.stderr).strip().splitlines()[-1] if (told.stdout or told.stderr).strip() else "?"


def ajv_command(tool: str, schema: Path, data: Path) -> list[str]:
    """``--strict=false``: the schema holds words of ours, which start with ``x-``."""
    options = ["--spec=draft2020", "--strict=false", "-c", "ajv-formats"]
    return [tool, "validate", *options, "-s", str(schema), "-d", str(data)]


def octodns_folder(folder: Path, records: int, *, same: bool) -> Path:
    """A source with so many records, and a target that holds the ``same`` ones, or none. Returns its configuration."""
    source, target = folder / "source", folder / "target"
    for one in (source, target):
        one.mkdir(parents=True, exist_ok=True)
    zone = "---\n" + "".join(_record(at) for at in range(records))
    (source / "books.test.yaml").write_text(zone, encoding="utf-8")
    (target / "books.test.yaml").write_text(zone if same else "---\n{}\n", encoding="utf-8")
    text = "providers:\n" + _provider("source", source) + _provider("target", target)
    text += "zones:\n  books.test.:\n    sources: [source]\n    targets: [target]\n"
    made = folder / "config.yaml"
    made.write_text(text, encoding="utf-8")
    return made


def _provider(name: str, folder: Path) -> str:
    options = {"class": "octodns.provider.yaml.YamlProvider", "enforce_order": "false", "directory": folder.as_posix()}
    return f"  {name}:\n" + "".join(f"    {option}: {value}\n" for option, value in options.items())


def _record(at: int) -> str:
    return f"host-{at:07}:\n  type: A\n  ttl: 300\n  values: [10.{at >> 16 & 255}.{at >> 8 & 255}.{at & 255}]\n"
