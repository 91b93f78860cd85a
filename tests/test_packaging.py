"""The schemas travel with every form of the package: checkout, sdist, wheel and editable install."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from importer.kinds import KINDS

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = {f"{name}.schema.json" for name in ("types", "manifest", "project", "problems", *KINDS)}
# Prints where the package was found and, if that works, how many fields an invoice has.
PROBE = "import importer.schema as s; print(s.__file__); print(len(s.fields('invoices')))"


def run(*arguments: str, cwd: Path, path: Path | None = None) -> str:
    environment = {**os.environ, "PYTHONPATH": str(path) if path else "", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources alone, so that building leaves nothing in the checkout and finds nothing left there."""
    place = tmp_path_factory.mktemp("tree")
    for name in ("importer", "schemas"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "LICENSE", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, place / name)
    return place


@pytest.fixture(scope="module")
def built(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from that sdist."""
    out = tmp_path_factory.mktemp("built")
    run("-m", "build", "--no-isolation", "--outdir", str(out), str(tree), cwd=out)
    return out


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(place)
    return place


def test_the_list_of_packages_leaves_none_out() -> None:
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = config["options"]["packages"].split()
    folders = {init.parent.relative_to(ROOT).as_posix() for init in (ROOT / "importer").rglob("__init__.py")}
    assert set(listed) == {folder.replace("/", ".") for folder in folders} | {"importer.schemas"}
    assert listed == sorted(listed)


def test_the_sdist_holds_the_schemas_where_the_checkout_has_them(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {name for name in names if name.startswith("schemas/")} == {f"schemas/{name}" for name in SCHEMAS}


def test_the_wheel_holds_the_schemas_inside_the_package(unpacked: Path) -> None:
    assert {path.name for path in (unpacked / "importer" / "schemas").iterdir()} == SCHEMAS
    assert not (unpacked / "schemas").exists()


def test_the_wheel_holds_every_module_and_the_marker_of_types(unpacked: Path, tree: Path) -> None:
    modules = {path.relative_to(tree) for path in (tree / "importer").rglob("*.py")}
    packed = {path.relative_to(unpacked) for path in (unpacked / "importer").rglob("*.py")}
    assert packed == modules
    assert (unpacked / "importer" / "py.typed").exists()


def test_an_installed_wheel_finds_its_schemas(unpacked: Path, tmp_path: Path) -> None:
    where, count = run("-c", PROBE, cwd=tmp_path, path=unpacked).splitlines()
    assert Path(where).is_relative_to(unpacked)
    assert int(count) > 20


def test_a_plain_checkout_finds_its_schemas(tmp_path: Path) -> None:
    where, count = run("-c", PROBE, cwd=tmp_path, path=ROOT).splitlines()
    assert Path(where).is_relative_to(ROOT)
    assert int(count) > 20


def test_an_editable_install_finds_the_schemas_of_its_checkout(tree: Path, tmp_path: Path) -> None:
    hook = f"from setuptools.build_meta import build_editable; build_editable({str(tmp_path)!r})"
    run("-c", hook, cwd=tree)
    site = tmp_path / "site"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    start = f"import site; site.addsitedir({str(site)!r}); "  # what an installed .pth file does at start-up
    # -S: this environment may hold an editable install of its own, which would be found first.
    where, count = run("-S", "-c", start + PROBE, cwd=tmp_path).splitlines()
    assert Path(where).is_relative_to(tree)
    assert int(count) > 20
