"""How fast the command is beside others that do some of the same work: ``python tests/benchmarks/table.py [INVOICES]``.

Every line is measured in this one run: medians of three processes each, ratios and not seconds are what it tells. Two
of the peers are slow, and get a tenth of the books. A peer that is not installed is named (peers.py says how to).
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Final

if __name__ == "__main__":  # from a checkout it need not be installed
    sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from click import echo

from benchmarks import line, made, peers
from benchmarks.measure import Cost, cost

INVOICES: Final = 5_000
_OURS: Final = (sys.executable, "-m", "importer")
_LOAD: Final = "import sys, yaml; yaml.load(open(sys.argv[1], encoding='utf-8'), yaml.CSafeLoader)"
_REMEMBER: Final = f"""
import sys
sys.path[:0] = {sys.path[:2]!r}
from pathlib import Path
from benchmarks.remembered import remember
remember(Path(sys.argv[1]), Path(sys.argv[2]))
"""
_READ: Final = """
import gc, sys
from importer.manifest import SourceFile, read
gc.disable()
assert not read(iter([SourceFile("m.yaml", open(sys.argv[1], "rb").read())])).problems
"""


@dataclass(frozen=True, slots=True)
class Books:
    """Made books in all their forms, below one folder."""

    folder: Path
    invoices: int

    @property
    def file(self) -> Path:
        return self.folder / "books.yaml"

    @property
    def quoted(self) -> Path:
        return self.folder / "quoted.yaml"

    @property
    def state(self) -> Path:
        return self.folder / "applied.state.db"

    @property
    def documents(self) -> int:
        return made.size_of(self.invoices)

    def write(self) -> None:
        self.folder.mkdir()
        made.write_yaml(self.file, self.invoices)
        made.write_yaml(self.quoted, self.invoices, quoted=True)
        made.write_csv(self.folder / "csv", self.invoices)
        made.write_folder(self.folder / "files", self.invoices, made.FILES)
        cost([sys.executable, "-c", _REMEMBER, str(self.state), str(self.file)], runs=1)


def main(invoices: int = INVOICES) -> None:
    echo(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    echo(", ".join(f"{name} {version(name)}" for name in ("pyyaml", "jsonschema-rs", "finzbooks-importer")))
    with tempfile.TemporaryDirectory(prefix="table-") as name:
        books, tenth = Books(Path(name) / "books", invoices), Books(Path(name) / "tenth", max(100, invoices // 10))
        for one in (books, tenth):
            one.write()
        schema = _schema(Path(name))
        size = books.file.stat().st_size / 1e6
        echo(f"{books.documents:,} documents, {size:.1f} MB of YAML; a tenth of them where that is said")
        for line in chain(
            _own(books),
            _loaders(books),
            _validators(books, tenth, schema),
            _plans(books),
            _again(books),
            _on_the_line(),
            _start(),
        ):
            echo(line)


def _schema(folder: Path) -> Path:
    schema = folder / "manifest.schema.json"
    source = Path(__file__).resolve().parents[2] / "schemas" / schema.name
    schema.write_text(source.read_text("utf-8"), encoding="utf-8")
    return schema


def _ours(*words: str | Path) -> Cost:
    """What the command takes where nothing is kept of an earlier run."""
    folders = [path if path.is_dir() else path.parent for path in words if isinstance(path, Path)]
    return cost([*_OURS, *map(str, words)], before=lambda: _forget(folders))


def _forget(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder / ".finzbooks", ignore_errors=True)


def _line(what: str, mine: Cost, other: Cost, against: str) -> str:
    return f"{what:<44} {mine.seconds:7.2f} s   {mine.times(other):>7} of {against} ({other.seconds:.2f} s)"


def _own(books: Books) -> Iterator[str]:
    """What a document costs in memory."""
    forms = {"one file": books.file, "a thousand files": books.folder / "files", "CSV": books.folder / "csv"}
    for form, path in forms.items():
        mine = _ours("validate", path)
        yield _held(f"validate, {form}", mine, books)


def _held(what: str, mine: Cost, books: Books) -> str:
    """The most that was held, above the interpreter with nothing but itself in it."""
    bare = cost([sys.executable, "-c", "pass"])
    each = f"{(mine.memory - bare.memory) / books.documents / 1000:.2f} kB" if mine.memory else "not told here"
    return f"{what:<44} {mine.seconds:7.2f} s   memory for a document: {each}"


def _loaders(books: Books) -> Iterator[str]:
    loader = cost([sys.executable, "-c", _LOAD, str(books.file)])
    yield _line("reading alone", cost([sys.executable, "-c", _READ, str(books.file)]), loader, "yaml.CSafeLoader")
    yield _line("validate, all of it", _ours("validate", books.file), loader, "yaml.CSafeLoader")


def _validators(books: Books, tenth: Books, schema: Path) -> Iterator[str]:
    ajv, check = peers.find(peers.AJV), peers.find(peers.CHECK_JSONSCHEMA)
    if ajv is None:
        yield _missing(peers.AJV)
    else:
        other = cost(peers.ajv_command(ajv, schema, books.quoted))
        yield _line("validate, quoted", _ours("validate", books.quoted), other, "ajv-cli")
    if check is None:
        yield _missing(peers.CHECK_JSONSCHEMA)
    else:
        other = cost([check, "--schemafile", str(schema), str(tenth.quoted)], runs=1)
        yield _line("validate, quoted, a tenth", _ours("validate", tenth.quoted), other, "check-jsonschema")


def _plans(books: Books) -> Iterator[str]:
    """Offline: what the line takes is no matter of the machine."""
    validated = _ours("validate", books.file)
    plans = {
        "plan, nothing to do": (_ours("plan", "--offline", books.file, "--state", books.state), True),
        "plan, everything to do": (_ours("plan", "--offline", books.file, "--state", books.folder / "none.db"), False),
    }
    octodns = peers.find(peers.OCTODNS)
    for what, (mine, same) in plans.items():
        yield _line(what, mine, validated, "validate")
        yield _held(what, mine, books)
        if octodns is not None:
            config = peers.octodns_folder(books.folder / ("same" if same else "other"), books.documents, same=same)
            other = cost([octodns, "--config-file", str(config), "--force"], runs=1)
            yield _line(what, mine, other, "octoDNS, record for document")
    if octodns is None:
        yield _missing(peers.OCTODNS)


def _again(books: Books) -> Iterator[str]:
    """A thousand files of which nothing, or one, has changed since the run before."""
    folder, state = books.folder / "files", books.folder / "kept" / "applied.state.db"
    state.parent.mkdir()
    shutil.copy(books.state, state)
    file = max(folder.glob("invoices-*.yaml"))
    settings: dict[str, tuple[str | Path, ...]] = {"validate": (), "plan": ("--offline", "--state", state)}
    for what, words in settings.items():
        first = _ours(what, folder, *words)
        command = [*_OURS, what, *map(str, (folder, *words))]
        cost(command, runs=1)
        same = cost(command)
        yield _line(f"{what} again, nothing changed", same, first, "the first time")
        yield _held(f"{what} again, nothing changed", same, books)
        as_it_was = file.read_bytes()
        changed = cost(command, ends=(0, 1), before=lambda: _change(file))
        alone = cost([*_OURS, what, *map(str, (file, *words))], ends=(0, 1))
        file.write_bytes(as_it_was)
        yield _line(f"{what} again, one file of {made.FILES:,} changed", changed, first, "the first time")
        yield _line(f"{what} again, one file of {made.FILES:,} changed", changed, alone, "that file alone")


def _on_the_line() -> Iterator[str]:
    """In virtual time, against the embedded books: what the machine takes is no matter of the line."""
    for tier in ("DEFAULT", "PARTNER"):
        for latency in (0.02, 0.2):
            one = line.raced(300, tier, latency)
            what = f"apply, {one.documents:,} documents, {tier}, {latency * 1000:.0f} ms"
            yield _line(what, Cost(one.ours), Cost(one.bound), "the windows' bound")
            yield _line(what, Cost(one.ours), Cost(one.script), "one call at a time")


def _change(file: Path) -> None:
    """Another quantity in the first line."""
    text = file.read_text("utf-8")
    found = re.search(r"quantity: (\d+)", text)
    assert found is not None
    file.write_text(f"{text[: found.start(1)]}{int(found[1]) % 97 + 1}{text[found.end(1) :]}", encoding="utf-8")


def _start() -> Iterator[str]:
    bare = cost([sys.executable, "-c", "import click"], runs=15)
    yield _line("--help", cost([*_OURS, "--help"], runs=15), bare, "import click")


def _missing(peer: str) -> str:
    return f"{peer} is not installed: not measured"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else INVOICES)
